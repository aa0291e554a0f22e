//! A synthetic index of difficulty from declared indicators, and how far it depends on what was declared.

mod declared;
mod periods;

use crate::measure::{Definition, MeasureId, Unit, params};
use crate::protect::{Derivation, Derived, DerivedCell, NotDerived, ProtectedMeasure, Seen, Shown, Statistic};
use crate::stats::composite_index::{
    CompositeIndex, FirstAxisIndex, LeftOut, PerturbedWeights, Scale, first_axis_index, leave_one_out, perturb_weights, rank_index,
};
use crate::stats::refusal::Refusal;
use crate::territory::PerZone;

use declared::{Declared, How, Shows};

/// One number a quartier, larger for more difficulty: on the first principal axis, or by ranks within domains.
///
/// On the axis 100 is the mean of the quartiers and `deviation` points are one standard deviation (divisor n); by ranks the score is
/// 0..=100, or the tenth of the quartiers it falls in, 1 for the most difficult. Each period stands for itself: its quartiers, its axis, its
/// ranks. Absent where an ingredient is absent, hidden where one is hidden; the territory as a whole has none, for it is what quartiers
/// are compared in. Unreliable where an ingredient is, or where the ranks under perturbed weights span more than half of the quartiers.
///
/// Source: OECD & JRC, Handbook on Constructing Composite Indicators (2008); English Indices of Deprivation 2019, the Belgian BIMD (2023).
#[derive(Debug)]
pub(super) struct DifficultyIndex;

/// The categories of deciles, `category.<name>` in the texts.
const DECILES: [&str; 10] =
    ["decile_1", "decile_2", "decile_3", "decile_4", "decile_5", "decile_6", "decile_7", "decile_8", "decile_9", "decile_10"];

impl Derivation for DifficultyIndex {
    fn definition(&self) -> Definition {
        let reference = "OECD & JRC 2008; Saisana et al. 2005 (sensitivity); English IMD 2019, BIMD 2023 (ranks)";
        Definition { id: "difficulty_index", unit: Unit::Points, reference }
    }

    fn derive(&self, seen: &Seen<'_>, id: &MeasureId, table: &toml::Table) -> Result<Derived, NotDerived> {
        let asked = Declared::checked(params(table)?)?;
        let measures: Vec<&ProtectedMeasure> = asked.of().iter().map(|of| seen.measure(of)).collect::<Result<_, _>>()?;
        if let Some(group) = measures.iter().find(|measure| measure.unit() == Unit::Group) {
            return Err(Refusal::new(format!("{} is a group, no quantity", group.id())).remedy("name measures of more and less").into());
        }
        let zones = &seen.territory().quartiers;
        let seed = seen.seed_of(id);
        let moments = periods::common(&measures);
        let (mut cells, mut statistics, mut refused) = (Vec::new(), Vec::new(), None);
        // In how many periods the axis contradicts the declared direction of each indicator.
        let mut contradicted = vec![0; measures.len()];
        for moment in &moments {
            let shown: Vec<Vec<Option<&Shown>>> = measures.iter().zip(&moment.at).map(|(measure, at)| seen.cells(measure, *at)).collect();
            let mut of_zones = vec![None; zones.count()];
            match Made::of(&asked, &shown, seed) {
                Err(refusal) => refused = Some(refusal),
                Ok(made) => {
                    of_zones = made.cells(&asked, &shown);
                    statistics.extend(made.statistics(&asked).into_iter().map(|one| Statistic { period: Some(moment.period), ..one }));
                    made.axis.iter().flat_map(|axis| &axis.contradicting).for_each(|at| contradicted[*at] += 1);
                }
            }
            let mut of_zones = of_zones.into_iter();
            cells.push(PerZone::from_fn(zones, |_| of_zones.next().flatten()));
        }
        if cells.iter().all(|cells| cells.iter().all(Option::is_none)) {
            let none = || Refusal::new("the indicators have no period in common").remedy("name indicators of the same time");
            return Err(refused.unwrap_or_else(none).into());
        }
        let deciles = asked.shows() == Shows::Decile;
        let mut method = asked.told(seed);
        method.extend(periods::told(&measures));
        method.extend(asked.contradictions(&contradicted, moments.len()));
        Ok(Derived {
            unit: if deciles { Unit::Group } else { Unit::Points },
            of: measures.iter().map(|measure| measure.id().clone()).collect(),
            totals: vec![None; moments.len()],
            periods: moments.into_iter().map(|moment| moment.period).collect(),
            cells,
            categories: if deciles { DECILES.to_vec() } else { Vec::new() },
            details: asked.details(),
            statistics,
            method,
        })
    }
}

/// The index of one period, with its runs of sensitivity.
struct Made {
    index: CompositeIndex,
    /// Where the index is one.
    axis: Option<FirstAxisIndex>,
    perturbed: PerturbedWeights,
    /// Without each indicator in turn; none where there is no index without it.
    left_out: Vec<Option<LeftOut>>,
    /// Quartiers with an index.
    count: f64,
}

impl Made {
    fn of(asked: &Declared, shown: &[Vec<Option<&Shown>>], seed: u64) -> Result<Self, Refusal> {
        let values = shown.iter().map(|cells| cells.iter().map(|cell| cell.map(|cell| cell.value)).collect());
        let declaration = asked.declaration(values.collect());
        let (index, axis) = match asked.how() {
            How::FirstAxis => {
                let axis = first_axis_index(&declaration, Scale::Standardized)?;
                (axis.index.clone(), Some(axis))
            }
            How::Ranks => (rank_index(&declaration, asked.within())?.index, None),
        };
        let perturbed = perturb_weights(&declaration, asked.method(), &asked.perturbation(seed))?;
        let left_out = leave_one_out(&declaration, asked.method())?.into_iter().map(Result::ok).collect();
        #[expect(clippy::cast_precision_loss, reason = "a number of quartiers")]
        let count = index.ranks.iter().flatten().count() as f64;
        Ok(Self { index, axis, perturbed, left_out, count })
    }

    fn cells(&self, asked: &Declared, shown: &[Vec<Option<&Shown>>]) -> Vec<Option<DerivedCell>> {
        // Ten quartiers at least have an index, so tenths there are.
        let deciles = self.index.deciles().unwrap_or_default();
        let cell = |zone: usize| {
            let (score, range) = (self.index.scores[zone]?, self.perturbed.units[zone]?);
            let score = if self.axis.is_some() { asked.points(score) } else { score };
            let change = |run: &LeftOut| run.rank_changes[zone].map(f64::abs);
            let greatest = self.left_out.iter().flatten().filter_map(change).reduce(f64::max);
            let mut details = vec![Some(range.rank), Some(range.low), Some(range.high)];
            let (value, stays) = match asked.shows() {
                Shows::Score => (score, range.same_fifth),
                Shows::Decile => (f64::from((*deciles.get(zone)?)?), range.same_decile),
            };
            details.extend([stays.map(|share| 100.0 * share), greatest]);
            details.extend((asked.shows() == Shows::Decile).then_some(Some(score)));
            let vague = shown.iter().any(|cells| cells[zone].is_some_and(|cell| !cell.reliable));
            Some(DerivedCell { value, unreliable: vague || 2.0 * (range.high - range.low) > self.count, details, ..DerivedCell::default() })
        };
        (0..self.index.scores.len()).map(cell).collect()
    }

    fn statistics(&self, asked: &Declared) -> Vec<Statistic> {
        let zones = Some(self.index.ranks.iter().flatten().count());
        let one =
            |name: &'static str, about: &str, value: f64| Statistic { name, about: about.to_owned(), value, zones, ..Statistic::default() };
        let mut statistics = Vec::new();
        if let Some(axis) = &self.axis {
            statistics.push(one("first_axis_share", "", axis.share));
            for (of, on_axis) in asked.of().iter().zip(&axis.indicators) {
                statistics.push(one("first_axis_loading", of, on_axis.loading));
                statistics.push(one("first_axis_contribution", of, on_axis.contribution));
            }
            let contradicting =
                axis.contradicting.iter().map(|at| one("contradicting_loading", &asked.of()[*at], axis.indicators[*at].loading));
            statistics.extend(contradicting);
        }
        for (of, run) in asked.of().iter().zip(&self.left_out) {
            if let Some(run) = run {
                statistics.push(one("spearman_without", of, run.spearman));
                statistics.push(one("kendall_without", of, run.kendall));
                statistics.push(one("greatest_rank_change_without", of, run.greatest_change));
            }
        }
        if self.perturbed.without_index > 0 {
            statistics.push(one("draws_without_index", "", f64::from(self.perturbed.without_index)));
        }
        statistics
    }
}

#[cfg(test)]
mod tests;
