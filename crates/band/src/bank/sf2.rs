//! Writing SoundFont 2: RIFF `sfbk` with INFO, sdta and pdta (SoundFont Technical Specification 2.01, §4 to §7).

use super::patch::{Patch, Tone, Zone};

/// Frames of silence the specification asks for after each sample (§6.1).
const GUARD: usize = 46;
/// Frames repeated after a loop's end, so that interpolators reading ahead find the wave going on.
const LOOP_TAIL: usize = 16;

/// Generator numbers of §8.1.2, in the order in which a zone must list them.
mod generator {
    pub(super) const VIB_LFO_TO_PITCH: u16 = 6;
    pub(super) const PAN: u16 = 17;
    pub(super) const DELAY_VIB_LFO: u16 = 23;
    pub(super) const FREQ_VIB_LFO: u16 = 24;
    pub(super) const ATTACK_VOL_ENV: u16 = 34;
    pub(super) const HOLD_VOL_ENV: u16 = 35;
    pub(super) const DECAY_VOL_ENV: u16 = 36;
    pub(super) const SUSTAIN_VOL_ENV: u16 = 37;
    pub(super) const RELEASE_VOL_ENV: u16 = 38;
    pub(super) const KEYNUM_TO_VOL_ENV_HOLD: u16 = 39;
    pub(super) const INSTRUMENT: u16 = 41;
    pub(super) const KEY_RANGE: u16 = 43;
    pub(super) const VEL_RANGE: u16 = 44;
    pub(super) const SAMPLE_ID: u16 = 53;
    pub(super) const SAMPLE_MODES: u16 = 54;
    pub(super) const SCALE_TUNING: u16 = 56;
    pub(super) const EXCLUSIVE_CLASS: u16 = 57;
    pub(super) const OVERRIDING_ROOT_KEY: u16 = 58;
}

/// The bytes of a bank that holds these patches.
pub(super) fn write(name: &str, patches: &[Patch]) -> Vec<u8> {
    let samples = Samples::gather(patches);
    let body = [
        chunk(b"LIST", &[b"INFO".as_slice(), &info(name)].concat()),
        chunk(b"LIST", &[b"sdta".as_slice(), &chunk(b"smpl", &samples.pcm)].concat()),
        chunk(b"LIST", &[b"pdta".as_slice(), &hydra(patches, &samples.headers)].concat()),
    ];
    chunk(b"RIFF", &[b"sfbk".to_vec(), body.concat()].concat())
}

fn chunk(id: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(body.len() + 9);
    bytes.extend(id);
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    if body.len() % 2 == 1 {
        bytes.push(0);
    }
    bytes
}

fn info(name: &str) -> Vec<u8> {
    let text = |id: &[u8; 4], words: &str| chunk(id, &[words.as_bytes(), &[0]].concat());
    let version = [2u16.to_le_bytes(), 1u16.to_le_bytes()].concat();
    [
        chunk(b"ifil", &version),
        text(b"isng", "EMU8000"),
        text(b"INAM", name),
        text(b"ISFT", concat!("sideman ", env!("CARGO_PKG_VERSION"))),
    ]
    .concat()
}

/// All the sound, one tone after the other, with the `shdr` record of each.
struct Samples {
    pcm: Vec<u8>,
    headers: Vec<u8>,
}

impl Samples {
    fn gather(patches: &[Patch]) -> Self {
        let mut samples = Self { pcm: Vec::new(), headers: Vec::new() };
        let zones = patches.iter().flat_map(|patch| patch.zones.iter().map(move |zone| (patch, zone)));
        for (patch, zone) in zones {
            samples.push(patch.name, zone);
        }
        samples.headers.extend(record_name("EOS"));
        samples.headers.extend([0; 26]);
        samples
    }

    fn push(&mut self, name: &str, zone: &Zone) {
        let tone = &zone.tone;
        let start = self.pcm.len() / 2;
        let (frames, repeat) = playable(tone);
        let end = start + frames.len();
        self.pcm.extend(frames.iter().flat_map(|&x| quantised(x * zone.gain).to_le_bytes()));
        self.pcm.resize(self.pcm.len() + 2 * GUARD, 0);
        self.headers.extend(record_name(&format!("{name} {}", zone.root)));
        for point in [start, end, start + repeat.start, start + repeat.end] {
            self.headers.extend((point as u32).to_le_bytes());
        }
        self.headers.extend(tone.rate.to_le_bytes());
        self.headers.extend([zone.root, 0]);
        self.headers.extend([0u16.to_le_bytes(), 1u16.to_le_bytes()].concat());
    }
}

/// The frames of a tone with its loop led on past its end, and the loop (nominal when it has none).
fn playable(tone: &Tone) -> (Vec<f32>, std::ops::Range<usize>) {
    let mut frames = tone.frames.clone();
    match &tone.repeat {
        Some(repeat) => {
            frames.truncate(repeat.end);
            frames.extend((0..LOOP_TAIL).map(|i| tone.frames[repeat.start + i % repeat.len()]));
            (frames, repeat.clone())
        }
        None => {
            let end = frames.len();
            (frames, 8..end.saturating_sub(8).max(9))
        }
    }
}

fn quantised(sample: f32) -> i16 {
    (sample * 32767.0).round().clamp(-32767.0, 32767.0) as i16
}

fn record_name(name: &str) -> [u8; 20] {
    let mut field = [0; 20];
    for (slot, byte) in field.iter_mut().zip(name.bytes().take(19)) {
        *slot = byte;
    }
    field
}

/// The nine chunks of pdta (§7): preset and instrument headers, bags, modulators, generators, sample headers.
fn hydra(patches: &[Patch], headers: &[u8]) -> Vec<u8> {
    let (mut phdr, mut pbag, mut pgen) = (Vec::new(), Vec::new(), Vec::new());
    let (mut inst, mut ibag, mut igen) = (Vec::new(), Vec::new(), Vec::new());
    let mut sample = 0;
    for (index, patch) in patches.iter().enumerate() {
        inst.extend(record_name(patch.name));
        inst.extend(bag_index(&ibag));
        for zone in &patch.zones {
            ibag.extend(bag(&igen));
            igen.extend(generators(zone, sample));
            sample += 1;
        }
        for &(bank, program) in &patch.presets {
            phdr.extend(preset(patch.name, bank, program, &pbag));
            pbag.extend(bag(&pgen));
            pgen.extend(record(generator::INSTRUMENT, index as u16));
        }
    }
    phdr.extend(preset("EOP", 0, 0, &pbag));
    inst.extend(record_name("EOI"));
    inst.extend(bag_index(&ibag));
    pbag.extend(bag(&pgen));
    ibag.extend(bag(&igen));
    pgen.extend([0; 4]);
    igen.extend([0; 4]);
    let no_modulators = [0; 10];
    [
        chunk(b"phdr", &phdr),
        chunk(b"pbag", &pbag),
        chunk(b"pmod", &no_modulators),
        chunk(b"pgen", &pgen),
        chunk(b"inst", &inst),
        chunk(b"ibag", &ibag),
        chunk(b"imod", &no_modulators),
        chunk(b"igen", &igen),
        chunk(b"shdr", headers),
    ]
    .concat()
}

fn preset(name: &str, bank: u16, program: u16, bags: &[u8]) -> Vec<u8> {
    let mut bytes = record_name(name).to_vec();
    bytes.extend(program.to_le_bytes());
    bytes.extend(bank.to_le_bytes());
    bytes.extend(bag_index(bags));
    bytes.extend([0; 12]);
    bytes
}

/// How many four-byte records stand before the next one.
fn bag_index(records: &[u8]) -> [u8; 2] {
    ((records.len() / 4) as u16).to_le_bytes()
}

fn bag(generators: &[u8]) -> [u8; 4] {
    let [low, high] = bag_index(generators);
    [low, high, 0, 0]
}

fn record(number: u16, amount: u16) -> [u8; 4] {
    let ([a, b], [c, d]) = (number.to_le_bytes(), amount.to_le_bytes());
    [a, b, c, d]
}

/// What makes a zone sound as it does; key range first, sample last, as §7.9 asks.
fn generators(zone: &Zone, sample: u16) -> Vec<u8> {
    let envelope = &zone.envelope;
    let range = |low: u8, high: u8| u16::from_le_bytes([low, high]);
    let root_factor = 2f64.powf((f64::from(zone.root) - 60.0) / 12.0);
    let mut list = vec![
        (generator::KEY_RANGE, range(*zone.keys.start(), *zone.keys.end())),
        (generator::VEL_RANGE, range(*zone.velocities.start(), *zone.velocities.end())),
        (generator::PAN, zone.pan as u16),
        (generator::ATTACK_VOL_ENV, timecents(envelope.attack)),
        (generator::DECAY_VOL_ENV, timecents(envelope.decay)),
        (generator::SUSTAIN_VOL_ENV, if envelope.decay > 0.0 { 1000 } else { 0 }),
        (generator::RELEASE_VOL_ENV, timecents(envelope.release)),
        (generator::SAMPLE_MODES, u16::from(zone.tone.repeat.is_some())),
        (generator::SCALE_TUNING, if zone.fixed_pitch { 0 } else { 100 }),
        (generator::EXCLUSIVE_CLASS, zone.exclusive_class),
        (generator::OVERRIDING_ROOT_KEY, u16::from(zone.root)),
    ];
    if envelope.hold > 0.0 {
        list.push((generator::HOLD_VOL_ENV, timecents(envelope.hold * root_factor)));
        list.push((generator::KEYNUM_TO_VOL_ENV_HOLD, 100));
    }
    if let Some(vibrato) = &zone.vibrato {
        list.push((generator::VIB_LFO_TO_PITCH, vibrato.cents));
        list.push((generator::DELAY_VIB_LFO, timecents(vibrato.delay)));
        list.push((generator::FREQ_VIB_LFO, absolute_cents(vibrato.hertz)));
    }
    list.push((generator::SAMPLE_ID, sample));
    list.into_iter().flat_map(|(number, amount)| record(number, amount)).collect()
}

/// Seconds as 1200 log2 of seconds (§8.1.3, timecents); nothing is the shortest there is.
fn timecents(seconds: f64) -> u16 {
    (1200.0 * seconds.max(0.001).log2()).round() as i16 as u16
}

/// Hertz as cents above 8.176 Hz (§8.1.3, absolute cents).
fn absolute_cents(hertz: f64) -> u16 {
    (1200.0 * (hertz / 8.176).log2()).round() as i16 as u16
}
