//! What a user asks of the player, as its options.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use sideman_improv::Choice;
use sideman_improv::line::{Constraints, Controls, Ending, Fixed, Infill, PlayerOptions};
use sideman_music::{Duration, Sheet, Solo, Time};

use crate::cli::{End, Improvise, Rules};
use crate::source;
use crate::terminal::Terminal;

/// The options for a sheet of one chorus.
pub(super) fn options(args: &Improvise, sheet: &Sheet, terminal: &Terminal) -> Result<PlayerOptions> {
    ensure!(
        args.values.is_none() && args.beats.is_none() && args.taste.start.is_none(),
        "--values, --beats and --start are for --with classic; the player plays whole choruses"
    );
    let (wishes, standard) = (&args.wishes, PlayerOptions::default());
    let whole = sheet.repeated(usize::from(args.choruses))?;
    Ok(PlayerOptions {
        choruses: usize::from(args.choruses),
        instrument: args.instrument,
        rhythm: choice(args, wishes.rhythm_temperature, standard.rhythm),
        pitch: choice(args, wishes.pitch_temperature, standard.pitch),
        candidates: usize::from(wishes.best_of),
        like: wishes.like.clone(),
        controls: Controls {
            density: wishes.density,
            register: wishes.register,
            outside: wishes.outside,
            space: wishes.space,
            phrase_length: wishes.phrase_length,
            laid_back: wishes.laid_back,
        },
        constraints: constraints(&wishes.rules, &whole, terminal)?,
        longest_copy: wishes.max_copy,
    })
}

/// As asked for all choices, or for this one.
fn choice(args: &Improvise, own: Option<f32>, standard: Choice) -> Choice {
    let Choice::Sample { temperature, top_p } = standard else { return standard };
    if args.taste.argmax {
        return Choice::Argmax;
    }
    Choice::Sample {
        temperature: own.or(args.taste.temperature).unwrap_or(temperature),
        top_p: args.taste.top_p.unwrap_or(top_p),
    }
}

fn constraints(rules: &Rules, sheet: &Sheet, terminal: &Terminal) -> Result<Constraints> {
    let melody = |file: &Path| source::melody(file, terminal);
    let fixed = match (&rules.rhythm_of, &rules.pitches_of) {
        (Some(file), _) => Some(Fixed::Rhythm(melody(file)?)),
        (_, Some(file)) => Some(Fixed::Pitches(melody(file)?.notes().iter().map(|n| n.pitch()).collect())),
        _ => None,
    };
    let kept = rules.keep.as_deref().map(melody).transpose()?;
    let target = |&(bar, name): &(usize, sideman_music::NoteName)| {
        ensure!(bar <= sheet.bars().len(), "there is no bar {bar}; the solo has {} bars", sheet.bars().len());
        Ok((sheet.bar_start(bar - 1), name.class()))
    };
    Ok(Constraints {
        range: rules.range.clone(),
        longest_rest: rules
            .longest_rest
            .map(|quarters| Duration::quarters((quarters * 24.0).round() as i64, 24)),
        longest_phrase: rules.longest_phrase,
        ending: match rules.end {
            End::Any => Ending::Any,
            End::Chord => Ending::ChordTone,
            End::Guide => Ending::GuideTone,
        },
        targets: rules.target.iter().map(target).collect::<Result<_>>()?,
        fixed,
        infill: infill(rules, kept, sheet)?,
    })
}

/// What is kept of a melody, and where the player plays.
fn infill(rules: &Rules, kept: Option<Solo>, sheet: &Sheet) -> Result<Option<Infill>> {
    let bars = sheet.bars().len();
    let between = |first: usize, last: usize| sheet.bar_start(first)..sheet.bar_start(last.min(bars));
    let open = if let Some(trade) = rules.trade.map(usize::from) {
        (0..bars).step_by(2 * trade).map(|bar| between(bar, bar + trade)).collect()
    } else if let Some(melody) = kept.as_ref().filter(|_| rules.bars.is_empty()) {
        let end = melody.notes().last().map_or(Time::ZERO, |n| n.onset);
        let after = (sheet.place(end).0 + 1).max(0) as usize;
        ensure!(after < bars, "the melody fills all {bars} bars; give more --choruses, or --bars to fill");
        vec![between(after, bars)]
    } else {
        let outside = rules.bars.iter().find(|r| *r.end() > bars);
        ensure!(outside.is_none(), "--bars goes beyond the last bar, which is {bars}");
        rules.bars.iter().map(|r| between(r.start() - 1, *r.end())).collect()
    };
    if open.is_empty() {
        return Ok(None);
    }
    let melody = kept.map_or_else(|| Solo::new(sideman_music::Instrument::TenorSax, Vec::new()), Ok);
    Ok(Some(Infill { melody: melody.context("the melody cannot be kept")?, open }))
}
