//! New changes for a tune: rules applied to its chords, where form, meter and melody allow it.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use sideman_music::{Bar, Bars, Change, Chord, Duration, Sheet, Solo, Time};

use super::melody::{self, Clash};
use super::model::HarmonyModel;
use super::progression::{HarmonySpan, Progression};
use super::rules::SubstitutionRule;
use super::sites::{Site, sites};
use super::taste::{self, ChordContext};

/// Rewrites for each bar that may be rewritten, at the most spice.
const REWRITES_A_BAR: f64 = 0.6;
/// How far a rewrite may lie from the spice, where all that are possible in the tune are ranked from 0 to 1 by the bits
/// that they add.
const SPREAD: f64 = 0.2;
/// From this spice on what was rewritten may be rewritten again, chords may be shorter than two quarter notes, and what
/// arrives may be another chord.
const HOTTER: u8 = 60;
/// Places that are looked at for each rewrite that is made.
const PATIENCE: usize = 12;
/// Chords before and behind a place by which its rewrites are weighed.
const BEFORE: usize = 4;
const BEHIND: usize = 2;
/// Sites that a rule replaces at the most.
const MOST_SITES: usize = 4;

/// What is asked of new changes.
#[derive(Debug, Clone, PartialEq)]
pub struct ReharmonisationRequest {
    /// From 0, nothing, to 100: how much is rewritten, and how far from what is expected.
    pub spice: u8,
    /// The bars that may change; without it all.
    pub bars: Option<Bars>,
    /// What is sung over them.
    pub melody: Option<Solo>,
}

impl Default for ReharmonisationRequest {
    fn default() -> Self {
        Self { spice: 40, bars: None, melody: None }
    }
}

/// New changes for a tune.
#[derive(Debug, Clone, PartialEq)]
pub struct Reharmonisation {
    /// The tune with the new chords in the place of the old.
    pub sheet: Sheet,
    /// The tune as it was, the new chords beside the old as alternatives.
    pub beside: Sheet,
    /// What was done, in order of time.
    pub rewrites: Vec<Rewrite>,
    /// Short notes of the melody that rub against new chords.
    pub clashes: Vec<Clash>,
}

/// A rule applied at a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Rewrite {
    /// From where.
    pub start: Time,
    /// Up to where.
    pub end: Time,
    /// What was there.
    pub from: Vec<Chord>,
    /// What is there now.
    pub to: Vec<Chord>,
    /// By which rule.
    pub rule: SubstitutionRule,
    /// How surprising what was there was, with the two chords behind it, in bits.
    pub bits_before: f64,
    /// The same of what is there now.
    pub bits_after: f64,
}

/// A rule that may be applied to some sites.
#[derive(Debug, Clone)]
struct Candidate {
    rule: usize,
    count: usize,
    spans: Vec<HarmonySpan>,
    bits: [f64; 2],
    /// How well it stands there, from 0 to 1.
    fit: f64,
}

impl Candidate {
    fn added(&self) -> f64 {
        self.bits[1] - self.bits[0]
    }
}

/// How surprising rewrites are to be.
struct Wish {
    /// The bits that each rewrite of the tune as it was would add, in order.
    ranked: Vec<f64>,
    /// The share of them that are to add less.
    rank: f64,
}

impl Wish {
    fn rank_of(&self, added: f64) -> f64 {
        self.ranked.partition_point(|&other| other < added) as f64 / self.ranked.len().max(1) as f64
    }
}

fn sorted(mut bits: Vec<f64>) -> Vec<f64> {
    bits.sort_by(f64::total_cmp);
    bits
}

impl HarmonyModel {
    /// New changes for a tune: length, meters and form stay, and so do the chords with which each section begins and
    /// ends. The same arguments give the same chords.
    ///
    /// # Errors
    /// When the new chords are more than a sheet may have.
    pub fn reharmonise(
        &self,
        sheet: &Sheet,
        request: &ReharmonisationRequest,
        seed: u64,
    ) -> Result<Reharmonisation, sideman_music::Error> {
        let mut sites = sites(sheet, request.bars);
        let mut rewrites = self.rewritten(sheet, request, &mut sites, &mut ChaCha8Rng::seed_from_u64(seed));
        rewrites.sort_by_key(|rewrite| rewrite.start);
        let new: Vec<HarmonySpan> =
            sites.iter().filter(|site| site.depth > 0).map(|site| site.span).collect();
        let heard = |span: &HarmonySpan| {
            request.melody.as_ref().map_or(Vec::new(), |melody| melody::clashes(melody, span))
        };
        Ok(Reharmonisation {
            sheet: replaced(sheet, &new)?,
            beside: beside(sheet, &new)?,
            clashes: new.iter().flat_map(heard).collect(),
            rewrites,
        })
    }

    /// Rewrites sites until there are as many rewrites as the spice asks for, or no more are found.
    fn rewritten(
        &self,
        sheet: &Sheet,
        request: &ReharmonisationRequest,
        sites: &mut Vec<Site>,
        rng: &mut impl Rng,
    ) -> Vec<Rewrite> {
        let spice = f64::from(request.spice.min(100)) / 100.0;
        let bar = sheet.bars()[0].meter().bar();
        let free: Duration = sites.iter().filter(|site| !site.kept).map(|site| site.span.length).sum();
        let bars = free.in_units_of(bar.max(Duration::QUARTER)) as f64;
        let wanted = (spice * REWRITES_A_BAR * bars).ceil() as usize;
        let mut rewrites = Vec::new();
        let all = |at| self.candidates(sheet, request, sites, at);
        let mut known: Vec<Option<Vec<Candidate>>> = (0..sites.len()).map(|at| Some(all(at))).collect();
        let added = known.iter().flatten().flatten().map(Candidate::added);
        let wish = Wish { ranked: sorted(added.collect()), rank: spice };
        for _ in 0..PATIENCE * wanted {
            if rewrites.len() >= wanted {
                break;
            }
            let at = rng.random_range(0..sites.len());
            let candidates = known[at].get_or_insert_with(|| self.candidates(sheet, request, sites, at));
            if let Some(candidate) = self.choose(candidates, &wish, rng) {
                let (count, new) = (candidate.count, candidate.spans.len());
                rewrites.push(self.apply(sites, at, candidate));
                known.splice(at..at + count, vec![None; new]);
                let end = known.len().min(at + new + BEFORE);
                known[at.saturating_sub(MOST_SITES + BEHIND)..end].fill(None);
            }
        }
        rewrites
    }

    fn candidates(
        &self,
        sheet: &Sheet,
        request: &ReharmonisationRequest,
        sites: &[Site],
        at: usize,
    ) -> Vec<Candidate> {
        if !is_free(&sites[at], request.spice) {
            return Vec::new();
        }
        let rules = self.rules().iter().enumerate().filter(|(_, rule)| rule.from.len() <= MOST_SITES);
        rules.filter_map(|(rule, _)| self.candidate(sheet, request, sites, at, rule)).collect()
    }

    fn candidate(
        &self,
        sheet: &Sheet,
        request: &ReharmonisationRequest,
        sites: &[Site],
        at: usize,
        number: usize,
    ) -> Option<Candidate> {
        let rule = &self.rules()[number];
        let count = rule.from.len();
        let inside = sites.get(at..at + count)?;
        let old: Vec<HarmonySpan> = inside.iter().map(|site| site.span).collect();
        let behind = sites.get(at + count).map(|site| &site.span);
        let up = rule.matches(&old, behind)?;
        if !inside.iter().all(|site| is_free(site, request.spice)) {
            return None;
        }
        let over = HarmonySpan { length: old.iter().map(|span| span.length).sum(), ..old[0] };
        let mut spans = SubstitutionRule::laid_out(&rule.to, up, over);
        keep_qualities(&mut spans, &old);
        let before = at.checked_sub(1).map(|before| &sites[before].span);
        let fit = taste::fit(&old, &spans, ChordContext { before, behind });
        let arrives = request.spice >= HOTTER || arrivals_stay(inside, &spans);
        (fit > 0.0 && arrives && is_playable(sheet, request, &spans)).then(|| {
            let bits = [self.local(sites, at, count, &old), self.local(sites, at, count, &spans)];
            Candidate { rule: number, count, spans, bits, fit }
        })
    }

    /// The bits of some spans in the place of sites, with the chords behind them.
    fn local(&self, sites: &[Site], at: usize, count: usize, spans: &[HarmonySpan]) -> f64 {
        let before = sites[at.saturating_sub(BEFORE)..at].iter();
        let behind = sites[at + count..].iter().take(BEHIND);
        let around = |site: &Site| site.span;
        let all = before.map(around).chain(spans.iter().copied()).chain(behind.map(around));
        let progression = Progression::of_spans(all);
        let bits = self.tree().bits(&progression.symbols());
        let counted =
            progression.spans().iter().zip(bits).filter(|(span, _)| span.end() > sites[at].span.start);
        counted.map(|(_, bits)| bits).sum()
    }

    /// One of the candidates by the weight of its rule and how well it stands there, likelier where its rank is near
    /// the one that is wished.
    fn choose(&self, candidates: &[Candidate], wish: &Wish, rng: &mut impl Rng) -> Option<Candidate> {
        let weight = |candidate: &Candidate| {
            let off = (wish.rank_of(candidate.added()) - wish.rank) / SPREAD;
            f64::from(self.rules()[candidate.rule].weight) * candidate.fit * (-off.abs()).exp()
        };
        let mut left = rng.random::<f64>() * candidates.iter().map(weight).sum::<f64>();
        let hit = candidates.iter().position(|candidate| {
            left -= weight(candidate);
            left < 0.0
        });
        hit.map(|hit| &candidates[hit]).or(candidates.last()).cloned()
    }

    fn apply(&self, sites: &mut Vec<Site>, at: usize, candidate: Candidate) -> Rewrite {
        let Candidate { rule, count, spans, bits, .. } = candidate;
        let old = &sites[at..at + count];
        let depth = old.iter().map(|site| site.depth).max().unwrap_or(0) + 1;
        let chords = |spans: &mut dyn Iterator<Item = HarmonySpan>| spans.filter_map(|s| s.chord).collect();
        let rewrite = Rewrite {
            start: old[0].span.start,
            end: old[count - 1].span.end(),
            from: chords(&mut old.iter().map(|site| site.span)),
            to: chords(&mut spans.iter().copied()),
            rule: self.rules()[rule].clone(),
            bits_before: bits[0],
            bits_after: bits[1],
        };
        let arrivals: Vec<Time> =
            old.iter().filter(|site| site.arrives).map(|site| site.span.start).collect();
        let site =
            |span: HarmonySpan| Site { span, kept: false, arrives: arrivals.contains(&span.start), depth };
        sites.splice(at..at + count, spans.into_iter().map(site));
        rewrite
    }
}

/// Whether a site may be rewritten, or be rewritten once more.
fn is_free(site: &Site, spice: u8) -> bool {
    !site.kept && site.depth <= u8::from(spice >= HOTTER)
}

/// Whether each chord that arrives does so as it did.
fn arrivals_stay(old: &[Site], new: &[HarmonySpan]) -> bool {
    let stays = |old: &HarmonySpan| {
        new.iter().any(|new| (new.start, new.root(), new.class()) == (old.start, old.root(), old.class()))
    };
    old.iter().filter(|site| site.arrives).all(|site| stays(&site.span))
}

/// A chord that stays what it is keeps its own quality and bass.
fn keep_qualities(made: &mut [HarmonySpan], old: &[HarmonySpan]) {
    for span in made {
        let same = old.iter().find(|old| old.root() == span.root() && old.class() == span.class());
        span.chord = same.map_or(span.chord, |old| old.chord);
    }
}

/// Whether new chords fall on beats, differ from those of the sheet, and leave held notes of the melody in peace.
fn is_playable(sheet: &Sheet, request: &ReharmonisationRequest, spans: &[HarmonySpan]) -> bool {
    let least = if request.spice >= HOTTER { Duration::QUARTER } else { Duration::QUARTER * 2 };
    let placed = |span: &HarmonySpan| {
        let (beat, (_, offset)) = (sheet.meter_at(span.start).beat(), sheet.place(span.start));
        let whole = offset % beat == Duration::ZERO;
        whole && (span.length >= least || offset == Duration::ZERO && span.length >= Duration::QUARTER)
    };
    let is_old = |span: &HarmonySpan| {
        let old = sheet.chord_at(span.start);
        let old = HarmonySpan { chord: old, ..*span };
        old.root() == span.root() && old.class() == span.class()
    };
    let sung = |span: &HarmonySpan| request.melody.as_ref().is_none_or(|m| !melody::is_refused(m, span));
    spans.iter().all(placed) && !spans.iter().all(is_old) && spans.iter().all(sung)
}

/// The sheet with new chords in the place of those that sounded there.
fn replaced(sheet: &Sheet, new: &[HarmonySpan]) -> Result<Sheet, sideman_music::Error> {
    let inside = |at: Time| new.iter().any(|span| span.start <= at && at < span.end());
    let bars = sheet.bars().iter().enumerate().map(|(i, bar)| {
        let (start, end) = (sheet.bar_start(i), sheet.bar_start(i + 1));
        let old = bar.changes().iter().copied().filter(|change| !inside(start + change.at));
        let resumed = new.iter().map(HarmonySpan::end).filter(|&at| start <= at && at < end && !inside(at));
        let resumed = resumed.map(|at| Change { at: at - start, chord: sheet.chord_at(at) });
        let changes = old.chain(resumed).chain(begun(new, start, end));
        with_form(bar, Bar::new(bar.meter(), changes.collect()))
    });
    Ok(sheet.with_bars(bars.collect())?.with_pickup(sheet.pickup().to_vec()))
}

/// The sheet with new chords beside those that sound there.
fn beside(sheet: &Sheet, new: &[HarmonySpan]) -> Result<Sheet, sideman_music::Error> {
    let bars = sheet.bars().iter().enumerate().map(|(i, bar)| {
        let begun = begun(new, sheet.bar_start(i), sheet.bar_start(i + 1));
        let alternatives = bar.alternatives().iter().copied().chain(begun).collect();
        bar.clone().with_alternatives(alternatives)
    });
    Ok(sheet.with_bars(bars.collect())?.with_pickup(sheet.pickup().to_vec()))
}

/// The new chords of a bar: those that begin in it, and one that goes on into it.
fn begun(new: &[HarmonySpan], start: Time, end: Time) -> impl Iterator<Item = Change> {
    let sounding = new.iter().filter(move |span| span.start < end && start < span.end());
    sounding.map(move |span| Change { at: span.start.max(start) - start, chord: span.chord })
}

fn with_form(old: &Bar, bar: Bar) -> Bar {
    let bar = bar.with_alternatives(old.alternatives().to_vec());
    old.section().map_or(bar.clone(), |label| bar.with_section(label))
}
