//! The key of what sounds.

use sideman_music::{Duration, Key, Mode, Pitch, PitchClass};

use super::WeightedNote;

/// A key, and how well it fits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct KeyEstimate {
    /// The key.
    pub(crate) key: Key,
    /// Correlation of the weights of the pitch classes with the profile of the key, −1 to 1.
    pub(crate) fit: f64,
}

/// How often each pitch class sounds in C major and in C minor: the profiles that Temperley counted in the
/// Kostka-Payne corpus (*Music and Probability*, 2007). They are truer to minor keys than the ratings of
/// Krumhansl & Kessler (1982), in whose way of correlating they are used.
const MAJOR: [f64; 12] = [0.748, 0.060, 0.488, 0.082, 0.670, 0.460, 0.096, 0.715, 0.104, 0.366, 0.057, 0.400];
const MINOR: [f64; 12] = [0.712, 0.084, 0.474, 0.618, 0.049, 0.460, 0.105, 0.747, 0.404, 0.067, 0.133, 0.330];

/// What it speaks for a key, in units of its fit, that the music ends on its tonic.
const END_ON_TONIC: f64 = 0.08;

/// How much worse than the best a declared key may fit and still be believed.
const TRUST: f64 = 0.12;

/// The key in which these sounds are, by correlation with the key profiles; C major when nothing sounds.
///
/// A declared key that fits nearly as well is preferred, for who wrote it knew more than the notes tell; so
/// is its relative, for many files declare only the signature.
pub(crate) fn estimate_key(sounds: &[WeightedNote], declared: Option<Key>) -> KeyEstimate {
    let weights = weights(sounds);
    let last = last_bass(sounds);
    let worth = |keyed: &KeyEstimate| {
        let ends = last == Some(keyed.key.tonic().class());
        keyed.fit + if ends { END_ON_TONIC } else { 0.0 }
    };
    let best_of = |keys: Vec<Key>| {
        let fitted = keys.into_iter().map(|key| KeyEstimate { key, fit: fit(&weights, key) });
        fitted.reduce(|best, next| if worth(&next) > worth(&best) { next } else { best })
    };
    let modes = [Mode::Major, Mode::Minor];
    let all = modes.into_iter().flat_map(|mode| PitchClass::all().map(move |tonic| Key::on(tonic, mode)));
    let signed =
        declared.map(|key| modes.into_iter().filter_map(move |mode| Key::from_fifths(key.fifths(), mode)));
    let best = best_of(all.collect())
        .unwrap_or(KeyEstimate { key: Key::on(PitchClass::new(0), Mode::Major), fit: 0.0 });
    let believed = best_of(signed.into_iter().flatten().collect());
    believed.filter(|keyed| worth(keyed) >= worth(&best) - TRUST).unwrap_or(best)
}

/// Correlation of the weights of the pitch classes with the profile of a key.
fn fit(weights: &[f64; 12], key: Key) -> f64 {
    let tonic = key.tonic().class().index();
    let on_tonic = std::array::from_fn(|i| weights[(i + tonic) % 12]);
    correlation(
        &on_tonic,
        match key.mode() {
            Mode::Major => &MAJOR,
            Mode::Minor => &MINOR,
        },
    )
}

/// The bass at the end: the lowest of what sounds last.
fn last_bass(sounds: &[WeightedNote]) -> Option<PitchClass> {
    let end = sounds.iter().map(|sound| sound.end).max()?;
    let last = sounds.iter().filter(|sound| end - sound.end < Duration::QUARTER);
    last.map(|sound| sound.pitch).min().map(Pitch::class)
}

/// How long each pitch class sounds, weighted.
fn weights(sounds: &[WeightedNote]) -> [f64; 12] {
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
