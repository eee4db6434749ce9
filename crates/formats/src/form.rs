//! The form of a chart: from bars as they stand on the page to bars in the order they are played.

use sideman_music::Sheet;

use crate::{Location, Warning};

/// The signs of a bar.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormSigns {
    /// A repeat begins with it.
    pub(crate) repeat_from: bool,
    /// How often what ends with it is played; 0 or 1 without a repeat sign.
    pub(crate) plays: usize,
    /// The passes for which the ending that begins with it is played.
    pub(crate) ending: Vec<usize>,
    /// A section begins with it.
    pub(crate) section: bool,
    /// A double or final bar line ends it.
    pub(crate) closes: bool,
    /// The segno stands before it.
    pub(crate) segno: bool,
    /// After a jump, the coda follows it.
    pub(crate) to_coda: bool,
    /// The coda begins with it.
    pub(crate) coda: bool,
    /// After a jump, the music ends with it.
    pub(crate) fine: bool,
    /// Da capo or dal segno, once, when its repeats are done.
    pub(crate) jump: Option<Jump>,
}

/// Back to the beginning or to the segno.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Jump {
    /// To the segno, not to the beginning.
    pub(crate) to_segno: bool,
    /// The ending with which the music then ends.
    pub(crate) ending: Option<usize>,
}

impl Jump {
    /// What `D.C.`, `D.C. al Fine`, `D.S. al Coda` or `D.S. al 2nd End.` says, in any case.
    pub(crate) fn from_words(words: &str) -> Option<Self> {
        let words = words.trim().to_lowercase();
        let names = [("d.c.", false), ("da capo", false), ("d.s.", true), ("dal segno", true)];
        let (how, to_segno) =
            names.iter().find_map(|(name, segno)| Some((words.strip_prefix(name)?.trim(), *segno)))?;
        let ending = how.contains("end").then(|| how.chars().find_map(|c| c.to_digit(10))).flatten();
        (how.is_empty() || how.starts_with("al "))
            .then_some(Self { to_segno, ending: ending.map(|n| n as usize) })
    }
}

/// The bars in the order they are played, and what was read in another way than written.
///
/// After a jump repeats are not taken again: of several endings the last is played, or the one that the jump
/// names. A coda to which no jump leads belongs to the last chorus and is left out. At most one bar more than a
/// sheet may have.
pub(crate) fn order(signs: &[FormSigns]) -> (Vec<usize>, Vec<Warning>) {
    let mut walk = Walk { signs, order: Vec::new(), from: 0, pass: 1, jumped: None, warnings: Vec::new() };
    let mut at = 0;
    while at < signs.len() && walk.order.len() <= Sheet::MOST_BARS {
        let Some(next) = walk.step(at) else { break };
        at = next;
    }
    (walk.order, walk.warnings)
}

struct Walk<'a> {
    signs: &'a [FormSigns],
    order: Vec<usize>,
    /// Where the repeat began, and which pass of it this is, from 1.
    from: usize,
    pass: usize,
    jumped: Option<Jump>,
    warnings: Vec<Warning>,
}

impl Walk<'_> {
    fn warn(&mut self, bar: usize, words: &str) {
        self.warnings.push(Warning::new(Location::bar(bar + 1), words));
    }

    /// Plays the bar, or skips an ending; gives what comes next.
    fn step(&mut self, at: usize) -> Option<usize> {
        let here = &self.signs[at];
        if self.is_spare_coda(at) {
            self.warn(at, "the coda is for the last chorus and left out");
            return None;
        }
        if here.repeat_from && at != self.from {
            (self.from, self.pass) = (at, 1);
        }
        if !here.ending.is_empty() && !here.ending.contains(&self.wanted()) {
            return Some(self.after_ending(at));
        }
        self.order.push(at);
        if let Some(jump) = self.jumped { self.next_after_jump(at, jump) } else { self.next(at) }
    }

    fn next(&mut self, at: usize) -> Option<usize> {
        let here = &self.signs[at];
        if here.plays > 1 {
            if self.pass < here.plays || self.has_ending(self.pass + 1) {
                self.pass += 1;
                return Some(self.from);
            }
            (self.from, self.pass) = (at + 1, 1);
        }
        let Some(jump) = here.jump else { return Some(at + 1) };
        self.jumped = Some(jump);
        let segno = self.signs[..=at].iter().position(|s| s.segno);
        if jump.to_segno && segno.is_none() {
            self.warn(at, "dal segno without a segno goes to the beginning");
        }
        self.from = segno.filter(|_| jump.to_segno).unwrap_or(0);
        Some(self.from)
    }

    fn next_after_jump(&mut self, at: usize, jump: Jump) -> Option<usize> {
        let here = &self.signs[at];
        let coda = self.signs.iter().position(|s| s.coda);
        if here.to_coda && coda.is_some() {
            return coda;
        }
        let next = self.signs.get(at + 1);
        let closes = here.closes || here.plays > 1 || next.is_none_or(|n| n.repeat_from || n.section);
        let in_ending = || self.signs[self.from..=at].iter().rev().find(|s| !s.ending.is_empty());
        let ended = closes && jump.ending.is_some_and(|n| in_ending().is_some_and(|s| s.ending.contains(&n)));
        if here.fine || ended || here.jump.is_some() { None } else { Some(at + 1) }
    }

    /// The ending to play now.
    fn wanted(&self) -> usize {
        let last = || self.endings().max().unwrap_or(1);
        self.jumped.map_or(self.pass, |jump| jump.ending.filter(|&n| self.has_ending(n)).unwrap_or_else(last))
    }

    fn has_ending(&self, pass: usize) -> bool {
        self.endings().any(|n| n == pass)
    }

    /// The numbers of the endings of the repeat that is played.
    fn endings(&self) -> impl Iterator<Item = usize> {
        let bars = self.signs[self.from..].iter().enumerate();
        bars.take_while(|(i, s)| *i == 0 || !s.repeat_from).flat_map(|(_, s)| s.ending.iter().copied())
    }

    /// The first bar behind the ending that begins here.
    fn after_ending(&self, at: usize) -> usize {
        let repeats = |i: usize| i > at && self.signs[i - 1].plays > 1;
        let ends = |i: &usize| !self.signs[*i].ending.is_empty() || self.signs[*i].repeat_from || repeats(*i);
        (at + 1..self.signs.len()).find(ends).unwrap_or(self.signs.len())
    }

    /// Whether this is a coda to which no jump ever leads, although a sign does.
    fn is_spare_coda(&self, at: usize) -> bool {
        let jumps = || self.signs.iter().any(|s| s.jump.is_some());
        self.signs[at].coda && self.signs[..at].iter().any(|s| s.to_coda) && !jumps()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bars as letters with signs: `{` `}` repeat, digits an ending, `S` segno, `t` to coda, `C` coda, `f` fine,
    /// `D` da capo, `G` dal segno, `2D` da capo to the second ending, `]` a double bar line.
    fn played(form: &str) -> String {
        let bars: Vec<&str> = form.split(' ').collect();
        let signs: Vec<FormSigns> = bars.iter().map(|bar| signs_of(bar)).collect();
        let name = |i: usize| bars[i].chars().find(char::is_ascii_lowercase).unwrap();
        order(&signs).0.into_iter().map(name).collect()
    }

    fn signs_of(bar: &str) -> FormSigns {
        let (start, end) = bar.split_at(bar.find(|c: char| c.is_ascii_lowercase()).unwrap());
        let has = |c: char| end[1..].contains(c);
        let jump = (has('D') || has('G')).then(|| Jump { to_segno: has('G'), ending: has('2').then_some(2) });
        FormSigns {
            repeat_from: start.contains('{'),
            plays: if has('}') { 2 } else { 1 },
            ending: start.chars().filter_map(|c| c.to_digit(10)).map(|n| n as usize).collect(),
            section: false,
            closes: has(']'),
            segno: start.contains('S'),
            to_coda: has('t'),
            coda: start.contains('C'),
            fine: has('f'),
            jump,
        }
    }

    #[test]
    fn repeats_and_endings() {
        assert_eq!(played("a b c"), "abc");
        assert_eq!(played("a {b c} d"), "abcbcd");
        assert_eq!(played("a b} c"), "ababc");
        assert_eq!(played("{a 1b} 2c d"), "abacd");
        assert_eq!(played("{a 1b c} 2d e} f"), "abcadef");
        assert_eq!(played("{a 12b} 3c d"), "ababacd");
        assert_eq!(played("{a 1b} 2c] {d e} f"), "abacdedef");
    }

    #[test]
    fn jumps() {
        assert_eq!(played("a bf cD"), "abcab");
        assert_eq!(played("a Sb cf dG"), "abcdbc");
        assert_eq!(played("a bt cD Cd e"), "abcabde");
        assert_eq!(played("a Sbt cG Cd"), "abcbd");
        assert_eq!(played("{a 1b} 2c] d e2D"), "abacdeac");
        assert_eq!(played("{a 1b} 2ct dD Ce"), "abacdace");
        assert_eq!(played("a bG"), "abab");
        assert_eq!(played("a bt c Cd"), "abc");
    }

    #[test]
    fn no_form_runs_without_bound() {
        let loud = FormSigns { plays: usize::MAX, repeat_from: true, ..FormSigns::default() };
        assert_eq!(order(&vec![loud; 3]).0.len(), Sheet::MOST_BARS + 1);
        assert!(order(&[]).0.is_empty());
    }
}
