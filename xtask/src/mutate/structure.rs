//! Damage inside of what encloses a format: absurd numbers, and right checksums and lengths around them.

use rand::{Rng, RngExt};

use super::archive::zip;

pub(super) const STYLE: &[u8] =
    b"name: seed\nalso: other\nmeter: 4/4\ntempo: 150 110-199\nfeel: swing\nkit: sticks\n\
    [bass]\n2* w w w w\n1 - 5 a\n[head]\n1 - 5 -\n[chords]\nx- -x -- --|-- x= -- oX\n[time]\nride x x- x x-\n\
    [answer 3*]\nsnare -- -o\n[fill]\nsnare xx xx xx xx\n";
pub(super) const GRAMMAR: &[u8] = b"Solo(Y) -> Bar Solo(Y-4) : 3\nSolo(Y) if Y <= 0 -> R(Y)\n\
    Bar -> C8 S8 [-4..-1 S8/3 S8/3 S8/3] R4 : 0.5\n| A16+8 X(1/4) C(2*(1+1)) : 2\n";
pub(super) const SPLIT: &[u8] = br#"{"train": ["built-in:1.1", "built-in:1.2", "built-in:1.3"], "validation": ["built-in:1.4"], "test": []}"#;
pub(super) const TIMEWISE: &[u8] = b"<score-timewise><part-list><score-part id='P1'><part-name>a</part-name></score-part>\
    <score-part id='P2'><part-name>b</part-name></score-part></part-list><measure number='1'><part id='P1'><attributes>\
    <divisions>2</divisions><time><beats>3</beats><beat-type>4</beat-type></time></attributes><harmony><root><root-step>C\
    </root-step></root><kind>major</kind></harmony><note><pitch><step>C</step><octave>4</octave></pitch><duration>6\
    </duration></note></part><part id='P2'><note><rest/><duration>6</duration></note></part></measure><measure number='2'>\
    <part id='P1'><note><rest/><duration>6</duration></note></part></measure></score-timewise>";
/// The player that ships, of which the header alone is damaged.
const PLAYER: &[u8] = include_bytes!("../../../models/weimar.safetensors");
/// The start of an Ogg stream of Vorbis: a page with an identification header and one codebook.
pub(super) const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x03\x1e\x07\x1b\
    \x01vorbis\0\0\0\0\x01\x44\xac\0\0\0\0\0\0\0\0\0\0\0\0\0\0\xb8\x01\
    \x03vorbis\
    \x05vorbis\0BCV\x01\0\x08\0\0\0\x11\x22\x33\x44\x55\x66\x77\x88\x99\xaa";

/// Numbers at the edges of what can be written.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "1",
    "127",
    "128",
    "255",
    "65536",
    "1000000",
    "2147483648",
    "-9223372036854775808",
    "18446744073709551616",
    "1e308",
];

/// One to four numbers become absurd: figures in texts, bytes or runs of seven bits elsewhere; or a run is doubled.
pub(super) fn absurd(bytes: &[u8], rng: &mut impl Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.random_range(1..=4) {
        let at = rng.random_range(0..bytes.len());
        let figures = bytes[at..].iter().position(u8::is_ascii_digit).map(|skip| at + skip);
        match figures.filter(|_| rng.random()) {
            Some(start) => {
                let length = bytes[start..].iter().take_while(|b| b.is_ascii_digit()).count();
                let number = NUMBERS[rng.random_range(0..NUMBERS.len())].bytes();
                bytes.splice(start..start + length, number);
            }
            None if rng.random() => {
                let value: u64 = rng.random::<u64>() >> rng.random_range(0..64);
                bytes.splice(at..=at, sevens(value));
            }
            None => {
                let end = (at + rng.random_range(1..=64)).min(bytes.len());
                let run = bytes[at..end].repeat(rng.random_range(1..=32));
                bytes.splice(at..at, run);
            }
        }
    }
    bytes
}

/// A number in groups of seven bits, the least first.
fn sevens(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A corpus with its header, and the checksum that its body has (FNV-1a, then the finaliser of SplitMix64).
pub(super) fn corpus(mut bytes: Vec<u8>) -> Vec<u8> {
    const HEADER: usize = 18;
    let Some(body) = bytes.get(HEADER..) else { return bytes };
    let prime = 0x0000_0100_0000_01b3_u64;
    let h = body.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(prime));
    let h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bytes[..10].copy_from_slice(b"sidemanC\x01\0");
    bytes[10..HEADER].copy_from_slice(&(h ^ (h >> 31)).to_le_bytes());
    bytes
}

/// A MIDI file whose tracks have the lengths that they say.
pub(super) fn midi(bytes: Vec<u8>) -> Vec<u8> {
    let mut rest = bytes.as_slice();
    let mut parts = Vec::new();
    while let Some(next) = rest.get(1..).and_then(|r| r.windows(4).position(|w| w == b"MTrk")) {
        let (part, after) = rest.split_at(next + 1);
        parts.push(part);
        rest = after;
    }
    parts.push(rest);
    let mended = |part: &&[u8]| match part.split_at_checked(8) {
        Some((head, body)) if head.starts_with(b"MTrk") => {
            [&head[..4], &(body.len() as u32).to_be_bytes(), body].concat()
        }
        _ => part.to_vec(),
    };
    parts.iter().flat_map(mended).collect()
}

/// A checkpoint whose header is as long as it says.
pub(super) fn safetensors(mut bytes: Vec<u8>) -> Vec<u8> {
    let mut depth = 0_i64;
    let closes = |&b: &u8| {
        depth += i64::from(b == b'{') - i64::from(b == b'}');
        b == b'}' && depth <= 0
    };
    if let Some(end) = bytes.iter().skip(8).position(closes) {
        bytes[..8].copy_from_slice(&(end as u64 + 1).to_le_bytes());
    }
    bytes
}

/// What the file of a player says of its network, its corpus and itself.
pub(super) fn player_header() -> &'static [u8] {
    &PLAYER[8..player_weights()]
}

fn player_weights() -> usize {
    let length = PLAYER.first_chunk().map_or(0, |&length| u64::from_le_bytes(length));
    (8 + length as usize).min(PLAYER.len())
}

/// A header with its length before it and the weights of the player behind it.
pub(super) fn player(header: Vec<u8>) -> Vec<u8> {
    [&(header.len() as u64).to_le_bytes(), &header[..], &PLAYER[player_weights()..]].concat()
}

/// A song of a melody, chords, a bass and drums.
pub(super) fn song() -> Vec<u8> {
    let part = |channel: u8, name: &[u8], notes: &[u8]| {
        let mut body = [b"\0\xff\x03", &[name.len() as u8][..], name].concat();
        for pair in notes.windows(2) {
            body.extend([0, 0x90 | channel, pair[0], 80, 0x60, 0x80 | channel, pair[0], 0]);
            body.extend([0, 0x90 | channel, pair[1], 80, 0x83, 0x60, 0x80 | channel, pair[1], 0]);
        }
        [b"MTrk\0\0\0\0", &body[..], b"\0\xff\x2f\0"].concat()
    };
    let conductor =
        b"MTrk\0\0\0\0\0\xff\x51\x03\x07\xa1\x20\0\xff\x58\x04\x04\x02\x18\x08\0\xff\x59\x02\x00\x00\0\xff\x2f\0";
    let tracks = [
        part(0, b"Melody", &[72, 74, 76, 77, 79, 81, 83, 84, 83, 81]),
        part(1, b"Piano", &[60, 64, 67, 62, 65, 69, 59, 62, 67]),
        part(2, b"Bass", &[36, 43, 38, 45, 43, 38, 36]),
        part(9, b"Drums", &[36, 42, 38, 42, 36, 42, 38]),
    ];
    midi([b"MThd\0\0\0\x06\0\x01\0\x05\x01\xe0", &conductor[..], &tracks.concat()].concat())
}

/// The bytes packed.
pub(super) fn gzipped(bytes: Vec<u8>) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, &bytes).and_then(|()| packed.finish()).unwrap_or(bytes)
}

/// The bytes as a file in a zip archive, with its checksum.
pub(super) fn zipped(bytes: Vec<u8>) -> Vec<u8> {
    zip(&[("a.ls", &bytes), ("b.ls", &bytes)]).unwrap_or(bytes)
}

/// The bytes as a packed score.
pub(super) fn mxl(bytes: Vec<u8>) -> Vec<u8> {
    let container = br#"<container><rootfiles><rootfile full-path="s.xml"/></rootfiles></container>"#;
    zip(&[("META-INF/container.xml", container), ("s.xml", &bytes)]).unwrap_or(bytes)
}

/// The bytes as a file in a tar archive, with the checksum of its header.
pub(super) fn tarred(bytes: Vec<u8>) -> Vec<u8> {
    let mut head = [0; 512];
    head[..4].copy_from_slice(b"a.ls");
    head[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    head[156] = b'0';
    head[257..263].copy_from_slice(b"ustar\0");
    head[148..156].fill(b' ');
    let sum: u32 = head.iter().map(|&b| u32::from(b)).sum();
    head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let padding = vec![0; bytes.len().next_multiple_of(512) - bytes.len() + 1024];
    [&head[..], &bytes, &padding].concat()
}

/// A font of one sample, one instrument and one preset around some sound.
pub(super) fn font(sound: &[u8]) -> Vec<u8> {
    let records = |sizes: &[usize]| sizes.iter().flat_map(|&size| vec![0_u8; size]).collect::<Vec<u8>>();
    let end = sound.len() as u32 / if sound.starts_with(b"OggS") { 1 } else { 2 };
    let points = [0, end, 0, end.min(8), 44_100].map(u32::to_le_bytes);
    let sample = [&[b's'; 20][..], points.as_flattened(), &[60, 0, 0, 0, 1, 0], &[0; 46]].concat();
    let mut phdr = records(&[38, 38]);
    phdr[38 + 24] = 1;
    let mut inst = records(&[22, 22]);
    inst[22 + 20] = 1;
    let info = [chunk(b"ifil", &[2, 0, 1, 0]), chunk(b"isng", b"seed"), chunk(b"INAM", b"seed")].concat();
    let hydra = [
        chunk(b"phdr", &phdr),
        chunk(b"pbag", &[0, 0, 0, 0, 1, 0, 0, 0]),
        chunk(b"pmod", &[0; 10]),
        chunk(b"pgen", &[41, 0, 0, 0, 0, 0, 0, 0]),
        chunk(b"inst", &inst),
        chunk(b"ibag", &[0, 0, 0, 0, 1, 0, 0, 0]),
        chunk(b"imod", &[0; 10]),
        chunk(b"igen", &[53, 0, 0, 0, 0, 0, 0, 0]),
        chunk(b"shdr", &sample),
    ];
    let list = |kind: &[u8; 4], body: Vec<u8>| chunk(b"LIST", &[kind.as_slice(), &body].concat());
    let lists = [list(b"INFO", info), list(b"sdta", chunk(b"smpl", sound)), list(b"pdta", hydra.concat())];
    chunk(b"RIFF", &[b"sfbk".as_slice(), &lists.concat()].concat())
}

fn chunk(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let padding = &[0][..body.len() % 2];
    [name.as_slice(), &(body.len() as u32).to_le_bytes(), body, padding].concat()
}

/// A RIFF file whose outermost chunk and last list reach to its end.
pub(super) fn riff(mut bytes: Vec<u8>) -> Vec<u8> {
    let length = |at: usize| (bytes.len().saturating_sub(at + 8) as u32).to_le_bytes();
    let last = bytes.windows(4).rposition(|w| w == b"LIST").filter(|at| at + 8 <= bytes.len());
    let (whole, list) = (length(0), last.map(|at| (at, length(at))));
    if bytes.len() >= 8 {
        bytes[4..8].copy_from_slice(&whole);
    }
    if let Some((at, length)) = list {
        bytes[at + 4..at + 8].copy_from_slice(&length);
    }
    bytes
}
