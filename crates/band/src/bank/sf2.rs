//! Writing SoundFont 2: RIFF `sfbk` with INFO, sdta and pdta (SoundFont Technical Specification 2.01, §4 to §7).

use std::rc::Rc;

use super::patch::{Patch, RATE, StoredTone, Zone};

/// Frames of silence the specification asks for after each sample (§6.1).
const GUARD: usize = 46;
/// Frames repeated after a loop's end, so that interpolators reading ahead find the wave going on.
const LOOP_TAIL: usize = 16;

/// Generator numbers of §8.1.2, in the order in which a zone must list them.
mod generator {
    pub(super) const START_ADDRESS_OFFSET: u16 = 0;
    pub(super) const VIB_LFO_TO_PITCH: u16 = 6;
    pub(super) const MOD_LFO_TO_VOLUME: u16 = 13;
    pub(super) const PAN: u16 = 17;
    pub(super) const DELAY_MOD_LFO: u16 = 21;
    pub(super) const FREQ_MOD_LFO: u16 = 22;
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
    let tones = distinct_tones(patches);
    let size: usize = tones.iter().map(|(_, tone)| 2 * (tone.samples.len() + GUARD + LOOP_TAIL)).sum();
    let mut bytes = Vec::with_capacity(size + 100_000);
    chunk(&mut bytes, b"RIFF", |riff| {
        riff.extend(b"sfbk");
        list(riff, b"INFO", |info| write_info(info, name));
        let mut headers = Vec::new();
        list(riff, b"sdta", |sdta| chunk(sdta, b"smpl", |smpl| headers = write_samples(smpl, &tones)));
        list(riff, b"pdta", |pdta| write_hydra(pdta, patches, &headers));
    });
    bytes
}

/// A chunk: its name, its length, its body, even.
fn chunk(out: &mut Vec<u8>, id: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    out.extend(id);
    let start = out.len() + 4;
    out.extend([0; 4]);
    body(out);
    let length = (out.len() - start) as u32;
    out[start - 4..start].copy_from_slice(&length.to_le_bytes());
    if length % 2 == 1 {
        out.push(0);
    }
}

fn list(out: &mut Vec<u8>, kind: &[u8; 4], body: impl FnOnce(&mut Vec<u8>)) {
    chunk(out, b"LIST", |out| {
        out.extend(kind);
        body(out);
    });
}

fn write_info(out: &mut Vec<u8>, name: &str) {
    chunk(out, b"ifil", |out| out.extend([2, 0, 1, 0]));
    let words =
        [(b"isng", "EMU8000"), (b"INAM", name), (b"ISFT", concat!("sideman ", env!("CARGO_PKG_VERSION")))];
    for (id, words) in words {
        chunk(out, id, |out| out.extend([words.as_bytes(), &[0]].concat()));
    }
}

/// The tones in the order of the zones, each once, with the root of the first zone that has it.
fn distinct_tones(patches: &[Patch]) -> Vec<(u8, &Rc<StoredTone>)> {
    let mut tones = Vec::new();
    for zone in patches.iter().flat_map(|patch| &patch.zones) {
        if place_of(&zone.tone, &tones).is_none() {
            tones.push((zone.root, &zone.tone));
        }
    }
    tones
}

fn place_of(tone: &Rc<StoredTone>, tones: &[(u8, &Rc<StoredTone>)]) -> Option<usize> {
    tones.iter().position(|(_, other)| Rc::ptr_eq(other, tone))
}

/// Writes the sound of the tones, one after the other, and returns their `shdr` records.
fn write_samples(out: &mut Vec<u8>, tones: &[(u8, &Rc<StoredTone>)]) -> Vec<u8> {
    let origin = out.len();
    let mut headers = Vec::new();
    for (number, (root, tone)) in tones.iter().enumerate() {
        let start = (out.len() - origin) / 2;
        out.extend(tone.samples.iter().flat_map(|x| x.to_le_bytes()));
        let repeat = tone.repeat.clone().unwrap_or(8..tone.samples.len() - 8);
        if tone.repeat.is_some() {
            let again = |i: usize| tone.samples[repeat.start + i % repeat.len()].to_le_bytes();
            out.extend((0..LOOP_TAIL).flat_map(again));
        }
        let end = (out.len() - origin) / 2;
        out.resize(out.len() + 2 * GUARD, 0);
        headers.extend(record_name(&format!("tone {number}")));
        for point in [start, end, start + repeat.start, start + repeat.end, RATE as usize] {
            headers.extend((point as u32).to_le_bytes());
        }
        headers.extend([*root, 0, 0, 0, 1, 0]);
    }
    headers.extend(record_name("EOS"));
    headers.extend([0; 26]);
    headers
}

fn record_name(name: &str) -> [u8; 20] {
    let mut field = [0; 20];
    for (slot, byte) in field.iter_mut().zip(name.bytes().take(19)) {
        *slot = byte;
    }
    field
}

/// The nine chunks of pdta (§7): preset and instrument headers, bags, modulators, generators, sample headers.
fn write_hydra(out: &mut Vec<u8>, patches: &[Patch], headers: &[u8]) {
    let (mut phdr, mut pbag, mut pgen) = (Vec::new(), Vec::new(), Vec::new());
    let (mut inst, mut ibag, mut igen) = (Vec::new(), Vec::new(), Vec::new());
    let tones = distinct_tones(patches);
    for (index, patch) in patches.iter().enumerate() {
        inst.extend(record_name(patch.name));
        inst.extend(bag_index(&ibag));
        for zone in &patch.zones {
            let tone = place_of(&zone.tone, &tones).unwrap_or_default();
            ibag.extend(bag(&igen));
            igen.extend(generators(zone, tone as u16));
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
    let records: [(&[u8; 4], &[u8]); 9] = [
        (b"phdr", &phdr),
        (b"pbag", &pbag),
        (b"pmod", &no_modulators),
        (b"pgen", &pgen),
        (b"inst", &inst),
        (b"ibag", &ibag),
        (b"imod", &no_modulators),
        (b"igen", &igen),
        (b"shdr", headers),
    ];
    for (id, body) in records {
        chunk(out, id, |out| out.extend(body));
    }
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
        (generator::START_ADDRESS_OFFSET, zone.skipped),
        (generator::PAN, zone.pan as u16),
        (generator::ATTACK_VOL_ENV, timecents(envelope.attack)),
        (generator::DECAY_VOL_ENV, timecents(envelope.decay)),
        (generator::SUSTAIN_VOL_ENV, envelope.fall),
        (generator::RELEASE_VOL_ENV, timecents(envelope.release)),
        (generator::SAMPLE_MODES, u16::from(zone.tone.repeat.is_some())),
        (generator::SCALE_TUNING, zone.scale),
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
        list.push((generator::MOD_LFO_TO_VOLUME, vibrato.centibels));
        list.push((generator::DELAY_MOD_LFO, timecents(vibrato.delay)));
        list.push((generator::FREQ_MOD_LFO, absolute_cents(vibrato.hertz)));
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
