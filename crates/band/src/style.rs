//! Styles: what each of the rhythm section plays, as text that a drummer can read.

mod pattern;
mod read;
mod sign;

use sideman_music::{Error, Meter, Sheet, Tempo};

pub(crate) use pattern::{Pattern, Pulse, TimedSign, pulses};
pub(crate) use sign::{BassTone, Sign, Stroke};

use crate::kit::Drum;

/// The styles of this program, in order of preference where several would do.
const BUILT_IN: [&str; 9] = [
    include_str!("../styles/swing.style"),
    include_str!("../styles/slow-swing.style"),
    include_str!("../styles/up-swing.style"),
    include_str!("../styles/waltz.style"),
    include_str!("../styles/two-feel.style"),
    include_str!("../styles/ballad.style"),
    include_str!("../styles/bossa.style"),
    include_str!("../styles/even-eighths.style"),
    include_str!("../styles/shuffle.style"),
];

/// How a rhythm section plays: its feel and the rhythms of bass, chords and drums.
///
/// The styles of this program are the files in `styles`; any text like them will do. Lines of `name: value`
/// come first: `name`, `also` (other names), `tempo` (usual, least and most quarter notes a minute), `feel`
/// (`swing`, `triplet` or `straight`), `meter`, `kit` (`sticks` or `brushes`). Sections follow:
///
/// - `[bass]`: rhythms, one a line, of `w` (a note of a walking line), `1` `3` `5` (of the chord), `a` (a step
///   from the next note); `[head]`: others for where the melody is played; `[pedal]`: others for a tone that stays
///   while the chords go on, in an intro and under a chord of four bars;
/// - `[chords]`: rhythms, one a line, of `o` (soft), `x`, `X` (loud);
/// - `[time]`, `[answer]`, `[fill]`, `[solo]`: what the drums play always, now and then, where a section ends, and in
///   bars of their own, one line a drum; several answers, fills or solos are a choice.
///
/// A rhythm is beats of equal parts, `-` for silence and `=` to hold; `|` goes on to another bar. A number with
/// `*` before a rhythm, or in a heading (`[fill 3*]`), makes it as much likelier.
#[derive(Debug, Clone, PartialEq)]
pub struct Style {
    pub(crate) name: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) meter: Meter,
    pub(crate) tempo: Tempo,
    pub(crate) tempos: std::ops::RangeInclusive<u32>,
    pub(crate) feel: BeatFeel,
    pub(crate) brushes: bool,
    pub(crate) bass: Alternatives<Pattern<BassTone>>,
    pub(crate) head: Alternatives<Pattern<BassTone>>,
    pub(crate) pedal: Alternatives<Pattern<BassTone>>,
    pub(crate) chords: Alternatives<Pattern<Stroke>>,
    pub(crate) time: Alternatives<DrumBeat>,
    pub(crate) answers: Alternatives<DrumBeat>,
    pub(crate) fills: Alternatives<DrumBeat>,
    pub(crate) solos: Alternatives<DrumBeat>,
}

/// How a style divides the beat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BeatFeel {
    /// In two unequal parts, as the tempo has it.
    Swing,
    /// In two parts of 2:1.
    Triplet,
    /// Evenly.
    Straight,
}

/// A rhythm of several drums at once.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct DrumBeat(pub(crate) Vec<(Drum, Pattern<Stroke>)>);

/// Alternatives, each with how likely it is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alternatives<T>(pub(crate) Vec<(f64, T)>);

impl<T> Default for Alternatives<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Rhythm> Alternatives<T> {
    /// The alternatives for a meter: those of as many beats, or all when none is.
    pub(crate) fn for_meter(&self, meter: Meter) -> Vec<(f64, &T)> {
        let beats = pulses(meter).len();
        let fits = |(_, choice): &&(f64, T)| choice.beats() == beats;
        let any = self.0.iter().any(|c| fits(&c));
        self.0.iter().filter(|c| !any || fits(c)).map(|(w, t)| (*w, t)).collect()
    }
}

/// Something as long as a bar of so many beats.
pub(crate) trait Rhythm {
    fn beats(&self) -> usize;
}

impl<S: Sign> Rhythm for Pattern<S> {
    fn beats(&self) -> usize {
        Pattern::beats(self)
    }
}

impl Rhythm for DrumBeat {
    fn beats(&self) -> usize {
        self.0.first().map_or(0, |(_, pattern)| pattern.beats())
    }
}

impl Style {
    /// Every style of this program.
    #[expect(clippy::missing_panics_doc, reason = "a test reads every built-in style")]
    pub fn all() -> impl Iterator<Item = Self> {
        BUILT_IN.iter().map(|text| text.parse().expect("built-in styles are well formed"))
    }

    /// The style of this program with a name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, Error> {
        let hint = "try swing, up swing, slow swing, two-feel, ballad, waltz, bossa, even eighths or shuffle";
        Self::all().find(|style| style.answers_to(name)).ok_or_else(|| Error::new("style", name, hint))
    }

    /// The style for a sheet at a tempo: the one it names, else the first for its meter and tempo.
    pub fn for_sheet(sheet: &Sheet, tempo: Option<Tempo>) -> Self {
        let bpm = tempo.or(sheet.tempo()).map(Tempo::to_bpm);
        let meter = sheet.bars()[0].meter();
        let fits = |style: &Self| bpm.is_none_or(|bpm| style.tempos.contains(&bpm));
        let named = |style: &Self| style.answers_to(sheet.style());
        let mut best = Self::all().filter(fits).find(named).or_else(|| Self::all().find(named));
        for meter in [meter, Meter::COMMON] {
            let wanted = |style: &Self| style.meter == meter;
            best = best.or_else(|| Self::all().filter(fits).find(wanted));
        }
        best.or_else(|| Self::all().next()).expect("there are styles")
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The tempo it is usually played at.
    pub const fn tempo(&self) -> Tempo {
        self.tempo
    }

    /// What the drummer plays alone.
    pub(crate) fn alone(&self) -> &Alternatives<DrumBeat> {
        if self.solos.0.is_empty() { &self.fills } else { &self.solos }
    }

    fn answers_to(&self, name: &str) -> bool {
        let plain = |s: &str| s.to_lowercase().replace(['-', '_'], " ").trim().to_string();
        self.aliases.iter().chain([&self.name]).any(|own| plain(own) == plain(name))
    }
}

#[cfg(test)]
mod tests {
    use sideman_music::Duration;

    use super::*;

    #[test]
    fn built_in_styles_are_found_by_every_name() {
        for style in Style::all() {
            assert_eq!(Style::named(style.name()).unwrap(), style);
            assert!(!style.bass.0.is_empty() && !style.chords.0.is_empty() && !style.time.0.is_empty());
            assert!(style.tempos.contains(&style.tempo.to_bpm()), "{}", style.name());
        }
        let error = Style::named("polka").unwrap_err().to_string();
        assert!(Style::all().all(|style| error.contains(style.name())), "{error}");
    }

    #[test]
    fn every_style_has_thirty_bars_of_chords() {
        for style in Style::all() {
            let beats = pulses(style.meter).len();
            let own = style.chords.0.iter().filter(|(_, pattern)| pattern.beats() == beats);
            let mut bars: Vec<Vec<(Duration, Duration)>> = Vec::new();
            for pattern in own.map(|(_, pattern)| pattern) {
                for nth in 0..pattern.bars() {
                    let steps = pattern.over(style.meter, nth);
                    bars.push(steps.iter().map(|step| (step.at, step.length)).collect());
                }
            }
            bars.sort();
            bars.dedup();
            assert!(bars.len() >= 30, "{}: {}", style.name(), bars.len());
        }
    }

    #[test]
    fn a_sheet_chooses_its_style() {
        let sheet: Sheet = "style: jazz\n| C |".parse().unwrap();
        assert_eq!(Style::for_sheet(&sheet, None).name(), "swing");
        assert_eq!(Style::for_sheet(&sheet, Some(Tempo::bpm(280))).name(), "up swing");
        assert_eq!(Style::for_sheet(&sheet, Some(Tempo::bpm(70))).name(), "slow swing");
        let sheet: Sheet = "style: Bossa Nova\n| C |".parse().unwrap();
        assert_eq!(Style::for_sheet(&sheet, Some(Tempo::bpm(280))).name(), "bossa");
        let sheet: Sheet = "meter: 3/4\n| C |".parse().unwrap();
        assert_eq!(Style::for_sheet(&sheet, None).name(), "waltz");
        let sheet: Sheet = "meter: 5/4\n| C |".parse().unwrap();
        assert_eq!(Style::for_sheet(&sheet, Some(Tempo::bpm(170))).name(), "swing");
    }
}
