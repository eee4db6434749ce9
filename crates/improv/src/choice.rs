//! Choosing the next value from what a network says.

use rand::{Rng, RngExt};

use crate::Error;

/// How the next value is chosen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Choice {
    /// Always the likeliest; of equals the first.
    Argmax,
    /// By chance.
    Sample {
        /// Divides the logits: below 1 the line gets safer, above 1 wilder.
        temperature: f32,
        /// Only the likeliest values that together reach this probability are drawn from (Holtzman et al.,
        /// *The Curious Case of Neural Text Degeneration*, 2020); 1 is all of them.
        top_p: f32,
    },
}

impl Default for Choice {
    fn default() -> Self {
        Self::Sample { temperature: 1.0, top_p: 0.95 }
    }
}

impl Choice {
    /// # Errors
    /// When the temperature is not above 0, or top-p not between 0 and 1.
    pub(crate) fn check(self) -> Result<(), Error> {
        let Self::Sample { temperature, top_p } = self else { return Ok(()) };
        if !(temperature.is_finite() && temperature > 0.0) {
            return Err(Error::option("temperature", temperature, "a number above 0, such as 0.9"));
        }
        if !(top_p > 0.0 && top_p <= 1.0) {
            return Err(Error::option("top-p", top_p, "a number above 0 and at most 1, such as 0.95"));
        }
        Ok(())
    }

    /// One of the allowed classes, from their logits; `None` when none is allowed. Only the order of the
    /// probabilities and their ratios count, so it does not matter whether they sum to exactly 1.
    pub(crate) fn pick(self, logits: &[f32], allowed: &[bool], rng: &mut impl Rng) -> Option<usize> {
        let mut classes: Vec<(usize, f64)> = logits.iter().map(|&l| f64::from(l)).enumerate().collect();
        classes.retain(|&(class, logit)| allowed[class] && !logit.is_nan());
        classes.sort_by(|a, b| b.1.total_cmp(&a.1));
        let &(likeliest, most) = classes.first()?;
        let Self::Sample { temperature, top_p } = self else { return Some(likeliest) };
        for (_, weight) in &mut classes {
            *weight = ((*weight - most) / f64::from(temperature)).exp();
        }
        let kept = nucleus(&classes, f64::from(top_p));
        let mut left = rng.random::<f64>() * kept.iter().map(|&(_, weight)| weight).sum::<f64>();
        let drawn = kept.iter().find(|&&(_, weight)| {
            left -= weight;
            left < 0.0
        });
        drawn.map(|&(class, _)| class).or(Some(likeliest))
    }
}

/// The fewest of the classes, likeliest first, that reach the share `top_p` of all their weight.
fn nucleus(classes: &[(usize, f64)], top_p: f64) -> &[(usize, f64)] {
    let wanted = top_p * classes.iter().map(|&(_, weight)| weight).sum::<f64>();
    let mut reached = 0.0;
    let enough = classes.iter().position(|&(_, weight)| {
        reached += weight;
        reached >= wanted
    });
    &classes[..enough.map_or(classes.len(), |last| last + 1)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    /// How often each class is drawn, of 10,000.
    fn drawn(choice: Choice, logits: &[f32], allowed: &[bool]) -> Vec<usize> {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut counts = vec![0; logits.len()];
        (0..10_000).for_each(|_| counts[choice.pick(logits, allowed, &mut rng).unwrap()] += 1);
        counts
    }

    #[test]
    fn frequencies_are_the_probabilities() {
        let logits = [0.5f32, 0.3, 0.2].map(f32::ln);
        let counts = drawn(Choice::Sample { temperature: 1.0, top_p: 1.0 }, &logits, &[true; 3]);
        assert!(
            counts.iter().zip([5000, 3000, 2000]).all(|(&n, expected)| n.abs_diff(expected) < 200),
            "{counts:?}"
        );
        let cold = drawn(Choice::Sample { temperature: 0.5, top_p: 1.0 }, &logits, &[true; 3]);
        assert!(cold[0] > counts[0] + 500, "{cold:?}");
    }

    #[test]
    fn what_is_unlikely_or_masked_is_never_drawn() {
        let logits = [0.5f32, 0.3, 0.2].map(f32::ln);
        let nucleus = drawn(Choice::Sample { temperature: 1.0, top_p: 0.75 }, &logits, &[true; 3]);
        assert_eq!(nucleus[2], 0);
        assert!(nucleus[1] > 0);
        let masked = drawn(Choice::Sample { temperature: 3.0, top_p: 1.0 }, &logits, &[false, true, true]);
        assert_eq!(masked[0], 0);
        assert_eq!(drawn(Choice::Argmax, &logits, &[false, true, true])[1], 10_000);
    }

    #[test]
    fn strange_numbers_do_no_harm() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let choice = Choice::Sample { temperature: 1e-6, top_p: 1.0 };
        assert_eq!(choice.pick(&[1e30, -1e30, f32::NAN], &[true; 3], &mut rng), Some(0));
        assert_eq!(choice.pick(&[1.0, 2.0], &[false; 2], &mut rng), None);
        for (temperature, top_p) in
            [(0.0, 0.9), (f32::NAN, 0.9), (-1.0, 0.9), (1.0, 0.0), (1.0, 1.1), (1.0, f32::NAN)]
        {
            assert!(Choice::Sample { temperature, top_p }.check().is_err());
        }
    }
}
