//! `optima explain`: how a published value was made. Prints nothing that the release hides.

use std::path::PathBuf;

use optima::derive::DERIVATIONS;
use optima::error::{Error, Result};
use optima::measure::{INDICATORS, MeasureId, Signal, Unit};
use optima::period::{Period, Quarter};
use optima::pipeline::{Ground, explainable};
use optima::protect::{ProtectedCell, ProtectedMeasure, Shown};
use optima::publish::classify::reader_value;
use optima::publish::legend::format_number;
use optima::territory::{Territory, ZoneIdx};
use serde_json::json;

use super::say::Voice;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The measure or layer, as `optima layers` names it.
    indicator: String,
    /// The zone's code, its name where only one zone has it, or the territory.
    zone: String,
    /// The period, such as 2003-Q4; `campaign` for interviews.
    period: String,
    /// The observatory's file.
    #[arg(long, value_name = "FILE", default_value = "observatory.toml")]
    file: PathBuf,
}

pub(crate) fn run(args: &Args, voice: &mut Voice) -> Result<u8> {
    let ground = Ground::load(&args.file, voice.asked(), false)?;
    voice.adopt(&ground.catalog);
    let (shown, made) = explainable(&ground)?;
    let layer = made.layers.iter().find(|l| l.id == args.indicator || l.measure.id == args.indicator).ok_or_else(|| {
        let known: Vec<&str> = made.layers.iter().map(|l| l.id.as_str()).collect();
        Error::config(format!("there is no layer \"{}\" in this observatory", args.indicator))
            .help(format!("there are: {}", known.join(", ")))
    })?;
    let zone = zone(&ground.territory, &args.zone)?;
    let id = MeasureId::new(layer.measure.id.clone())?;
    let measure = shown.measure(&id).ok_or_else(|| Error::config("this layer was not measured"))?;
    let at = period(measure, &args.period)?;
    let cell = zone.map_or_else(|| measure.total(at), |zone| measure.cell(at, zone));
    let name = zone.map_or_else(|| ground.territory.name.clone(), |zone| ground.territory.quartiers[zone].name.clone());
    let definitions = INDICATORS.iter().map(|i| i.definition()).chain(DERIVATIONS.iter().map(|d| d.definition()));
    let reference = definitions.into_iter().find(|d| d.id == layer.measure.indicator).map(|d| d.reference).unwrap_or_default();
    let language = voice.texts().language();
    let formula = voice.texts().get(&format!("indicator.{}.formula", layer.measure.indicator)).to_owned();
    let universe = voice.texts().get(&format!("indicator.{}.universe", layer.measure.indicator)).to_owned();
    if voice.is_json() {
        let cell_json = cell.shown().map(|s| {
            json!({
                "value": reader_value(measure.unit(), s.value), "numerator": s.numerator, "denominator": s.denominator,
                "interval": s.interval.map(|i| json!({ "low": reader_value(measure.unit(), i.low), "high": reader_value(measure.unit(), i.high), "method": i.method })),
            })
        });
        voice.json(&json!({
            "layer": layer.id, "title": layer.title.get(language), "zone": name, "period": measure.periods()[at].to_string(),
            "formula": formula, "universe": universe, "reference": reference, "method": measure.method(), "status": cell.status(), "cell": cell_json,
            "details": measure.details().iter().map(|d| (d.name.to_owned(), json!(d.number(at, zone)))).collect::<serde_json::Map<_, _>>(),
        }))?;
        return Ok(0);
    }
    voice.line(format!("{} — {} — {}", layer.title.get(language), name, measure.periods()[at]));
    voice.text("explain.formula", &[("text", &formula)]);
    voice.text("explain.universe", &[("text", &universe)]);
    voice.text("explain.reference", &[("text", reference)]);
    for (key, value) in measure.method() {
        let (key, value) = (voice.texts().translate(key), voice.texts().translate(value));
        voice.line(format!("  {key}: {value}"));
    }
    if let (Unit::Group, Some(shown)) = (measure.unit(), cell.shown()) {
        let category = measure.categories().iter().zip(1..).find(|(_, number)| f64::from(*number) == shown.value);
        let name = category.map(|(name, _)| name.get(language).to_owned()).unwrap_or_default();
        voice.text("explain.value", &[("value", &name)]);
    } else if zone.is_some() || cell.shown().is_some() || measure.statistics().is_empty() {
        tell(&cell, measure.unit(), layer.numerator.get(language), layer.denominator.get(language), voice);
    }
    derived(measure, at, zone, voice);
    voice.text("explain.reading", &[("text", layer.reading.get(language))]);
    Ok(0)
}

/// The further numbers of a derived measure: of this zone, or of the territory.
fn derived(measure: &ProtectedMeasure, at: usize, zone: Option<ZoneIdx>, voice: &mut Voice) {
    let language = voice.texts().language();
    let number = |value: f64| format_number(value, decimals(value), language);
    for detail in measure.details() {
        if let Some(value) = detail.number(at, zone) {
            let title = voice.texts().get(&format!("column.{}", detail.name)).to_owned();
            let word = format!("code.{}_{value}", detail.name);
            let told = if voice.texts().has(&word) { voice.texts().get(&word).to_owned() } else { number(value) };
            voice.line(format!("  {title}: {told}"));
        }
    }
    let period = measure.periods().get(at);
    let of_all = zone.is_none();
    for statistic in measure.statistics().iter().filter(|s| of_all && (s.period.is_none() || s.period.as_ref() == period)) {
        let title = voice.texts().get(&format!("statistic.{}", statistic.name)).to_owned();
        let about = if statistic.about.is_empty() { String::new() } else { format!(" ({})", statistic.about) };
        let told = number(statistic.value);
        let by_chance = statistic.expected.map(|expected| voice.texts().fill("explain.expected", &[("value", &number(expected))]));
        let p = statistic
            .p
            .map(|p| if p < 1e-4 { format!("; p < {}", number(1e-4)) } else { format!("; p = {}", number(p)) })
            .unwrap_or_default();
        voice.line(format!("  {title}{about}: {told}{}{p}", by_chance.unwrap_or_default()));
    }
}

/// Digits after the point that tell a number apart: four for small ones, fewer for large ones.
fn decimals(value: f64) -> u32 {
    if value.fract() == 0.0 {
        0
    } else if value.abs() < 10.0 {
        4
    } else {
        2
    }
}

fn zone(territory: &Territory, text: &str) -> Result<Option<ZoneIdx>> {
    if text == territory.id.0 || text == territory.name {
        return Ok(None);
    }
    if let Some(zone) = territory.quartiers.by_code(text) {
        return Ok(Some(zone));
    }
    let named: Vec<ZoneIdx> =
        territory.quartiers.iter().filter(|(_, zone)| zone.name.eq_ignore_ascii_case(text)).map(|(index, _)| index).collect();
    match named.as_slice() {
        [zone] => Ok(Some(*zone)),
        [] => Err(Error::config(format!("there is no zone \"{text}\"")).help("give its code, its full name, or the territory's")),
        several => {
            let codes: Vec<String> = several.iter().map(|z| territory.quartiers[*z].code.to_string()).collect();
            Err(Error::config(format!("{} zones are called so", several.len())).help(format!("give a code: {}", codes.join(", "))))
        }
    }
}

fn period(measure: &ProtectedMeasure, text: &str) -> Result<usize> {
    let wanted = text.parse::<Quarter>().ok().map(Period::Quarter);
    let found = measure
        .periods()
        .iter()
        .position(|p| Some(*p) == wanted || (matches!(p, Period::Span(..)) && (text == "campaign" || text == p.to_string())));
    found.ok_or_else(|| {
        let (first, last) = (measure.periods().first(), measure.periods().last());
        let span = first.zip(last).map(|(a, b)| format!("from {a} to {b}")).unwrap_or_default();
        Error::config(format!("there is no period \"{text}\" in this measure")).help(format!("it has periods {span}"))
    })
}

fn tell(cell: &ProtectedCell, unit: Unit, numerator: &str, denominator: &str, voice: &mut Voice) {
    let ProtectedCell::Published(shown) = cell else {
        voice.text(if matches!(cell, ProtectedCell::Suppressed(_)) { "explain.hidden" } else { "explain.empty" }, &[]);
        return;
    };
    let language = voice.texts().language();
    // A rank is whole, or halfway between two.
    let digits = |value: f64| if unit == Unit::Rank { u32::from(value.fract() != 0.0) } else { 2 };
    let number = |value: f64| format_number(reader_value(unit, value), digits(value), language);
    let unit_name = format!("unit.{}", unit.name());
    let value = voice.texts().fill(&unit_name, &[("text", &number(shown.value))]);
    voice.text("explain.value", &[("value", &value)]);
    for (name, count) in [(numerator, shown.numerator), (denominator, shown.denominator)] {
        if let Some(count) = count.filter(|_| !name.is_empty()) {
            voice.line(format!("  {name}: {}", format_number(count, u32::from(count.fract() != 0.0) * 2, language)));
        }
    }
    if let Some(interval) = shown.interval {
        let key = format!("limits.{}", interval.method.name());
        voice.text(&key, &[("low", &number(interval.low)), ("high", &number(interval.high))]);
    }
    if !shown.reliable {
        voice.text("explain.unreliable", &[]);
    }
    changes(shown, &number, voice);
}

fn changes(shown: &Shown, number: &impl Fn(f64) -> String, voice: &mut Voice) {
    for (key, change) in [("explain.since_quarter", shown.since_quarter), ("explain.since_year", shown.since_year)] {
        let Some(change) = change else { continue };
        let verdict = voice.texts().get(match change.signal {
            Signal::Up => "explain.up",
            Signal::Down => "explain.down",
            Signal::Noise => "explain.noise",
            Signal::Untested => "explain.untested",
        });
        let verdict = verdict.to_owned();
        let limits = change.interval.map(|(low, high)| format!(" [{} ; {}]", number(low), number(high))).unwrap_or_default();
        voice.text(key, &[("difference", &format!("{}{limits}", number(change.difference))), ("verdict", &verdict)]);
    }
}
