//! Numbers within their bounds.

use sideman_music::Duration;
use sideman_session::learn::MOST_DROPOUT;

pub(super) fn positive(text: &str) -> Result<f32, String> {
    number_in(text, "above 0, at most 10", |x| x > 0.0 && x <= 10.0)
}

pub(super) fn quarters(text: &str) -> Result<Duration, String> {
    let quarters = number_in(text, "of quarter notes from 0.5 to 64", |x| (0.5..=64.0).contains(&x))?;
    Ok(Duration::quarters((quarters * 24.0).round() as i64, 24))
}

pub(super) fn share(text: &str) -> Result<f32, String> {
    number_in(text, "above 0, at most 1", |x| x > 0.0 && x <= 1.0)
}

pub(super) fn dropout(text: &str) -> Result<f32, String> {
    number_in(text, &format!("from 0 to {MOST_DROPOUT}"), |x| (0.0..=MOST_DROPOUT).contains(&x))
}

fn number_in(text: &str, range: &str, within: impl Fn(f32) -> bool) -> Result<f32, String> {
    text.parse().ok().filter(|&x| within(x)).ok_or_else(|| format!("write a number {range}"))
}
