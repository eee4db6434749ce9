//! Who improvises.

use sideman_improv::classic::ClassicPlayer;
use sideman_improv::grammar::Grammar;
use sideman_improv::line::{self, LineModel, LinePlayer};
use sideman_improv::{Improvisation, Model, built_in};
use sideman_music::Sheet;

use crate::request::SoloistKind;
use crate::{Error, Request};

/// What improvises.
#[derive(Debug)]
pub enum Soloist {
    /// A network that knows the chart and real solos.
    Player(Box<LinePlayer>),
    /// The classic exercise: a network that has learned values of lines.
    Classic(Box<ClassicPlayer>),
    /// Rules with weights.
    Grammar(Box<Grammar>),
}

impl From<Model> for Soloist {
    fn from(model: Model) -> Self {
        match model {
            Model::Line(model) => Self::Player(Box::new(LinePlayer::new(*model))),
            Model::Classic(player) => Self::Classic(player),
        }
    }
}

impl Soloist {
    /// The player that ships.
    ///
    /// # Errors
    /// When the program was built with a model of another version.
    pub fn shipped() -> Result<Self, Error> {
        Self::in_file(Self::shipped_bytes())
    }

    /// The file of the player that ships.
    pub const fn shipped_bytes() -> &'static [u8] {
        line::shipped_bytes()
    }

    /// A player whose weights stay in the bytes of its file.
    ///
    /// # Errors
    /// When it is no player, or one of another version.
    pub fn in_file(bytes: &'static [u8]) -> Result<Self, Error> {
        Ok(Self::Player(Box::new(LinePlayer::new(LineModel::in_file(bytes)?))))
    }

    /// What tells the file of a model from others.
    pub fn fingerprint(model: &[u8]) -> String {
        format!("{:016x}", sideman_corpus::digest(model))
    }

    /// The built-in rules for a style.
    pub fn rules(style: &str) -> Self {
        Self::Grammar(Box::new(built_in::grammar(style)))
    }

    /// Rules of one's own, as text.
    ///
    /// # Errors
    /// When the text is no grammar, with the line.
    pub fn grammar(text: &str) -> Result<Self, Error> {
        Ok(Self::Grammar(Box::new(text.parse()?)))
    }

    /// What takes say of who improvised: a model, its corpus.
    pub fn name(&self) -> String {
        match self {
            Self::Player(player) => {
                player.model().remarks.get("model").map_or("line", String::as_str).to_owned()
            }
            Self::Grammar(_) => "grammar".into(),
            Self::Classic(player) => {
                let entry = |key: &str| player.metadata().get(key).map_or("unknown", String::as_str);
                format!("{}, corpus {}", entry("recipe"), entry("corpus"))
            }
        }
    }

    /// Which of the three it is.
    pub fn kind(&self) -> SoloistKind {
        match self {
            Self::Player(_) => SoloistKind::Player,
            Self::Classic(_) => SoloistKind::Classic,
            Self::Grammar(_) => SoloistKind::Grammar,
        }
    }

    /// The player, for what it alone can do: say how surprising notes are.
    ///
    /// # Errors
    /// When it is someone else who improvises.
    pub fn player(&self) -> Result<&LinePlayer, Error> {
        match self {
            Self::Player(player) => Ok(player),
            other => Err(Error::Wish {
                soloist: other.kind().name(),
                wish: "explain",
                known_by: SoloistKind::Player.name(),
            }),
        }
    }

    /// A solo over a sheet of one chorus: the same soloist, sheet, request and seed give the same notes.
    ///
    /// # Errors
    /// When a wish is not known to this soloist, or cannot be met.
    pub fn improvise(&self, sheet: &Sheet, request: &Request, seed: u64) -> Result<Improvisation, Error> {
        request.check(self.kind())?;
        match self {
            Self::Player(player) => Ok(player.improvise(sheet, &request.to_player(sheet)?, seed)?),
            Self::Classic(player) => Ok(player.improvise(sheet, &request.to_classic(), seed)?),
            Self::Grammar(grammar) => {
                let sheet = sheet.repeated(request.choruses(SoloistKind::Grammar)?)?;
                let solo = grammar.improvise(&sheet, request.instrument, seed)?;
                Ok(Improvisation { sheet, solo, certificate: None })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sideman_improv::line::Controls;

    #[test]
    fn rules_play_what_is_asked_and_refuse_what_they_do_not_know() {
        let sheet: Sheet = "Dm7 | G7 | Cmaj7 | %".parse().unwrap();
        let soloist = Soloist::rules("swing");
        let played = soloist.improvise(&sheet, &Request::default(), 7).unwrap();
        assert_eq!((played.sheet.bars().len(), played.certificate), (8, None));
        assert_eq!(soloist.improvise(&sheet, &Request::default(), 7).unwrap().solo, played.solo);
        let controls = Controls { density: Some(80), ..Controls::default() };
        let denser = Request { controls, ..Request::default() };
        let complaint = soloist.improvise(&sheet, &denser, 7).unwrap_err().to_string();
        assert_eq!(complaint, "the grammar knows no density; leave it out, or ask the player");
        assert!(soloist.player().unwrap_err().to_string().contains("the player"));
    }

    #[test]
    fn a_grammar_that_is_none_is_refused_with_its_line() {
        let complaint = Soloist::grammar("Solo(Y) -> nonsense(").unwrap_err().to_string();
        assert!(complaint.contains("line 1"), "{complaint}");
    }
}
