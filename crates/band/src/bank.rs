//! A SoundFont bank that the program makes itself: no sample in it was ever recorded.
//!
//! Each voice is a documented model: sums of modes or harmonics ([Fletcher and Rossing], [Benade], [Risset]) with
//! filtered noise where air, felt, skin and wood make it. The tones go round without a seam, are in tune at
//! A = 440, and are equally loud by ITU-R BS.1770. The bytes are the same every time.
//!
//! [Fletcher and Rossing]: https://doi.org/10.1007/978-0-387-21603-4
//! [Benade]: https://doi.org/10.1121/1.396559
//! [Risset]: https://doi.org/10.1121/1.1911712

mod additive;
mod bars;
mod cymbals;
mod drums;
mod level;
mod noise;
mod patch;
mod sf2;
mod strings;
mod struck;
mod winds;

use std::sync::{Arc, OnceLock};

use patch::Patch;
pub(crate) use patch::SLURRED;

/// The name by which the bank is known, in its INFO.
pub(crate) const NAME: &str = "sideman";

/// The bank as SoundFont 2 bytes, made at the first call and kept.
pub fn built_in() -> Arc<[u8]> {
    static BANK: OnceLock<Arc<[u8]>> = OnceLock::new();
    Arc::clone(BANK.get_or_init(|| sf2::write(NAME, &patches()).into()))
}

/// Every General MIDI program calls a voice of its family.
fn patches() -> Vec<Patch> {
    let programs = |list: &[(u16, u16)]| {
        list.iter().flat_map(|&(from, to)| (from..=to).map(|program| (0, program))).collect::<Vec<_>>()
    };
    let mut patches = vec![
        strings::piano(programs(&[(0, 3), (6, 7)])),
        bars::electric_piano(programs(&[(4, 5), (8, 10), (14, 23), (80, 103), (112, 127)])),
        bars::vibraphone(programs(&[(11, 13)])),
        strings::guitar(programs(&[(24, 31), (45, 46), (104, 108)])),
        strings::bass(programs(&[(32, 39)])),
    ];
    let blown = [
        winds::TENOR.patches(programs(&[(66, 67), (40, 44), (48, 55)])),
        winds::ALTO.patches(programs(&[(64, 65)])),
        winds::CLARINET.patches(programs(&[(68, 71), (109, 111)])),
        winds::FLUTE.patches(programs(&[(72, 79)])),
        winds::TRUMPET.patches(programs(&[(56, 56), (60, 63), (47, 47)])),
        winds::MUTED_TRUMPET.patches(programs(&[(59, 59)])),
        winds::TROMBONE.patches(programs(&[(57, 58)])),
    ];
    patches.extend(blown.into_iter().flatten());
    patches.extend(drums::kits());
    patches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bank_is_the_same_every_time() {
        assert!(sf2::write(NAME, &patches()) == *built_in());
    }
}
