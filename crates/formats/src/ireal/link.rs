//! Links: where they begin and end, what they hold, and how the music in them is scrambled.

use super::names;

/// What stands before scrambled music.
pub(super) const SCRAMBLED: &str = "1r34LbKcu7";

/// A song of a link.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Song {
    pub(super) title: String,
    pub(super) composer: String,
    pub(super) style: String,
    pub(super) key: String,
    /// The key in which the player has set it, in semitones above C or A minor, where that is said.
    pub(super) set_in: Option<i32>,
    pub(super) tempo: String,
    /// Unscrambled.
    pub(super) music: String,
}

/// The songs of every link in a text.
pub(super) fn songs(text: &str) -> Vec<Song> {
    let mut songs = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("irealb") {
        let quote = rest[..start].chars().next_back().filter(|c| matches!(c, '"' | '\''));
        rest = &rest[start..];
        let Some(body) = ["irealb://", "irealbook://"].iter().find_map(|scheme| rest.strip_prefix(scheme))
        else {
            rest = &rest["irealb".len()..];
            continue;
        };
        let ends = |c: char| quote.map_or(matches!(c, '\n' | '\r' | '"'), |quote| c == quote);
        let length = body.find(ends).unwrap_or(body.len());
        songs_of(&decode(&body[..length]), &mut songs);
        rest = &body[length..];
    }
    songs
}

/// The songs of one link: joined by `===`, or, unscrambled, six fields each.
fn songs_of(link: &str, songs: &mut Vec<Song>) {
    let mut open = String::new();
    for piece in link.split("===") {
        if !open.is_empty() {
            open.push_str("===");
        }
        open.push_str(piece);
        let fields: Vec<&str> = open.split('=').collect();
        if let Some(music) = fields.iter().position(|field| field.starts_with(SCRAMBLED)) {
            songs.push(scrambled(&fields, music));
            open.clear();
        } else if fields.len() >= 6 {
            songs.extend(fields.chunks_exact(6).map(plain));
            open.clear();
        }
    }
}

/// Title, composer, nothing, style, key, nothing or a transposition, music, groove, tempo, repeats.
fn scrambled(fields: &[&str], music: usize) -> Song {
    let field = |i: usize| fields.get(i).filter(|_| i < music).map_or("", |field| field.trim());
    let said: Vec<&str> = (2..music).map(field).filter(|field| !field.is_empty()).collect();
    let key = said.iter().position(|field| field.parse::<sideman_music::Key>().is_ok());
    let tempo = fields.get(music + 2).map_or("", |field| field.trim());
    Song {
        title: names::as_said(field(0)),
        composer: names::turned(field(1)),
        style: said.first().filter(|_| key != Some(0)).map_or(String::new(), |&style| style.to_owned()),
        key: key.map_or(String::new(), |i| said[i].to_owned()),
        set_in: key.and_then(|i| said.get(i + 1)?.parse().ok()).filter(|up| (0..12).contains(up)),
        tempo: tempo.to_owned(),
        music: unscrambled(&fields[music][SCRAMBLED.len()..]),
    }
}

/// Title, composer, style, key, nothing, music.
fn plain(fields: &[&str]) -> Song {
    let [title, composer, style, key, _, music] = [0, 1, 2, 3, 4, 5].map(|i| fields[i].trim().to_owned());
    let (title, composer) = (names::as_said(&title), names::turned(&composer));
    Song { title, composer, style, key, set_in: None, tempo: String::new(), music }
}

/// Percent signs and the entities of HTML resolved; what is neither stays.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        let code = hex.filter(|hex| !hex.starts_with('+')).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(code.unwrap_or(byte));
        rest = if code.is_some() { &after[2..] } else { after };
    }
    let text = String::from_utf8_lossy(&bytes);
    let entities = [("&amp;", "&"), ("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">")];
    entities.iter().fold(text.into_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

/// Music as it is read, its abbreviations written out.
fn unscrambled(text: &str) -> String {
    swapped(text).replace("XyQ", "   ").replace("LZ", " |").replace("Kcl", "| x")
}

/// Music with some characters of each block of fifty swapped; doing it twice gives the text back. The last
/// block stays as it is, and so does one that less than two characters follow.
pub(super) fn swapped(text: &str) -> String {
    let mut chars: Vec<char> = text.chars().collect();
    let mut start = 0;
    while chars.len() - start > 51 {
        let block = &mut chars[start..start + 50];
        (0..5).chain(10..24).for_each(|i| block.swap(i, 49 - i));
        start += 50;
    }
    chars.into_iter().collect()
}
