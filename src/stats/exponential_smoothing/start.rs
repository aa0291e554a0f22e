//! States to begin a search with: seasons by moving averages, then a level or a line through the first values.

use super::{Form, Trend};
use crate::stats::seasonal_adjustment::additive_seasons;

/// Level, slope and all seasons but one, the latest first, as R's `ets` begins; `None` for less than two cycles.
pub(super) fn starting_states(form: Form, y: &[f64]) -> Option<Vec<f64>> {
    let cycle = form.cycle;
    let seasons = if cycle > 1 { additive_seasons(y, cycle)? } else { vec![0.0] };
    let count = y.len().min((2 * cycle).max(10));
    let adjusted: Vec<f64> = y[..count].iter().enumerate().map(|(t, value)| value - seasons[t % cycle]).collect();
    let mut states = match form.trend {
        Trend::None => {
            #[expect(clippy::cast_precision_loss, reason = "a dozen values")]
            let count = count as f64;
            vec![adjusted.iter().sum::<f64>() / count]
        }
        Trend::Additive | Trend::Damped => {
            let (level, slope) = line(&adjusted);
            // R moves off the point where the first prediction would be zero.
            if (level + slope).abs() < 1e-8 { vec![level * 1.001, slope * 0.999] } else { vec![level, slope] }
        }
    };
    states.extend(seasons[1..].iter().rev());
    Some(states)
}

/// Intercept and slope of the least-squares line through the values at 1, 2, 3 …
#[expect(clippy::cast_precision_loss, reason = "numbers of values")]
pub(in crate::stats) fn line(y: &[f64]) -> (f64, f64) {
    let count = y.len() as f64;
    let (middle, mean) = (f64::midpoint(count, 1.0), y.iter().sum::<f64>() / count);
    let (mut along, mut square) = (0.0, 0.0);
    for (t, value) in y.iter().enumerate() {
        let x = (t + 1) as f64 - middle;
        along += x * (value - mean);
        square += x * x;
    }
    let slope = if square > 0.0 { along / square } else { 0.0 };
    (mean - slope * middle, slope)
}
