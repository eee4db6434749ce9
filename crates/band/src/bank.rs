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

use patch::Patch;
pub(crate) use patch::SLURRED;

/// The name by which the bank is known, in its INFO.
pub(crate) const NAME: &str = "sideman";

/// The bank as SoundFont 2 bytes, 25 MB of them. To make them takes some tenths of a second: whoever can, keeps
/// them under [`file_name`].
pub fn built_in() -> Vec<u8> {
    sf2::write(NAME, &patches())
}

/// What the bytes of [`built_in`] are kept under; a bank that could sound otherwise has another name.
pub fn file_name() -> String {
    format!("{NAME}-{FINGERPRINT:016x}.sf2")
}

/// Of what the bank is made by: the sources of this room and of what it uses, and the version that it names.
const FINGERPRINT: u64 = fingerprint(&[
    env!("CARGO_PKG_VERSION").as_bytes(),
    include_bytes!("bank.rs"),
    include_bytes!("bank/additive.rs"),
    include_bytes!("bank/bars.rs"),
    include_bytes!("bank/cymbals.rs"),
    include_bytes!("bank/drums.rs"),
    include_bytes!("bank/level.rs"),
    include_bytes!("bank/noise.rs"),
    include_bytes!("bank/patch.rs"),
    include_bytes!("bank/sf2.rs"),
    include_bytes!("bank/strings.rs"),
    include_bytes!("bank/struck.rs"),
    include_bytes!("bank/winds.rs"),
    include_bytes!("filter.rs"),
    include_bytes!("loudness.rs"),
    include_bytes!("../Cargo.toml"),
]);

/// The 64-bit FNV-1a hash of texts (G. Fowler, L. C. Noll and K.-P. Vo, 1991).
const fn fingerprint(texts: &[&[u8]]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    let mut nth = 0;
    while nth < texts.len() {
        let mut at = 0;
        while at < texts[nth].len() {
            hash = (hash ^ texts[nth][at] as u64).wrapping_mul(0x0100_0000_01b3);
            at += 1;
        }
        nth += 1;
    }
    hash
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
        assert!(built_in() == built_in());
    }

    #[test]
    fn every_source_of_the_bank_is_in_its_fingerprint() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bank");
        for file in folder.read_dir().unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            assert!(include_str!("bank.rs").contains(&format!("(\"bank/{name}\")")), "{name}");
        }
        assert_eq!(fingerprint(&[b"foo", b"bar"]), 0x8594_4171_f739_67e8);
        assert!(file_name().starts_with("sideman-") && file_name().ends_with(".sf2"));
    }
}
