//! Reading style files.

use std::str::FromStr;

use sideman_music::{Error, Meter, Tempo};

use super::{Alternatives, BeatFeel, DrumBeat, Pattern, Sign, Style};
use crate::kit::Drum;

/// The most rhythms of a section, and the most drums of one: beyond that, a style is no style.
const MOST_RHYTHMS: usize = 256;

/// The section that lines go to.
#[derive(Clone, Copy, PartialEq)]
enum StyleSection {
    Header,
    Bass,
    Head,
    Pedal,
    Chords,
    Time,
    Answer,
    Fill,
    Solo,
}

impl FromStr for Style {
    type Err = Error;

    /// Reads a style file; complaints name the line.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut style = Self::empty();
        let mut section = StyleSection::Header;
        for (i, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or("").trim();
            let place = |e: Error| e.at(format_args!("line {}", i + 1));
            if let Some(heading) = line.strip_prefix('[') {
                section = style.open(heading).map_err(place)?;
            } else if !line.is_empty() {
                style.take(section, line).map_err(place)?;
            }
        }
        let needs = [style.name.is_empty(), style.bass.0.is_empty(), style.chords.0.is_empty()];
        if needs.contains(&true) || style.time.0.is_empty() {
            return Err(Error::new("style", &style.name, "it needs a name, [bass], [chords] and [time]"));
        }
        Ok(style)
    }
}

impl Style {
    fn empty() -> Self {
        Self {
            name: String::new(),
            aliases: Vec::new(),
            meter: Meter::COMMON,
            tempo: Tempo::default(),
            tempos: 1..=999,
            feel: BeatFeel::Swing,
            brushes: false,
            bass: Alternatives::default(),
            head: Alternatives::default(),
            pedal: Alternatives::default(),
            chords: Alternatives::default(),
            time: Alternatives::default(),
            answers: Alternatives::default(),
            fills: Alternatives::default(),
            solos: Alternatives::default(),
        }
    }

    /// Starts the section of a heading such as `bass]` or `fill 3*]`.
    fn open(&mut self, heading: &str) -> Result<StyleSection, Error> {
        let unknown = || {
            Error::new(
                "section",
                heading,
                "try [bass], [head], [pedal], [chords], [time], [answer], [fill] or [solo]",
            )
        };
        let heading = heading.strip_suffix(']').ok_or_else(unknown)?;
        let (name, weight) = heading.split_once(' ').unwrap_or((heading, ""));
        let (weight, _) = weighted(weight)?;
        let beat = |beats: &mut Alternatives<DrumBeat>, section| {
            push(&mut beats.0, (weight, DrumBeat::default()))?;
            Ok(section)
        };
        Ok(match name {
            "bass" => StyleSection::Bass,
            "head" => StyleSection::Head,
            "pedal" => StyleSection::Pedal,
            "chords" => StyleSection::Chords,
            "time" => beat(&mut self.time, StyleSection::Time)?,
            "answer" => beat(&mut self.answers, StyleSection::Answer)?,
            "fill" => beat(&mut self.fills, StyleSection::Fill)?,
            "solo" => beat(&mut self.solos, StyleSection::Solo)?,
            _ => return Err(unknown()),
        })
    }

    fn take(&mut self, section: StyleSection, line: &str) -> Result<(), Error> {
        match section {
            StyleSection::Header => self.take_header(line),
            StyleSection::Bass => rhythm(&mut self.bass, line),
            StyleSection::Head => rhythm(&mut self.head, line),
            StyleSection::Pedal => rhythm(&mut self.pedal, line),
            StyleSection::Chords => rhythm(&mut self.chords, line),
            StyleSection::Time => drum(&mut self.time, line),
            StyleSection::Answer => drum(&mut self.answers, line),
            StyleSection::Fill => drum(&mut self.fills, line),
            StyleSection::Solo => drum(&mut self.solos, line),
        }
    }

    fn take_header(&mut self, line: &str) -> Result<(), Error> {
        let unknown =
            || Error::new("style line", line, "try name, also, meter, tempo, feel or kit, and a colon");
        let (name, value) = line.split_once(':').ok_or_else(unknown)?;
        let value = value.trim();
        match name.trim() {
            "name" => self.name = value.to_string(),
            "also" => self.aliases = value.split(',').map(|alias| alias.trim().to_string()).collect(),
            "meter" => self.meter = value.parse()?,
            "tempo" => (self.tempo, self.tempos) = tempos(value)?,
            "feel" => self.feel = feel(value)?,
            "kit" => self.brushes = brushes(value)?,
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

/// A rhythm with the weight before it: `3* x- x-`.
fn weighted(text: &str) -> Result<(f64, &str), Error> {
    let Some((weight, rest)) = text.split_once('*') else { return Ok((1.0, text)) };
    let known = weight.trim().parse().ok().filter(|w: &f64| (0.0..=1000.0).contains(w));
    let weight = known.ok_or_else(|| Error::new("weight", weight, "write a number up to 1000"))?;
    Ok((weight, rest))
}

fn rhythm<S: Sign>(choices: &mut Alternatives<Pattern<S>>, line: &str) -> Result<(), Error> {
    let (weight, rest) = weighted(line)?;
    push(&mut choices.0, (weight, Pattern::read(rest)?))
}

/// Adds one more, where a style may have so many.
fn push<T>(to: &mut Vec<T>, more: T) -> Result<(), Error> {
    if to.len() == MOST_RHYTHMS {
        return Err(Error::new("number of rhythms", "one more", "a section has at most 256 of them"));
    }
    to.push(more);
    Ok(())
}

fn drum(choices: &mut Alternatives<DrumBeat>, line: &str) -> Result<(), Error> {
    let (name, rest) = line.split_once(' ').unwrap_or((line, ""));
    let line = (name.parse::<Drum>()?, Pattern::read(rest)?);
    if let Some((_, beat)) = choices.0.last_mut() {
        push(&mut beat.0, line)?;
    }
    Ok(())
}

/// Usual, least and most, as `150 110-199`.
fn tempos(value: &str) -> Result<(Tempo, std::ops::RangeInclusive<u32>), Error> {
    let fail = || Error::new("tempo", value, "write usual, least and most, such as 150 110-199");
    let (usual, range) = value.split_once(' ').ok_or_else(fail)?;
    let (least, most) = range.split_once('-').ok_or_else(fail)?;
    let number = |s: &str| s.trim().parse::<u16>().map_err(|_| fail());
    Ok((Tempo::bpm(number(usual)?), number(least)?.into()..=number(most)?.into()))
}

fn feel(value: &str) -> Result<BeatFeel, Error> {
    Ok(match value {
        "swing" => BeatFeel::Swing,
        "triplet" => BeatFeel::Triplet,
        "straight" => BeatFeel::Straight,
        _ => return Err(Error::new("feel", value, "try swing, triplet or straight")),
    })
}

fn brushes(value: &str) -> Result<bool, Error> {
    match value {
        "sticks" => Ok(false),
        "brushes" => Ok(true),
        _ => Err(Error::new("kit", value, "try sticks or brushes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "name: small\n[bass]\nw\n[chords]\n2* x\n[time]\nride x # a comment\n";

    #[test]
    fn a_small_style_is_read() {
        let style: Style = SMALL.parse().unwrap();
        assert_eq!(style.name(), "small");
        assert_eq!(style.chords.0[0].0, 2.0);
        assert_eq!(style.time.0[0].1.0[0].0, Drum::Ride);
    }

    #[test]
    fn complaints_name_the_line() {
        for (from, to, place) in [
            ("ride x", "rode x", "line 7"),
            ("[bass]", "[brass]", "line 2"),
            ("2* x", "2* y", "line 5"),
            ("name", "nome", "line 1"),
        ] {
            let error = SMALL.replace(from, to).parse::<Style>().unwrap_err().to_string();
            assert!(error.contains(place), "{error}");
        }
        assert!("name: x".parse::<Style>().is_err());
    }

    #[test]
    fn a_section_has_so_many_rhythms_and_no_more() {
        for (after, more) in [("[bass]\n", "w\n"), ("[time]\n", "ride x\n"), ("[time]\n", "[fill]\n")] {
            let style = |count| SMALL.replace(after, &format!("{after}{}", more.repeat(count)));
            assert!(style(MOST_RHYTHMS - 1).parse::<Style>().is_ok() || more == "[fill]\n");
            let said = style(MOST_RHYTHMS + 1).parse::<Style>().unwrap_err().to_string();
            assert!(said.contains("at most 256"), "{said}");
        }
    }
}
