//! Seasons by moving averages, as R's `decompose`: a start for smoothing, and what Theta works without.

/// The additive seasons of `y`, that of the first value first, summing to zero; `None` for less than two cycles.
pub(super) fn additive_seasons(y: &[f64], cycle: usize) -> Option<Vec<f64>> {
    let mut seasons = mean_by_season(y, cycle, |value, trend| value - trend)?;
    let middle = mean(&seasons);
    for season in &mut seasons {
        *season -= middle;
    }
    Some(seasons)
}

/// The multiplicative seasons of `y`, that of the first value first, of mean 1; `None` for less than two cycles or where the
/// moving average passes through zero.
pub(super) fn multiplicative_seasons(y: &[f64], cycle: usize) -> Option<Vec<f64>> {
    let mut seasons = mean_by_season(y, cycle, |value, trend| value / trend)?;
    let middle = mean(&seasons);
    for season in &mut seasons {
        *season /= middle;
    }
    seasons.iter().all(|season| season.is_finite()).then_some(seasons)
}

fn mean_by_season(y: &[f64], cycle: usize, part: impl Fn(f64, f64) -> f64) -> Option<Vec<f64>> {
    if cycle < 2 || y.len() < 2 * cycle {
        return None;
    }
    let half = cycle / 2;
    // An even cycle is centered by halving both its ends.
    let trend = |t: usize| {
        let window = &y[t - half..=t + half];
        let ends = if cycle.is_multiple_of(2) { 0.5 * (window[0] + window[cycle]) } else { window[0] + window[window.len() - 1] };
        #[expect(clippy::cast_precision_loss, reason = "at most 12")]
        let length = cycle as f64;
        (window[1..window.len() - 1].iter().sum::<f64>() + ends) / length
    };
    let mut parts = vec![Vec::new(); cycle];
    for t in half..y.len() - half {
        parts[t % cycle].push(part(y[t], trend(t)));
    }
    Some(parts.iter().map(|parts| mean(parts)).collect())
}

#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}
