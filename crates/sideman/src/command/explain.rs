//! `explain`: what each note of a solo is to the chords, and how surprising.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;
use sideman_corpus::Piece;
use sideman_corpus::role::{Role, roles};
use sideman_formats::Credits;
use sideman_improv::Model;
use sideman_improv::line::{self, LinePlayer, Surprise};
use sideman_music::{Sheet, Solo};

use super::improvise;
use crate::cli::Explain;
use crate::terminal::Terminal;
use crate::{output, plot, source};

/// What is to be said of a note.
#[derive(Debug, Serialize)]
struct Explained {
    /// From 1; 0 is a pickup.
    bar: i64,
    /// Quarter notes from the downbeat.
    place: f64,
    pitch: String,
    chord: Option<String>,
    role: Option<Role>,
    rhythm_nats: f64,
    pitch_nats: f64,
    /// Of place and pitch together.
    probability: f64,
}

pub(super) fn run(args: &Explain, terminal: &Terminal) -> Result<()> {
    let player = LinePlayer::new(player(args.model.as_deref())?);
    let library = source::corpus(std::slice::from_ref(&args.solo), terminal)?;
    let piece = library.pieces.into_iter().find(|p| p.solo.is_some());
    let piece = piece.with_context(|| format!("there is no melody in {}", args.solo.display()))?;
    let sheet = match &args.chart {
        Some(chart) => covering(&source::chart(chart, terminal)?, &piece)?,
        None => piece.sheet.clone(),
    };
    ensure!(
        sheet.chords().iter().any(|(_, chord)| chord.is_some()),
        "{} has no chords; give its chart with --chart",
        args.solo.display()
    );
    let Some(solo) = &piece.solo else { bail!("there is no melody") };
    if let Some(out) = &args.out {
        output::write(out, picture(&player, &sheet, solo, sheet.title()).as_bytes())?;
    }
    let notes = explained(&player, &sheet, solo);
    if args.json { Ok(terminal.say(serde_json::to_string(&notes)?)?) } else { say(&notes, terminal) }
}

/// The player of a file, or the one that ships.
pub(super) fn player(file: Option<&Path>) -> Result<line::LineModel> {
    match file.map(improvise::load).transpose()? {
        None => Ok(line::shipped()?),
        Some(Model::Line(model)) => Ok(*model),
        Some(Model::Classic(_)) => bail!("this is a classic model; give one of the line recipe, or none"),
    }
}

/// The chart repeated as often as the solo needs it.
fn covering(chart: &Sheet, piece: &Piece) -> Result<Sheet> {
    let last = piece.solo.as_ref().and_then(|s| s.notes().last()).map_or(0, |n| piece.sheet.place(n.onset).0);
    let bars = (last + 1).max(1) as usize;
    Ok(chart.repeated(bars.div_ceil(chart.bars().len()))?)
}

/// The solo as a piano roll with the roles of its notes, and their surprise below.
fn picture(player: &LinePlayer, sheet: &Sheet, solo: &Solo, caption: &str) -> String {
    plot::piano_roll(sheet, solo, &roles(sheet, solo), Some(&surprises(player, sheet, solo)), caption)
}

/// One line for each note.
pub(super) fn tell(player: &LinePlayer, sheet: &Sheet, solo: &Solo, terminal: &Terminal) -> Result<()> {
    say(&explained(player, sheet, solo), terminal)
}

/// How surprising each note is to a player.
pub(super) fn surprises(player: &LinePlayer, sheet: &Sheet, solo: &Solo) -> Vec<Surprise> {
    let credits = Credits { instrument: Some(solo.instrument()), ..Credits::default() };
    let piece = Piece { id: String::new(), sheet: sheet.clone(), solo: Some(solo.clone()), credits };
    player.surprises(&piece)
}

fn explained(player: &LinePlayer, sheet: &Sheet, solo: &Solo) -> Vec<Explained> {
    let note = |((note, role), surprise): ((&sideman_music::Note, Option<Role>), Surprise)| {
        let (bar, offset) = sheet.place(note.onset);
        let (over, under) = offset.as_quarters();
        Explained {
            bar: bar + 1,
            place: over as f64 / under as f64,
            pitch: note.pitch().to_string(),
            chord: sheet.chord_at(note.onset).map(|c| c.to_string()),
            role,
            rhythm_nats: surprise.rhythm,
            pitch_nats: surprise.pitch,
            probability: (-surprise.rhythm - surprise.pitch).exp(),
        }
    };
    solo.notes().iter().zip(roles(sheet, solo)).zip(surprises(player, sheet, solo)).map(note).collect()
}

fn say(notes: &[Explained], terminal: &Terminal) -> Result<()> {
    let head = ["bar", "place", "pitch", "chord", "role", "rhythm", "pitch", "probability"];
    let [bar, place, pitch, chord, role, rhythm, nats, probability] = head;
    terminal.say(format_args!(
        "{bar:>4} {place:>6}  {pitch:<5} {chord:<9} {role:<13} {rhythm:>7} {nats:>7}  {probability}"
    ))?;
    for n in notes {
        let role = n.role.map_or("", Role::name);
        let chord = n.chord.as_deref().unwrap_or("N.C.");
        terminal.say(format_args!(
            "{:>4} {:>6.2}  {:<5} {chord:<9} {role:<13} {:>7.2} {:>7.2}  {:.2} %",
            n.bar,
            n.place,
            n.pitch,
            n.rhythm_nats,
            n.pitch_nats,
            100.0 * n.probability
        ))?;
    }
    Ok(terminal
        .say("rhythm and pitch: surprise in nats; the first note is told from where the line begins")?)
}
