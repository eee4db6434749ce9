//! Charts of iReal Pro: `irealb://` links, scrambled, and `irealbook://` links, plain.
//!
//! A link holds one song or a playlist; a text or HTML page may hold many links. Nothing is downloaded. The
//! form is written out: repeats, endings, da capo, dal segno, coda, fine. A song stands in the key in which its player has
//! set it; titles and composers, which the program turns round for sorting, are as they are said.
//!
//! ```
//! use sideman_formats::ireal;
//! let tunes = ireal::read(b"irealbook://Example=Nobody=Swing=C=n=[T44D-7 |G7 |C^7 | x Z")?;
//! assert_eq!(tunes[0].sheet.bars().len(), 4);
//! # Ok::<(), sideman_formats::Error>(())
//! ```

mod link;
mod names;
mod page;
mod write;

use sideman_music::{Key, Mode, OrderOfPlay, PitchClass, Sheet, Tempo};

use crate::{Error, Location, PlayedForm, Tune, order};
use link::Song;

pub use write::write;

/// Every song of every link. One that cannot be read is left out, with a warning on the song before it or the
/// first.
///
/// # Errors
/// When there is no link, or no song can be read.
pub fn read(bytes: &[u8]) -> Result<Vec<Tune>, Error> {
    let text = String::from_utf8_lossy(bytes);
    let songs = link::songs(&text);
    let read = songs.iter().map(|song| (&song.title, read_song(song)));
    Tune::readable(bytes.len(), read)
        .unwrap_or(Err(Error::NotThisFormat("an irealb:// or irealbook:// link")))
}

fn read_song(song: &Song) -> Result<Tune, Error> {
    let mut warnings = Vec::new();
    let page = page::read(&song.music, &mut warnings)?;
    let (bars, signs): (Vec<_>, Vec<_>) = page.into_iter().map(|bar| (bar.bar, bar.signs)).unzip();
    let order = OrderOfPlay::of(&signs);
    order::bounded(&order.steps, "chart")?;
    warnings.extend(order::warnings(&order, |measure| Location::BarOnPage(measure + 1)));
    let played = order::written_out(&bars, &order.steps);
    let sheet = Sheet::new(played).map_err(Error::in_part("chart"))?;
    let sheet = sheet.with_title(&song.title).with_composer(&song.composer).with_style(&song.style);
    let tempo = song.tempo.parse().ok().filter(|bpm| (1..1000).contains(bpm)).map(Tempo::bpm);
    let sheet = sheet.with_key(song.key.parse().ok()).with_tempo(tempo);
    let apart = order::apart(&sheet, &bars, &order);
    let set = |sheet: Sheet| match players_key(&sheet, song) {
        Some(key) => sheet.in_key(key),
        None => sheet,
    };
    let apart = apart.into_iter().map(set).collect();
    Ok(Tune::chart(set(sheet), warnings).with_form(PlayedForm::of_bars(&order, apart)))
}

/// The key in which the player has set a song, where it is another than the song's own.
fn players_key(sheet: &Sheet, song: &Song) -> Option<Key> {
    let key = sheet.key()?;
    let from_c = match key.mode() {
        Mode::Major => 0,
        Mode::Minor => 9,
    };
    let tonic = PitchClass::new(song.set_in? + from_c);
    Some(key.transposed(key.tonic().class().up_to(tonic))).filter(|&set| set != key)
}

#[cfg(test)]
mod tests;
