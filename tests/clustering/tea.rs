//! `hcpc_tea`: the hierarchy, the cut, the consolidation and the description that `FactoMineR`'s `HCPC` gives the tea drinkers.

use std::sync::LazyLock;

use optima::stats::class_profile::{Description, Threshold, class_places, describe};
use optima::stats::k_means::{Inertia, consolidate, inertia};
use optima::stats::matrix::Matrix;
use optima::stats::partition::{Partition, adjusted_rand_index};
use optima::stats::ward::{Hierarchy, ward};
use serde_json::Value;

use super::reference::{case, numbers, partition, words};
use super::tea_axes::Tea;

struct Clustered {
    tea: Tea,
    points: Matrix,
    hierarchy: Hierarchy,
    cut: Partition,
    expected: Value,
}

static CLUSTERED: LazyLock<Clustered> = LazyLock::new(|| {
    let tea = Tea::read();
    let points = tea.coordinates(5);
    let hierarchy = ward(&points, None, &mut |_, _| true).unwrap();
    let cut = hierarchy.cut(3).unwrap();
    let expected = case("hcpc_tea")["expected"].clone();
    Clustered { tea, points, hierarchy, cut, expected }
});

/// Our class for each of the case's.
fn classes_of(ours: &Partition, theirs: &Partition) -> Vec<usize> {
    let first = |class: u32| theirs.class_of().iter().position(|of| *of == class).unwrap();
    (0..).take(theirs.classes()).map(|class| ours.class_of()[first(class)] as usize).collect()
}

fn sizes_of(ours: &Partition, theirs: &Partition) -> Vec<f64> {
    classes_of(ours, theirs).into_iter().map(|class| f64::from(ours.sizes()[class])).collect()
}

fn same_inertia(found: &Inertia, expected: &Value) {
    for (found, name) in [(found.total, "total"), (found.within, "within"), (found.between, "between")] {
        assert!((found - expected[name].as_f64().unwrap()).abs() < 1e-8, "{name}: {found}, expected {expected}");
    }
}

#[test]
fn gains_of_inertia_are_those_of_factominer() {
    let Clustered { hierarchy, expected, .. } = &*CLUSTERED;
    let wanted = numbers(&expected["inert_gain_first15"]);
    assert_eq!(wanted.len(), 15);
    for (merge, wanted) in hierarchy.merges().iter().rev().zip(wanted) {
        assert!((merge.level - wanted).abs() < 1e-8, "{}, expected {wanted}", merge.level);
        // Half of the squared height over n: the gain is no height.
        assert!((hierarchy.height(merge).powi(2) / 2.0 / 300.0 - wanted).abs() < 1e-8);
    }
    assert_eq!(hierarchy.classes_by_relative_loss(None).unwrap() as u64, expected["default_nb_clust"].as_u64().unwrap());
}

#[test]
fn the_cut_is_that_of_factominer() {
    let Clustered { points, cut, expected, hierarchy, .. } = &*CLUSTERED;
    let theirs = partition(&expected["partition_noconsol"]);
    assert_eq!(adjusted_rand_index(cut, &theirs), Ok(1.0));
    assert_eq!(sizes_of(cut, &theirs), numbers(&expected["sizes_noconsol"]));
    assert_eq!(cut.sizes(), [172, 100, 28], "the largest class comes first");
    same_inertia(&inertia(points, None, cut).unwrap(), &expected["inertia_noconsol"]);
    assert!((hierarchy.within(3) - expected["inertia_noconsol"]["within"].as_f64().unwrap()).abs() < 1e-8);
}

#[test]
fn consolidation_moves_the_persons_that_factominer_moves() {
    let Clustered { points, cut, expected, .. } = &*CLUSTERED;
    let moved = consolidate(points, None, cut, 10).unwrap();
    let theirs = partition(&expected["partition_consol"]);
    assert_eq!(adjusted_rand_index(&moved.partition, &theirs), Ok(1.0));
    assert_eq!(sizes_of(&moved.partition, &theirs), numbers(&expected["sizes_consol"]));
    assert!(moved.converged);
    // Both partitions are told, and they are not one: labels are those of the cut.
    same_inertia(&moved.before, &expected["inertia_noconsol"]);
    same_inertia(&moved.after, &expected["inertia_consol"]);
    assert!(adjusted_rand_index(&moved.partition, cut).unwrap() < 0.99);
    assert_eq!(moved, consolidate(points, None, cut, 10).unwrap(), "starts and ties are deterministic");
}

fn described() -> Description {
    let Clustered { tea, cut, .. } = &*CLUSTERED;
    describe(cut, &tea.questions(), &[&tea.ages], None, &Threshold::default()).unwrap()
}

#[test]
fn questions_that_go_with_the_classes_are_those_of_factominer() {
    let Clustered { tea, expected, .. } = &*CLUSTERED;
    let (found, expected) = (described().questions, &expected["chi2_vars_noconsol"]);
    let wanted = words(&expected["rows"]);
    // R finds eighteen below 0.05; the case has the first eight.
    assert_eq!((found.len(), wanted.len()), (18, 8));
    for ((link, name), values) in found.iter().zip(wanted).zip(expected["values"].as_array().unwrap()) {
        let values = numbers(values);
        assert_eq!((tea.names[link.question].as_str(), link.freedom), (name, values[1]));
        assert!((link.p() / values[0] - 1.0).abs() < 1e-7, "{name}: {}, expected {}", link.p(), values[0]);
    }
}

#[test]
fn marks_of_the_classes_are_those_of_factominer() {
    let Clustered { tea, cut, expected, .. } = &*CLUSTERED;
    let classes = classes_of(cut, &partition(&expected["partition_noconsol"]));
    let mut compared = 0;
    for (class, expected) in
        classes.iter().zip(1..).map(|(class, key)| (class, &expected["categories_noconsol_top8_by_abs_vtest"][key.to_string()]))
    {
        let mut marks = described().classes[*class].modalities.clone();
        marks.sort_by(|a, b| b.test.value.abs().total_cmp(&a.test.value.abs()));
        let rows = words(&expected["rows"]);
        for (name, values) in rows.iter().zip(expected["values"].as_array().unwrap()) {
            let is_it = |mark: &&_| {
                let mark: &optima::stats::class_profile::ModalityMark = mark;
                format!("{}={}", tea.names[mark.question], tea.labels[mark.question][usize::from(mark.code)]) == **name
            };
            // Among the eight strongest, ties in any order.
            let mark = marks[..rows.len()].iter().find(is_it).unwrap();
            let values = numbers(values);
            for (found, wanted) in [mark.of_modality, mark.of_class, mark.overall].iter().zip(&values) {
                assert!((found * 100.0 - wanted).abs() < 1e-6, "{name}: {found}, expected {wanted}");
            }
            assert!((mark.test.p() / values[3] - 1.0).abs() < 1e-7, "{name}: {}, expected {}", mark.test.p(), values[3]);
            assert!((mark.test.value - values[4]).abs() < 1e-6, "{name}: {}, expected {}", mark.test.value, values[4]);
            compared += 5;
        }
    }
    assert_eq!(compared, 120);
}

#[test]
fn age_marks_no_class_and_the_axes_do() {
    // R: HCPC(…)$desc.var$quanti is NULL; $desc.axes, of the cut without consolidation.
    assert!(described().classes.iter().all(|class| class.means.is_empty()) && described().variables.is_empty());
    let Clustered { points, cut, expected, .. } = &*CLUSTERED;
    let axes: Vec<Vec<Option<f64>>> = (0..5).map(|axis| points.column(axis).into_iter().map(Some).collect()).collect();
    let axes: Vec<&[Option<f64>]> = axes.iter().map(Vec::as_slice).collect();
    let found = describe(cut, &[], &axes, None, &Threshold::default()).unwrap();
    let links: Vec<usize> = found.variables.iter().map(|link| link.variable).collect();
    assert_eq!(links, [1, 0, 3, 4]);
    for (link, (eta2, p)) in found.variables.iter().zip([
        (0.630_476_55, 6.235_012e-65),
        (0.565_115_47, 1.988_533e-54),
        (0.113_294_64, 1.758_858e-8),
        (0.032_138_08, 7.821_506e-3),
    ]) {
        assert!((link.eta2 - eta2).abs() < 1e-8 && (link.p / p - 1.0).abs() < 1e-6, "{link:?}");
    }
    let classes = classes_of(cut, &partition(&expected["partition_noconsol"]));
    let mark = |class: usize, axis: usize| *found.classes[classes[class]].means.iter().find(|mark| mark.variable == axis).unwrap();
    // The sign of an axis is arbitrary.
    for (class, axis, value, mean, deviation) in [
        (0, 0, 11.931_821, 0.229_216_04, 0.235_997_6),
        (1, 1, 13.661_867, 0.858_522_2, 0.212_531_2),
        (2, 0, 12.734_678, 0.401_051_81, 0.273_921_3),
        (2, 4, 3.093_738, 0.068_713_19, 0.305_562_1),
    ] {
        let found = mark(class, axis);
        assert!((found.test.value.abs() - value).abs() < 1e-5 && (found.mean.abs() - mean).abs() < 1e-7, "{found:?}");
        assert!((found.deviation - deviation).abs() < 1e-7 && found.overall_mean.abs() < 1e-12, "{found:?}");
    }
}

#[test]
fn the_first_paragons_are_those_of_factominer() {
    let Clustered { points, cut, expected, .. } = &*CLUSTERED;
    let places = class_places(points, None, cut, 5).unwrap();
    let theirs = partition(&expected["partition_noconsol"]);
    let mut compared = 0;
    for (class, key) in classes_of(cut, &theirs).iter().zip(1..) {
        let row: usize = expected["paragon_first_noconsol"][key.to_string()].as_str().unwrap().parse().unwrap();
        assert_eq!(places[*class].paragons[0].row + 1, row, "class {key}");
        assert_eq!(places[*class].paragons.len(), 5);
        compared += 1;
    }
    assert_eq!(compared, 3);
}
