//! Which pieces are one tune: by title, or by melody.

use std::collections::{BTreeMap, BTreeSet};

use sideman_music::Solo;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::Piece;
use crate::hash::of_intervals;

/// Intervals in a run by which two melodies are compared: no two of the 393 solos of the Weimar Jazz
/// Database over different tunes share half of theirs, and human solos share 15 at most as a rule.
const RUN: usize = 24;
/// Fewest intervals by which a melody is known at all.
const SHORTEST: usize = 7;
/// A run that more pieces have than this is a commonplace and tells nothing.
const COMMONPLACE: usize = 64;

/// A title as far as it tells tunes apart: lower case, without accents, articles, punctuation, blanks,
/// what stands in brackets, and the number of the take. Empty when nothing is left, or it says "untitled".
///
/// ```
/// use sideman_corpus::title_key;
/// assert_eq!(title_key("A Foggy Day (in London Town)"), title_key("foggy day, a"));
/// assert_eq!(title_key("Até Logo - take 2"), "atelogo");
/// ```
pub fn title_key(title: &str) -> String {
    let folded: String =
        title.nfkd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase).collect();
    let bare = without_brackets(&folded);
    let text = if bare.chars().any(char::is_alphanumeric) { bare } else { folded };
    let text = text.replace('&', " and ").replace(['\'', '’', '`'], "");
    let mut words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    drop_take(&mut words);
    drop_article(&mut words, text.contains(','));
    let key = words.concat();
    if NAMELESS.contains(&key.as_str()) { String::new() } else { key }
}

/// What programs call a tune without a title.
const NAMELESS: [&str; 7] =
    ["untitled", "untitledleadsheet", "untitledscore", "unknown", "notitle", "newsong", "musicxmlpart"];

fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    let outside = |c: char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ => return (depth == 0).then_some(c),
        }
        None
    };
    text.chars().filter_map(outside).collect()
}

fn drop_take(words: &mut Vec<&str>) {
    let number = |w: &&str| w.chars().all(|c| c.is_ascii_digit());
    let keep = match words.as_slice() {
        [rest @ .., "alternate" | "alt", "take", n] if number(n) => rest.len(),
        [rest @ .., "alternate" | "alt", "take"] => rest.len(),
        [rest @ .., "take", n] if number(n) => rest.len(),
        all => all.len(),
    };
    words.truncate(if keep == 0 { words.len() } else { keep });
}

fn drop_article(words: &mut Vec<&str>, comma: bool) {
    let article = |w: Option<&&str>| matches!(w, Some(&"the" | &"a" | &"an"));
    if words.len() > 1 && article(words.first()) {
        words.remove(0);
    } else if words.len() > 1 && comma && article(words.last()) {
        words.pop();
    }
}

/// The intervals of a line's upper voice, in semitones; those beyond ±127 are held there.
pub(crate) fn intervals(solo: &Solo) -> Vec<i8> {
    let step = |a: u8, b: u8| (i16::from(b) - i16::from(a)).clamp(-127, 127) as i8;
    solo.notes().windows(2).map(|w| step(w[0].pitch().number(), w[1].pitch().number())).collect()
}

/// For each piece the tune it belongs to: pieces with one title key, or with one melody in whatever key,
/// are one tune. A tune is named by the least of its keys, so neither order nor number of pieces matters.
///
/// Two melodies are one when all their intervals agree (seven at least), or when they share half of the
/// runs of 24 intervals that the shorter has: an excerpt, a chorus more, a slip of the pen do not hide it.
/// Tunes that only share their changes stay apart.
pub fn tunes<'a>(pieces: impl IntoIterator<Item = &'a Piece>) -> Vec<String> {
    let (keys, lines): (Vec<String>, Vec<Vec<i8>>) =
        pieces.into_iter().map(|p| (own_key(p), line(p))).unzip();
    named(&keys, &same_melodies(&lines))
}

/// The tunes of pieces with these keys, of which these pairs have one melody.
pub(crate) fn named(keys: &[String], pairs: &[(usize, usize)]) -> Vec<String> {
    let mut sets = Sets::new(keys.len());
    let mut seen = BTreeMap::new();
    for (i, key) in keys.iter().enumerate() {
        sets.join(i, *seen.entry(key).or_insert(i));
    }
    pairs.iter().for_each(|&(a, b)| sets.join(a, b));
    let mut names: BTreeMap<usize, &String> = BTreeMap::new();
    for (i, key) in keys.iter().enumerate() {
        let name = names.entry(sets.root(i)).or_insert(key);
        *name = key.min(name);
    }
    (0..keys.len()).map(|i| names[&sets.root(i)].clone()).collect()
}

/// The intervals of a piece's line; none where it has none.
pub(crate) fn line(piece: &Piece) -> Vec<i8> {
    piece.solo.as_ref().map(intervals).unwrap_or_default()
}

/// The title key, or where there is no title the id, which no title key can equal.
pub(crate) fn own_key(piece: &Piece) -> String {
    match title_key(piece.sheet.title()) {
        key if key.is_empty() => format!("#{}", piece.id),
        key => key,
    }
}

/// Pairs of lines that are one melody; each is paired with enough others to hold the group together.
pub(crate) fn same_melodies(lines: &[Vec<i8>]) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let mut distinct: BTreeMap<&[i8], usize> = BTreeMap::new();
    for (i, line) in lines.iter().enumerate().filter(|(_, line)| line.len() >= SHORTEST) {
        match distinct.get(line.as_slice()) {
            Some(&first) => pairs.push((first, i)),
            None => drop(distinct.insert(line, i)),
        }
    }
    pairs.extend(alike(&distinct));
    pairs
}

/// Of pairs the later ones, which repeat an earlier one.
pub(crate) fn copies(pairs: &[(usize, usize)]) -> BTreeSet<usize> {
    pairs.iter().map(|&(a, b)| a.max(b)).collect()
}

/// Pairs of lines that share half of the distinct runs of the shorter.
fn alike(lines: &BTreeMap<&[i8], usize>) -> Vec<(usize, usize)> {
    let mut runs: Vec<(u64, usize)> = Vec::new();
    let mut sizes: BTreeMap<usize, usize> = BTreeMap::new();
    for (line, &piece) in lines {
        let mut own: Vec<u64> = line.windows(RUN).map(of_intervals).collect();
        own.sort_unstable();
        own.dedup();
        sizes.insert(piece, own.len());
        runs.extend(own.into_iter().map(|run| (run, piece)));
    }
    runs.sort_unstable();
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for group in runs.chunk_by(|a, b| a.0 == b.0).filter(|g| g.len() <= COMMONPLACE) {
        for (i, &(_, a)) in group.iter().enumerate() {
            group[i + 1..].iter().for_each(|&(_, b)| *shared.entry((a, b)).or_default() += 1);
        }
    }
    let enough = |&((a, b), count): &((usize, usize), usize)| 2 * count >= sizes[&a].min(sizes[&b]);
    shared.into_iter().filter(enough).map(|(pair, _)| pair).collect()
}

/// Disjoint sets (Galler and Fischer 1964), with halving of paths.
struct Sets(Vec<usize>);

impl Sets {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, mut i: usize) -> usize {
        while self.0[i] != i {
            self.0[i] = self.0[self.0[i]];
            i = self.0[i];
        }
        i
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{line, piece};

    #[test]
    fn titles_agree_however_they_are_written() {
        let same = [
            ("The Song Is You", "song is you"),
            ("Song Is You, The", "The Song Is You"),
            ("I'll Remember April", "I’ll remember april (Alternate Take 2)"),
            ("Star Dust", "Stardust"),
            ("Você e Eu", "voce e eu"),
            ("Rock & Rye", "Rock and Rye"),
            ("Impressions - alt take", "Impressions"),
        ];
        for (a, b) in same {
            assert_eq!(title_key(a), title_key(b), "{a} / {b}");
        }
        for (a, b) in
            [("Blues 1", "Blues 2"), ("Take Five", "Five"), ("A", "B"), ("(A)", "(B)"), ("Take 5", "")]
        {
            assert_ne!(title_key(a), title_key(b), "{a} / {b}");
        }
        assert_eq!([" -?- ", "Untitled Leadsheet", "Unknown", ""].map(title_key), ["", "", "", ""]);
    }

    #[test]
    fn a_melody_is_known_in_any_key_in_part_and_with_slips() {
        let head: Vec<u8> = (0..120_u32).map(|i| 60 + (i * i * 7 % 13) as u8).collect();
        let up: Vec<u8> = head.iter().map(|p| p + 5).collect();
        let mut slips = head.clone();
        slips[60] += 2;
        let other: Vec<u8> = (0..120_u32).map(|i| 60 + (i * i * 5 % 11) as u8).collect();
        let pieces = [
            piece("a", "One", line(&head)),
            piece("b", "Two", line(&up)),
            piece("c", "Three", line(&head[20..80])),
            piece("d", "Four", line(&slips)),
            piece("e", "Five", line(&other)),
            piece("f", "", line(&[60, 62, 64])),
            piece("g", "", line(&[60, 62, 64])),
        ];
        assert_eq!(tunes(&pieces), ["four", "four", "four", "four", "five", "#f", "#g"]);
    }

    #[test]
    fn order_does_not_matter() {
        let head: Vec<u8> = (0..40_u32).map(|i| 60 + (i * i * 7 % 13) as u8).collect();
        let mut pieces = vec![
            piece("a", "One", line(&head)),
            piece("b", "Two", line(&head)),
            piece("c", "Two", line(&[60, 61, 60])),
        ];
        assert_eq!(tunes(&pieces), ["one"; 3]);
        pieces.reverse();
        assert_eq!(tunes(&pieces), ["one"; 3]);
    }
}
