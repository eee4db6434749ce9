//! Vibraphone and electric piano: a struck bar, and a struck tine before a pickup.

use super::patch::{Patch, Zone, frequency, layered, zones_of_keys};
use super::struck::{self, Burst, Strike, VibrationMode};

/// Vibraphone. Its bars are undercut so that the second mode is two octaves above the first and the third about
/// ten times as high; the resonator tube strengthens the first (Fletcher and Rossing, §19.4). A mallet in contact
/// for a time d excites a mode of frequency f by about 1/(1 + (2 f d)²).
pub(super) fn vibraphone(presets: Vec<(u16, u16)>) -> Patch {
    let zones = layered(zones_of_keys(53, 89, 5), 2, vibraphone_zone);
    Patch { name: "Vibraphone", zones, presets }
}

fn vibraphone_zone(root: u8, layer: usize) -> Zone {
    let hertz = frequency(root);
    let contact = [0.0011, 0.00055][layer];
    let force = |f: f64| 1.0 / (1.0 + (2.0 * f * contact).powi(2));
    let ring = 2.6 * (220.0 / hertz).powf(0.55);
    let mode = |ratio: f64, level: f64, decay: f64| {
        VibrationMode::new(ratio * hertz, level * force(ratio * hertz) / force(hertz), decay)
    };
    let modes = [
        mode(1.0, 1.0, ring),
        mode(4.0, 0.42, ring * 0.16),
        mode(10.0, 0.38, ring * 0.035 + 0.015),
        mode(17.6, 0.22, 0.025),
        mode(2.76, 0.06, 0.04),
    ];
    let mallet = [
        Burst { band: (60.0, 300.0), level: [0.06, 0.10][layer], decay: 0.020 },
        Burst { band: (250.0, 1400.0), level: [0.12, 0.22][layer], decay: 0.010 },
        Burst { band: (1500.0, 5000.0), level: [0.02, 0.07][layer], decay: 0.004 },
    ];
    let strike = Strike { root, onset: 0.9, sharp: (0.0, 1.0), release: 0.45, tremolo: 1.7 };
    struck::zone(strike, &modes, &mallet, 0x71BE + u64::from(root))
}

/// Electric piano. The pickup turns the swing of the tine into harmonics: of a swing that falls as e^(−t/τ), a
/// curved pickup makes harmonic n with level kⁿ⁻¹ falling as e^(−nt/τ), k rising with the stroke. The tine's own
/// second mode, near 6.3 times the first, is the bell at the start.
pub(super) fn electric_piano(presets: Vec<(u16, u16)>) -> Patch {
    let zones = layered(zones_of_keys(33, 93, 5), 2, electric_piano_zone);
    Patch { name: "Electric piano", zones, presets }
}

fn electric_piano_zone(root: u8, layer: usize) -> Zone {
    let hertz = frequency(root);
    let register = (220.0 / hertz).powf(0.35);
    let bite = [0.30, 0.52][layer] * register.min(1.25);
    let ring = 1.9 * (220.0 / hertz).powf(0.5);
    let mut modes: Vec<VibrationMode> = (1..=8)
        .map(|n| VibrationMode {
            phase: if n % 2 == 0 { 0.25 } else { 0.0 },
            ..VibrationMode::new(
                f64::from(n) * hertz,
                bite.powi(n - 1) * (1.0 + 0.25 * f64::from(n % 2)),
                ring / f64::from(n),
            )
        })
        .collect();
    let bell = [0.12, 0.30][layer];
    modes.push(VibrationMode::new(6.27 * hertz, bell, 0.22 * register));
    modes.push(VibrationMode::new(13.4 * hertz, bell * 0.3, 0.06));
    let hammer = [Burst { band: (150.0, 900.0), level: [0.05, 0.10][layer], decay: 0.010 }];
    let strike = Strike { root, onset: 0.8, sharp: (0.0, 1.0), release: 0.16, tremolo: 0.0 };
    struck::zone(strike, &modes, &hammer, 0xE1EC + u64::from(root))
}
