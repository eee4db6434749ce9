//! Improvising with a grammar, after R. M. Keller and D. R. Morrison, "A Grammatical Approach to Automatic
//! Improvisation" (Sound and Music Computing, 2007).
//!
//! A weighted context-free grammar makes an abstract melody: categories of notes with durations. Only then is
//! each note given a pitch that has its category over the chord where it falls. The text of a grammar:
//!
//! ```text
//! # The first symbol is the start. It is given the length to fill in quarter notes and,
//! # when it takes more arguments, the length of a bar and that of its beat.
//! Solo(0)            ->
//! Solo(Y) if Y >= 4  -> Bar Solo(Y-4)           : 3     # weight 3; without a figure it is 1
//!                     | C2 R2 Solo(Y-4)                 # another right side for the same left side
//! Solo(Y) if Y < 4   -> R(Y)                            # a note with a computed length
//! Bar -> [1..4 C8 S8 S8 C8] C8/3 A8/3 C8/3 R4           # a slope: each step upwards, by 1 to 4 semitones
//! ```
//!
//! Notes are C (chord tone), L (colour tone), A (approach tone), S (scale tone), H (chord or colour tone),
//! X (any) and R (rest), with parts of a whole note: `8` is an eighth, `8/3` an eighth of a triplet (n in the
//! time of the next lower power of two), `2+8` a half tied to an eighth. `~C4` is tied to the note before, which sounds on
//! where it has that category; behind a rest it is a rest. Arguments are computed exactly. A
//! rule applies when its conditions hold, the numbers on its left side equal the arguments, and none of the
//! arguments that it passes on is negative; among those that apply, chance goes by weight.
//!
//! In a grammar with a line `exact`, as [`learn`] writes it, categories and slopes mean what they mean in an analysis: an
//! A stands a semitone from whatever note follows it, an X is neither chord tone nor colour nor approach, and slopes hold.
//!
//! ```
//! use sideman_improv::grammar::Grammar;
//! let riffs: Grammar = "Solo(0) ->\n Solo(Y) -> R8 C4 A8 [-5..-1 C8 C8] R4 Solo(Y-4)".parse()?;
//! let solo = riffs.improvise(&"Dm7 | G7 | Cmaj7 | %".parse()?, "trumpet".parse()?, 7)?;
//! assert_eq!(solo.notes().len(), 4 * 4);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod exact;
mod expression;
pub mod learn;
mod melody;
mod realise;
mod rules;
mod taste;
mod text;

pub use error::Error;
pub use rules::Grammar;

#[cfg(test)]
mod tests;
