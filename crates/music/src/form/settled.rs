//! What the signs of a page mean, before anything is played.

use std::collections::BTreeSet;

use super::signs::{CodaPlace, FormSigns, Jump, JumpEnd};

/// How many measures the words of a jump may stand before the bar line that they belong to.
const WORDS_REACH: usize = 8;

/// Among how many repeats before it the one is sought that an ending goes on with.
const NEAR_GROUPS: usize = 16;

/// A remark on a measure.
pub(super) type Told = (usize, String);

/// The signs of a page, each with one meaning.
pub(super) struct Settled<'a> {
    pub(super) signs: &'a [FormSigns],
    /// The repeat sign at the end of each measure.
    pub(super) backs: Vec<Option<Back>>,
    pub(super) groups: Vec<EndingGroup>,
    /// The group to which the ending that begins with a measure belongs.
    pub(super) opens: Vec<Option<usize>>,
    /// The jump at the end of each measure.
    pub(super) jumps: Vec<Option<Jump>>,
    pub(super) codas: Codas,
    /// The last Fine.
    pub(super) fine: Option<usize>,
    /// The coda, where no jump leads to it.
    pub(super) spare_coda: Option<usize>,
    pub(super) remarks: Vec<Told>,
}

/// A backward repeat sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Back {
    pub(super) to: usize,
    pub(super) plays: usize,
    /// The endings that say how often, where it has some.
    pub(super) group: Option<usize>,
}

/// The endings of one repeat.
pub(super) struct EndingGroup {
    pub(super) from: usize,
    pub(super) endings: Vec<PageEnding>,
    /// The pass with which it begins: the first, unless nothing leads there from before its first ending.
    pub(super) first_pass: usize,
}

/// An ending on the page.
pub(super) struct PageEnding {
    pub(super) start: usize,
    /// The first measure behind it.
    pub(super) end: usize,
    numbers: Vec<usize>,
}

/// Where the coda begins and where it is left for.
pub(super) struct Codas {
    pub(super) begins: Option<usize>,
    /// It is left for before these measures.
    pub(super) before: Vec<bool>,
    /// It is left for behind these measures.
    pub(super) behind: Vec<bool>,
}

impl EndingGroup {
    /// The highest pass that has an ending.
    pub(super) fn most(&self) -> usize {
        self.endings.iter().flat_map(|ending| &ending.numbers).copied().max().unwrap_or(1)
    }

    /// The ending for a pass.
    pub(super) fn ending(&self, pass: usize) -> Option<&PageEnding> {
        self.endings.iter().find(|ending| ending.numbers.contains(&pass))
    }

    /// The pass of the ending in which a measure lies.
    pub(super) fn pass_of(&self, measure: usize) -> Option<usize> {
        let inside = |ending: &&PageEnding| ending.start <= measure && measure < ending.end;
        self.endings.iter().find(inside).and_then(|ending| ending.numbers.first().copied())
    }

    /// The first measure behind all of its endings.
    pub(super) fn end(&self) -> usize {
        self.endings.last().map_or(self.from, |ending| ending.end)
    }

    fn goes_on_with(&self, numbers: &[usize]) -> bool {
        let most = self.endings.iter().flat_map(|ending| &ending.numbers).max();
        numbers.iter().min() > most
    }
}

impl<'a> Settled<'a> {
    pub(super) fn of(signs: &'a [FormSigns]) -> Self {
        let jumps = settled_jumps(signs);
        let mut remarks = Vec::new();
        let codas = Codas::of(signs, &jumps, &mut remarks);
        let spare_coda = codas.begins.filter(|&coda| coda > 0 && jumps.iter().all(Option::is_none));
        let mut scan = Scan {
            signs,
            jumps: &jumps,
            from: 0,
            open: None,
            groups: Vec::new(),
            backs: vec![None; signs.len()],
            opens: vec![None; signs.len()],
            last_back: None,
            last_jump: None,
        };
        (0..signs.len()).for_each(|measure| scan.measure(measure));
        scan.close_endings();
        let Scan { groups, backs, opens, .. } = scan;
        let fine = signs.iter().rposition(|signs| signs.fine);
        let mut settled = Self { signs, backs, groups, opens, jumps, codas, fine, spare_coda, remarks };
        settled.tell();
        settled
    }

    /// What will not be followed.
    fn tell(&mut self) {
        let (signs, jumps) = (self.signs, self.jumps.iter().any(Option::is_some));
        for (i, here) in signs.iter().enumerate() {
            if let Some(words) = &here.last_time {
                self.remarks.push((i, format!("{words:?} is for the last chorus and not followed")));
            }
            if here.fine && !jumps && i + 1 < signs.len() {
                self.remarks.push((i, "no jump leads to this Fine: the music goes on".into()));
            }
            let idle = self.backs[i].filter(|back| {
                let group = back.group.map(|group| &self.groups[group]);
                group.is_some_and(|group| {
                    let most = group.most();
                    back.plays <= most && group.pass_of(i) == Some(most)
                })
            });
            if idle.is_some() {
                self.remarks.push((i, "the repeat sign in the last ending is not followed".into()));
            }
        }
    }
}

/// Whether a bar line closes a section behind this measure.
pub(super) fn closes(signs: &[FormSigns], measure: usize) -> bool {
    let here = &signs[measure];
    let opens = |next: &FormSigns| {
        next.repeat_from
            || next.section
            || !next.ending.is_empty()
            || (next.coda_sign.is_some() && !next.to_coda)
    };
    here.closes || here.plays > 1 || signs.get(measure + 1).is_none_or(opens)
}

/// The words of a jump belong to the bar line that closes their section.
fn settled_jumps(signs: &[FormSigns]) -> Vec<Option<Jump>> {
    let mut jumps = vec![None; signs.len()];
    for (i, here) in signs.iter().enumerate() {
        let Some(jump) = here.jump else { continue };
        let reach = (i + WORDS_REACH).min(signs.len());
        let alone = |j: &usize| *j == i || signs[*j].jump.is_none();
        let line = (i..reach).take_while(alone).find(|&j| closes(signs, j));
        jumps[line.unwrap_or(i)] = Some(jump);
    }
    jumps
}

impl Codas {
    fn of(signs: &[FormSigns], jumps: &[Option<Jump>], remarks: &mut Vec<Told>) -> Self {
        let last_jump = jumps.iter().rposition(Option::is_some);
        let marks: Vec<usize> =
            (0..signs.len()).filter(|&i| signs[i].coda_sign.is_some() && !signs[i].to_coda).collect();
        let said = signs.iter().any(|s| s.to_coda);
        let begins = Self::beginning(signs, &marks, said, last_jump);
        let mut codas = Self { begins, before: vec![false; signs.len()], behind: vec![false; signs.len()] };
        for (i, here) in signs.iter().enumerate() {
            codas.behind[i] |= here.to_coda;
            match here.coda_sign {
                _ if here.to_coda || Some(i) == begins => {}
                Some(CodaPlace::Before) => codas.before[i] = true,
                Some(CodaPlace::Within) => codas.behind[i] = true,
                None => {}
            }
        }
        let leaves = codas.before.iter().chain(&codas.behind).any(|&leaves| leaves);
        codas.infer(signs, jumps, last_jump.filter(|_| leaves), remarks);
        codas
    }

    /// The first sign behind the last jump, else the last of several; one alone where a section begins with it.
    fn beginning(
        signs: &[FormSigns],
        marks: &[usize],
        said: bool,
        last_jump: Option<usize>,
    ) -> Option<usize> {
        let behind = last_jump.and_then(|jump| marks.iter().copied().find(|&mark| mark > jump));
        let alone = |&mark: &usize| {
            let before = signs[..mark].last().filter(|_| last_jump.is_none());
            before.is_some_and(|before| before.closes || before.plays > 1 || signs[mark].section)
        };
        match marks {
            _ if behind.is_some() => behind,
            [] => None,
            [mark] if !said => Some(*mark).filter(alone),
            [.., last] => Some(*last),
        }
    }

    /// A coda without a sign begins behind the jump.
    fn infer(
        &mut self,
        signs: &[FormSigns],
        jumps: &[Option<Jump>],
        leaves: Option<usize>,
        remarks: &mut Vec<Told>,
    ) {
        let first = self.before.iter().zip(&self.behind).position(|(before, behind)| *before || *behind);
        let Some(first) = first.filter(|_| self.begins.is_none()) else { return };
        let to_coda = |jump: &Jump| matches!(jump.end, JumpEnd::Coda | JumpEnd::Unsaid);
        let jump = leaves.filter(|&jump| jumps[jump].as_ref().is_some_and(to_coda) && first <= jump);
        match jump.filter(|jump| jump + 1 < signs.len()) {
            Some(jump) => {
                self.begins = Some(jump + 1);
                remarks.push((jump + 1, "the coda has no sign: it is taken to begin here".into()));
            }
            None => remarks.push((first, "there is no coda to go to".into())),
        }
    }
}

/// A pass over the page that finds what belongs to each repeat.
struct Scan<'a> {
    signs: &'a [FormSigns],
    jumps: &'a [Option<Jump>],
    /// Where the next backward sign leads.
    from: usize,
    /// The group of endings that may go on.
    open: Option<usize>,
    groups: Vec<EndingGroup>,
    backs: Vec<Option<Back>>,
    opens: Vec<Option<usize>>,
    last_back: Option<usize>,
    last_jump: Option<usize>,
}

impl Scan<'_> {
    fn measure(&mut self, at: usize) {
        let here = &self.signs[at];
        let goes_on = self.open.filter(|&group| self.groups[group].goes_on_with(&here.ending));
        match (here.ending.is_empty(), goes_on) {
            (true, _) => {}
            (false, Some(group)) => self.join(group, at),
            (false, None) => self.begin_ending(at),
        }
        if here.repeat_from {
            (self.from, self.open) =
                (at, self.open.filter(|_| self.opens[at].is_some() && goes_on.is_none()));
        }
        if here.plays > 1 {
            self.back(at, here.plays);
            self.last_back = Some(at);
        }
        if self.jumps[at].is_some() {
            self.last_jump = Some(at);
        }
    }

    /// An ending that goes on with a group; where nothing leads back before it, a repeat sign is implied.
    fn join(&mut self, group: usize, at: usize) {
        let EndingGroup { from, endings, .. } = &mut self.groups[group];
        if let Some(last) = endings.last() {
            let led = |there: Option<usize>| there.is_some_and(|there| there >= last.start);
            if !led(self.last_back) && !led(self.last_jump) {
                self.backs[at - 1] = Some(Back { to: *from, plays: 2, group: Some(group) });
                self.last_back = Some(at - 1);
            }
        }
        let mut numbers = self.signs[at].ending.clone();
        numbers.sort_unstable();
        numbers.dedup();
        endings.push(PageEnding { start: at, end: self.signs.len(), numbers });
        self.opens[at] = Some(group);
    }

    /// An ending of another repeat: of an earlier one that lacks it, or of one that begins behind the endings
    /// before, or with the last forward sign.
    fn begin_ending(&mut self, at: usize) {
        let numbers = &self.signs[at].ending;
        let first = numbers.contains(&1);
        let near = self.groups.len().saturating_sub(NEAR_GROUPS)..self.groups.len();
        let earlier = near.rev().find(|&group| self.groups[group].goes_on_with(numbers));
        if let Some(group) = earlier.filter(|_| !first && self.last_jump.is_some()) {
            return self.join(group, at);
        }
        if self.signs[at].repeat_from {
            self.from = at;
        } else if let Some(open) = self.open {
            self.from = self.behind_last(open, at);
        }
        self.groups.push(EndingGroup { from: self.from, endings: Vec::new(), first_pass: 1 });
        self.open = Some(self.groups.len() - 1);
        self.join(self.groups.len() - 1, at);
    }

    /// The measure behind the last ending of a group, seen from a later one.
    fn behind_last(&self, group: usize, at: usize) -> usize {
        let endings = &self.groups[group].endings;
        let Some(last) = endings.last() else { return self.from };
        let length = |pair: &[PageEnding]| pair[1].start - pair[0].start;
        let usual = endings.windows(2).next().map_or(at + 1 - last.start, length);
        let lines = last.start..at;
        let told = lines.clone().find(|&line| self.signs[line].ending_closes);
        let closed = told.or(lines.clone().find(|&line| {
            let (here, next) = (&self.signs[line], &self.signs[line + 1]);
            here.closes || here.plays > 1 || next.section
        }));
        closed.map_or(last.start + usual, |line| line + 1)
    }

    fn back(&mut self, at: usize, plays: usize) {
        let next = self.signs.get(at + 1).filter(|next| !next.ending.is_empty());
        let last = self.open.filter(|&group| self.groups[group].endings.len() > 1);
        let over = last.map(|group| self.behind_last(group, at)).filter(|&end| end <= at);
        if let Some(end) = over {
            (self.from, self.open) = (end, None);
        }
        let simple = Back { to: self.from, plays, group: None };
        let (back, keeps) = match (self.open, next) {
            (Some(group), _) => {
                let to = self.groups[group].from;
                (Back { to, plays, group: Some(group) }, next.is_some())
            }
            // A repeat within a repeat: its endings belong to the outer one.
            (None, Some(next)) if next.ending.contains(&1) => (simple, true),
            (None, Some(next)) if !next.repeat_from => {
                self.groups.push(EndingGroup { from: self.from, endings: Vec::new(), first_pass: 1 });
                self.open = Some(self.groups.len() - 1);
                (Back { group: self.open, ..simple }, true)
            }
            (None, _) => (simple, false),
        };
        self.backs[at] = Some(back);
        if !keeps {
            (self.from, self.open) = (at + 1, None);
        }
    }

    /// A repeat all of whose endings are for later passes, and which nothing repeats before them, begins with those.
    fn settle_first_passes(&mut self) {
        let mut early = vec![false; self.groups.len()];
        for (at, back) in self.backs.iter().enumerate() {
            let Some(group) = back.and_then(|back| back.group) else { continue };
            early[group] |= self.groups[group].endings.first().is_some_and(|first| at < first.start);
        }
        for (group, early) in self.groups.iter_mut().zip(early) {
            let numbers = group.endings.iter().flat_map(|ending| &ending.numbers);
            let least = numbers.copied().min().unwrap_or(1);
            group.first_pass = if early { 1 } else { least };
        }
    }

    /// Says where endings end, and frees those that nothing repeats.
    fn close_endings(&mut self) {
        let mut repeated = vec![false; self.groups.len()];
        self.backs.iter().flatten().filter_map(|back| back.group).for_each(|group| repeated[group] = true);
        let named: BTreeSet<usize> = self
            .jumps
            .iter()
            .flatten()
            .filter_map(|jump| match jump.end {
                JumpEnd::Ending(pass) => Some(pass),
                _ => None,
            })
            .collect();
        for (i, group) in self.groups.iter().enumerate() {
            let numbers = || group.endings.iter().flat_map(|ending| &ending.numbers);
            if !repeated[i] && group.endings.len() < 2 && !numbers().any(|n| named.contains(n)) {
                group.endings.iter().for_each(|ending| self.opens[ending.start] = None);
            }
        }
        self.settle_first_passes();
        let stops = |at: usize| {
            let next = self.signs.get(at + 1);
            self.signs[at].ending_closes
                || self.backs[at].is_some()
                || self.signs[at].closes
                || next.is_none_or(|next| next.repeat_from || next.section || !next.ending.is_empty())
        };
        for ending in self.groups.iter_mut().flat_map(|group| &mut group.endings) {
            let end = (ending.start..self.signs.len()).find(|&at| stops(at));
            ending.end = end.map_or(self.signs.len(), |at| at + 1);
        }
    }
}
