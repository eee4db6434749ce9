//! A walk over a page, in the order of play.

use super::settled::{Settled, Told, closes};
use super::signs::{Jump, JumpEnd};
use super::step::{MOST_BARS, PlaySign, PlayStep};

/// How far a page is played.
pub(super) struct Walk<'a> {
    page: &'a Settled<'a>,
    steps: Vec<PlayStep>,
    remarks: Vec<Told>,
    /// How often the repeat sign at the end of each measure has led back.
    taken: Vec<usize>,
    /// The pass of each group of endings, from 1.
    passes: Vec<usize>,
    /// The groups that are not repeated again.
    done: Vec<bool>,
    jumped: Option<(usize, Jump)>,
    jumps_taken: Vec<bool>,
    /// The ending that the jump names has begun.
    in_ending: bool,
    /// In the coda, or in the ending that the jump leads to: nothing is left for and no jump taken.
    to_the_end: bool,
}

/// What comes next, and why.
type Way = (usize, PlaySign);

impl<'a> Walk<'a> {
    /// The steps through a page, at most one more than a sheet has bars, and what was not followed.
    pub(super) fn through(page: &'a Settled<'a>) -> (Vec<PlayStep>, Vec<Told>) {
        let (measures, groups) = (page.signs.len(), page.groups.len());
        let mut walk = Self {
            page,
            steps: Vec::new(),
            remarks: Vec::new(),
            taken: vec![0; measures],
            passes: page.groups.iter().map(|group| group.first_pass).collect(),
            done: vec![false; groups],
            jumped: None,
            in_ending: false,
            jumps_taken: vec![false; measures],
            to_the_end: false,
        };
        let mut way = Some((0, PlaySign::Start));
        while let Some((at, by)) = way.filter(|(at, _)| *at < measures && walk.steps.len() <= MOST_BARS) {
            way = walk.arrive(at, by);
        }
        (walk.steps, walk.remarks)
    }

    /// Plays a measure, or leaves it aside.
    fn arrive(&mut self, at: usize, by: PlaySign) -> Option<Way> {
        if self.page.spare_coda == Some(at) {
            return None;
        }
        if self.page.codas.before[at] && self.leaves() {
            return self.coda();
        }
        if let Some(way) = self.other_ending(at, by) {
            return Some(way);
        }
        self.steps.push(PlayStep { measure: at, by });
        self.in_ending |= self.begins_named_ending(at);
        self.repeat(at).or_else(|| self.onward(at))
    }

    /// Where to go when the ending that begins here is not for this pass.
    fn other_ending(&self, at: usize, by: PlaySign) -> Option<Way> {
        let index = self.page.opens[at]?;
        let (group, pass) = (&self.page.groups[index], self.passes[index]);
        let wanted = group.ending(pass);
        match wanted {
            Some(ending) if ending.start == at => None,
            Some(ending) if ending.start > at => Some((ending.start, PlaySign::Ending(pass))),
            // Back at the head of a repeat of its own.
            _ if matches!(by, PlaySign::Repeat(_)) => None,
            _ => Some((group.end().max(at + 1), PlaySign::BehindEndings)),
        }
    }

    fn repeat(&mut self, at: usize) -> Option<Way> {
        let back = self.page.backs[at]?;
        let pass = match back.group {
            None if self.taken[at] + 1 < back.plays => {
                self.taken[at] += 1;
                self.taken[at] + 1
            }
            Some(group) if !self.done[group] => {
                let pass = &mut self.passes[group];
                if *pass >= self.page.groups[group].most().max(back.plays) {
                    return None;
                }
                *pass += 1;
                *pass
            }
            _ => return None,
        };
        Some((back.to, PlaySign::Repeat(pass)))
    }

    /// What comes behind a measure that no repeat sign leads back from.
    fn onward(&mut self, at: usize) -> Option<Way> {
        let next = Some((at + 1, PlaySign::Next));
        let here = self.page.jumps[at];
        if self.to_the_end {
            if let Some(jump) = here.filter(|_| !self.jumps_taken[at]) {
                self.jumps_taken[at] = true;
                self.remarks.push((at, format!("{} is not followed", name(jump))));
            }
            return next;
        }
        if let Some((_, jump)) = self.jumped {
            if self.page.codas.behind[at] && self.leaves() {
                return self.coda();
            }
            if self.page.signs[at].fine && (jump.end != JumpEnd::Coda || self.page.codas.begins.is_none()) {
                return None;
            }
            if let Some(stops) = self.ending_reached(at) {
                self.to_the_end = !stops;
                return next.filter(|_| !stops);
            }
        }
        match here {
            Some(jump) if !self.jumps_taken[at] => Some(self.jump(at, jump)),
            Some(jump) => self.jump_again(at, jump),
            None => next,
        }
    }

    /// Whether this measure begins the ending that the jump names.
    fn begins_named_ending(&self, at: usize) -> bool {
        let named = self.jumped.and_then(|(_, jump)| match jump.end {
            JumpEnd::Ending(pass) => self.page.groups[self.page.opens[at]?].ending(pass),
            _ => None,
        });
        named.is_some_and(|ending| ending.start == at)
    }

    /// Whether the ending that the jump names is over with this measure; and whether the music is, too.
    fn ending_reached(&self, at: usize) -> Option<bool> {
        let (from, _) = self.jumped?;
        (self.in_ending && closes(self.page.signs, at)).then_some(at <= from)
    }

    fn jump(&mut self, at: usize, jump: Jump) -> Way {
        self.jumps_taken[at] = true;
        self.jumped = Some((at, jump));
        for index in 0..self.page.groups.len() {
            if self.page.groups[index].from <= at {
                self.passes[index] = self.last_pass(index, jump);
                self.done[index] = true;
            }
        }
        let segno = self.page.signs[..=at].iter().rposition(|signs| signs.segno);
        if jump.to_segno && segno.is_none() {
            self.remarks.push((at, "dal segno without a segno goes to the beginning".into()));
        }
        match segno.filter(|_| jump.to_segno) {
            Some(segno) => (segno, PlaySign::DalSegno),
            None => (0, PlaySign::DaCapo),
        }
    }

    /// The ending to play after a jump: the one it names, else the one in which it ends, else the last.
    fn last_pass(&self, group: usize, jump: Jump) -> usize {
        let group = &self.page.groups[group];
        let codas = &self.page.codas;
        let measures = || group.endings.iter().flat_map(|ending| ending.start..ending.end);
        let leaves = |at: &usize| {
            let before = |at: usize| codas.before.get(at).is_some_and(|&before| before);
            let opens = |at: usize| self.page.opens.get(at).is_some_and(Option::is_some);
            codas.behind[*at] || (before(at + 1) && !opens(at + 1)) || (before(*at) && opens(*at))
        };
        let ends = match jump.end {
            JumpEnd::Ending(pass) if group.ending(pass).is_some() => return pass,
            JumpEnd::Coda | JumpEnd::Unsaid if codas.begins.is_some() => measures().find(leaves),
            JumpEnd::Coda | JumpEnd::Ending(_) => None,
            JumpEnd::Fine | JumpEnd::Unsaid => measures().find(|&at| self.page.signs[at].fine),
        };
        ends.and_then(|at| group.pass_of(at)).unwrap_or_else(|| group.most())
    }

    /// What comes when a jump is reached a second time.
    fn jump_again(&mut self, at: usize, jump: Jump) -> Option<Way> {
        let fine = self.page.fine.is_some_and(|fine| fine >= at);
        match jump.end {
            JumpEnd::Coda | JumpEnd::Unsaid if self.page.codas.begins.is_some_and(|coda| coda > at) => {
                self.remarks.push((at, "nothing says where the coda is left for: here".into()));
                self.coda()
            }
            JumpEnd::Fine if !fine => {
                self.remarks.push((at, "there is no Fine: the music ends here".into()));
                None
            }
            JumpEnd::Ending(_) => {
                self.remarks.push((at, "there is no such ending: the music ends here".into()));
                None
            }
            JumpEnd::Coda => {
                self.remarks.push((at, "there is no coda: the music goes on".into()));
                Some((at + 1, PlaySign::Next))
            }
            JumpEnd::Fine | JumpEnd::Unsaid => Some((at + 1, PlaySign::Next)),
        }
    }

    /// Whether the sign of the coda is followed here.
    fn leaves(&self) -> bool {
        let follows = |jump: Jump| jump.end != JumpEnd::Fine || self.page.fine.is_none();
        let jumped = self.jumped.is_some_and(|(_, jump)| follows(jump));
        jumped && !self.to_the_end && self.page.codas.begins.is_some()
    }

    fn coda(&mut self) -> Option<Way> {
        self.to_the_end = true;
        self.page.codas.begins.map(|coda| (coda, PlaySign::Coda))
    }
}

fn name(jump: Jump) -> &'static str {
    if jump.to_segno { "dal segno" } else { "da capo" }
}
