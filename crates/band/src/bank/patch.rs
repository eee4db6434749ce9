//! What a bank is made of: patches of zones, each zone a tone with the way it is played.

use std::ops::{Range, RangeInclusive};
use std::rc::Rc;

/// Frames in a second of every tone in the bank.
pub(super) const RATE: u32 = 44_100;

/// The bank of the presets whose notes go on from the ones before, beside bank 0.
pub(crate) const SLURRED: u8 = 1;

/// A sound as frames between −1 and 1.
pub(super) struct BankTone {
    pub(super) frames: Vec<f32>,
    /// Frames that go round as long as the tone lasts; none for a tone that ends of itself.
    pub(super) repeat: Option<Range<usize>>,
}

/// A tone as a bank keeps it, in half the memory.
pub(super) struct StoredTone {
    pub(super) samples: Vec<i16>,
    pub(super) repeat: Option<Range<usize>>,
}

impl From<BankTone> for StoredTone {
    /// Each frame as the nearest of the 16-bit values, halves away from zero, as `round` has it.
    fn from(tone: BankTone) -> Self {
        let nearest = |&frame: &f32| {
            let value = f64::from((frame * 32767.0).clamp(-32767.0, 32767.0));
            (value + 0.5f64.copysign(value)) as i16
        };
        Self { samples: tone.frames.iter().map(nearest).collect(), repeat: tone.repeat }
    }
}

/// One tone over a range of keys and velocities.
#[derive(Clone)]
pub(super) struct Zone {
    pub(super) tone: Rc<StoredTone>,
    /// The key at which the tone sounds as it is.
    pub(super) root: u8,
    pub(super) keys: RangeInclusive<u8>,
    pub(super) velocities: RangeInclusive<u8>,
    pub(super) envelope: Envelope,
    pub(super) vibrato: Option<Vibrato>,
    /// From −500 (left) to 500 (right).
    pub(super) pan: i16,
    /// Cents from one key to the next; 0 where all sound alike.
    pub(super) scale: u16,
    /// Zones of one class other than 0 cut each other off.
    pub(super) exclusive_class: u16,
    /// Frames at the start of the tone that are left out.
    pub(super) skipped: u16,
}

impl Zone {
    /// A zone of all keys and velocities.
    pub(super) fn new(tone: BankTone, root: u8) -> Self {
        Self {
            tone: Rc::new(tone.into()),
            root,
            keys: 0..=127,
            velocities: 0..=127,
            envelope: Envelope::default(),
            vibrato: None,
            pan: 0,
            scale: 100,
            exclusive_class: 0,
            skipped: 0,
        }
    }
}

/// The volume envelope in seconds.
#[derive(Clone, Copy, Default)]
pub(super) struct Envelope {
    /// Until the tone is there.
    pub(super) attack: f64,
    /// Before the decay, at the root; shorter above it and longer below, as the tone itself is.
    pub(super) hold: f64,
    /// In which it would fall to silence.
    pub(super) decay: f64,
    /// Centibels it falls by at most while the key is held.
    pub(super) fall: u16,
    pub(super) release: f64,
}

/// Pitch swinging while a note is held, and loudness with it.
#[derive(Clone, Copy)]
pub(super) struct Vibrato {
    pub(super) cents: u16,
    pub(super) centibels: u16,
    pub(super) hertz: f64,
    /// Seconds until it begins.
    pub(super) delay: f64,
}

/// An instrument: its zones, and the (bank, program) numbers that call it.
pub(super) struct Patch {
    pub(super) name: &'static str,
    pub(super) zones: Vec<Zone>,
    pub(super) presets: Vec<(u16, u16)>,
}

/// Frequency of a key in hertz, equal temperament at A = 440.
pub(super) fn frequency(key: u8) -> f64 {
    440.0 * 2f64.powf((f64::from(key) - 69.0) / 12.0)
}

/// Roots from `low` to `high`, every `step` keys, each with the keys nearest to it; the outermost reach the ends.
pub(super) fn zones_of_keys(low: u8, high: u8, step: u8) -> Vec<(u8, RangeInclusive<u8>)> {
    let roots: Vec<u8> = (low..=high).step_by(usize::from(step)).collect();
    let last = roots.len() - 1;
    let keys = |i: usize, root: u8| {
        let from = if i == 0 { 0 } else { root - (step - 1) / 2 };
        let to = if i == last { 127 } else { root + step / 2 };
        from..=to
    };
    roots.iter().enumerate().map(|(i, &root)| (root, keys(i, root))).collect()
}

/// Velocities of each of so many layers, from soft to loud.
pub(super) fn velocity_layers(layers: u8) -> Vec<RangeInclusive<u8>> {
    match layers {
        1 => vec![0..=127],
        2 => vec![0..=79, 80..=127],
        6 => vec![0..=49, 50..=59, 60..=69, 70..=79, 80..=95, 96..=127],
        _ => vec![0..=59, 60..=95, 96..=127],
    }
}

/// Zones for every root and velocity layer.
pub(super) fn layered(
    roots: Vec<(u8, RangeInclusive<u8>)>,
    layers: u8,
    zone: impl Fn(u8, usize) -> Zone,
) -> Vec<Zone> {
    let layers = velocity_layers(layers);
    let each = roots.into_iter().flat_map(|(root, keys)| {
        let place = layers.iter().enumerate().map(move |(i, velocities)| (i, velocities.clone()));
        place.map(move |(i, velocities)| (root, keys.clone(), i, velocities)).collect::<Vec<_>>()
    });
    each.map(|(root, keys, layer, velocities)| Zone { keys, velocities, ..zone(root, layer) }).collect()
}
