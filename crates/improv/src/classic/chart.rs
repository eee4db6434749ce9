//! The chart as it is played: as many choruses as a line needs.

use sideman_music::{Duration, Sheet, Time};

use crate::Error;

/// How far a line goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// So many times through the chart.
    Choruses(usize),
    /// So many values, the chart starting again as often as needed (up to [`Sheet::MOST_BARS`]).
    Values(usize),
    /// So many beats of the meter, the chart starting again as often as needed.
    Beats(usize),
}

/// The chart written out, where the line ends at the latest, and how many values it has at most.
pub(super) fn as_played(
    sheet: &Sheet,
    length: Length,
    longest: Duration,
) -> Result<(Sheet, Time, usize), Error> {
    let whole = |sheet: Sheet, most| {
        let end = sheet.end();
        (sheet, end, most)
    };
    match length {
        Length::Choruses(0) => Err(Error::option("choruses", 0, "at least 1")),
        Length::Values(0) => Err(Error::option("values", 0, "at least 1")),
        Length::Beats(0) => Err(Error::option("beats", 0, "at least 1")),
        Length::Choruses(n) => Ok(whole(sheet.repeated(n)?, usize::MAX)),
        Length::Values(n) => {
            let needed = longest * i64::try_from(n).unwrap_or(i64::MAX);
            let choruses = needed.in_units_of(sheet.end() - Time::ZERO).saturating_add(1);
            let most = Sheet::MOST_BARS / sheet.bars().len();
            let choruses = usize::try_from(choruses).unwrap_or(most).clamp(1, most);
            Ok(whole(sheet.repeated(choruses)?, n))
        }
        Length::Beats(n) => {
            let beats: usize = sheet.bars().iter().map(|bar| usize::from(bar.meter().beats())).sum();
            let sheet = sheet.repeated(n.div_ceil(beats))?;
            let end = behind_beats(&sheet, n);
            Ok((sheet, end, usize::MAX))
        }
    }
}

/// Where so many beats of the meter are over.
fn behind_beats(sheet: &Sheet, beats: usize) -> Time {
    let mut left = beats;
    let mut now = Time::ZERO;
    for bar in sheet.bars() {
        let beats = left.min(usize::from(bar.meter().beats()));
        now += bar.meter().beat() * beats as i64;
        left -= beats;
    }
    now
}

/// The bars of a chart up to the one in which a time falls.
pub(super) fn whole_bars(sheet: &Sheet, end: Time) -> Result<Sheet, Error> {
    let starts = (0..sheet.bars().len()).map(|bar| sheet.bar_start(bar));
    let bars = starts.take_while(|&start| start < end).count();
    let cut = Sheet::new(sheet.bars()[..bars].to_vec())?;
    let cut = cut.with_title(sheet.title()).with_composer(sheet.composer()).with_style(sheet.style());
    Ok(cut.with_key(sheet.key()).with_tempo(sheet.tempo()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choruses_are_written_out_as_far_as_needed() {
        let sheet: Sheet = "title: T\nC | 3/4 F".parse().unwrap();
        let bars = |length| as_played(&sheet, length, Duration::WHOLE).unwrap().0.bars().len();
        assert_eq!(bars(Length::Choruses(3)), 6);
        assert_eq!(bars(Length::Beats(7)), 2);
        assert_eq!(bars(Length::Beats(8)), 4);
        assert!(bars(Length::Values(10)) >= 12);
        assert_eq!(bars(Length::Values(usize::MAX)), Sheet::MOST_BARS);
        let (played, end, _) = as_played(&sheet, Length::Beats(9), Duration::WHOLE).unwrap();
        assert_eq!(end, Time::ZERO + Duration::quarters(9, 1));
        let cut = whole_bars(&played, end).unwrap();
        assert_eq!((cut.bars().len(), cut.title()), (3, "T"));
    }

    #[test]
    fn no_length_and_too_much_are_refused() {
        let sheet: Sheet = "C".parse().unwrap();
        for length in [
            Length::Choruses(0),
            Length::Values(0),
            Length::Beats(0),
            Length::Choruses(usize::MAX),
            Length::Beats(usize::MAX),
        ] {
            assert!(as_played(&sheet, length, Duration::WHOLE).is_err(), "{length:?}");
        }
    }
}
