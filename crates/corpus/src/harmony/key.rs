//! The key of what sounds.

use sideman_music::{Key, Mode, PitchClass};

use super::Sound;

/// A key, and how well it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Keyed {
    /// The key.
    pub key: Key,
    /// Correlation of the weights of the pitch classes with the profile of the key, −1 to 1.
    pub fit: f64,
}

/// How well each pitch class fits in C major and in C minor: the probe-tone ratings of Krumhansl & Kessler,
/// *Tracing the dynamic changes in perceived tonal organization* (Psychological Review, 1982).
const MAJOR: [f64; 12] = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88];
const MINOR: [f64; 12] = [6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17];

/// How much worse than the best a declared key may fit and still be believed.
const TRUST: f64 = 0.12;

/// The key in which these sounds are, by correlation with the key profiles; C major when nothing sounds.
///
/// A declared key that fits nearly as well is preferred, for who wrote it knew more than the notes tell.
pub fn key(sounds: &[Sound], declared: Option<Key>) -> Keyed {
    let weights = weights(sounds);
    let modes = [(Mode::Major, MAJOR), (Mode::Minor, MINOR)];
    let fits = modes.iter().flat_map(|&(mode, profile)| {
        PitchClass::all().map(move |tonic| {
            let on_tonic = std::array::from_fn(|i| weights[(i + tonic.index()) % 12]);
            Keyed { key: Key::on(tonic, mode), fit: correlation(&on_tonic, &profile) }
        })
    });
    let fits: Vec<Keyed> = fits.collect();
    let best = fits.iter().copied().reduce(|best, next| if next.fit > best.fit { next } else { best });
    let best = best.unwrap_or(Keyed { key: Key::on(PitchClass::new(0), Mode::Major), fit: 0.0 });
    let same = |a: Key, b: Key| a.tonic().class() == b.tonic().class() && a.mode() == b.mode();
    let believed = declared.and_then(|d| Some(Keyed { key: d, ..*fits.iter().find(|f| same(f.key, d))? }));
    believed.filter(|d| d.fit >= best.fit - TRUST).unwrap_or(best)
}

/// How long each pitch class sounds, weighted.
fn weights(sounds: &[Sound]) -> [f64; 12] {
    let mut weights = [0.0; 12];
    for sound in sounds {
        let (n, d) = (sound.end - sound.onset).as_quarters();
        weights[sound.pitch.class().index()] += sound.weight * (n as f64 / d as f64).min(4.0);
    }
    weights
}

/// Pearson's correlation; 0 where one side does not vary.
fn correlation(a: &[f64; 12], b: &[f64; 12]) -> f64 {
    let mean = |x: &[f64; 12]| x.iter().sum::<f64>() / 12.0;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let product = |x: &[f64; 12], mx: f64, y: &[f64; 12], my: f64| -> f64 {
        x.iter().zip(y).map(|(x, y)| (x - mx) * (y - my)).sum()
    };
    let spread = (product(a, mean_a, a, mean_a) * product(b, mean_b, b, mean_b)).sqrt();
    if spread > 0.0 { product(a, mean_a, b, mean_b) / spread } else { 0.0 }
}
