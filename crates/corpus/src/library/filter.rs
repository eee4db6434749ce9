//! Filters: which pieces make a smaller corpus.

use std::str::FromStr;

use crate::{Piece, title_key};

/// A condition on a piece, such as `performer=Charlie Parker`, `style!=free`, `title~blues` or `tempo>200`.
///
/// Texts compare as [`title_key`] has them, so case, accents and blanks do not matter; `~` is "contains".
#[derive(Debug, Clone)]
pub struct Filter {
    field: Field,
    relation: FilterRelation,
    value: String,
}

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no filter; write one such as performer=Charlie Parker, with one of id, title, composer, style, \
     performer, instrument, feel, key and =, != or ~, or one of tempo, bars, notes and =, !=, < or >"
)]
pub struct FilterError(String);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FilterRelation {
    Is,
    IsNot,
    Contains,
    Below,
    Above,
}

const RELATIONS: [(&str, FilterRelation); 5] = [
    ("!=", FilterRelation::IsNot),
    ("=", FilterRelation::Is),
    ("~", FilterRelation::Contains),
    ("<", FilterRelation::Below),
    (">", FilterRelation::Above),
];

#[derive(Debug, Clone, Copy)]
enum Field {
    Text(fn(&Piece) -> String),
    Number(fn(&Piece) -> Option<f64>),
}

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "id" => Field::Text(|p| p.id.clone()),
        "title" => Field::Text(|p| p.sheet.title().to_owned()),
        "composer" => Field::Text(|p| p.sheet.composer().to_owned()),
        "style" => Field::Text(|p| p.sheet.style().to_owned()),
        "performer" => Field::Text(|p| p.credits.performer.clone()),
        "instrument" => Field::Text(|p| p.credits.instrument.map_or(String::new(), |i| i.name().to_owned())),
        "feel" => Field::Text(|p| p.credits.feel.clone()),
        "key" => Field::Text(|p| p.sheet.key().map_or(String::new(), |k| k.to_string())),
        "tempo" => Field::Number(|p| p.sheet.tempo().map(|t| t.to_bpm().into())),
        "bars" => Field::Number(|p| Some(p.sheet.bars().len() as f64)),
        "notes" => Field::Number(|p| Some(p.solo.as_ref().map_or(0, |s| s.notes().len()) as f64)),
        _ => return None,
    })
}

impl Filter {
    /// Whether a piece meets it; what is unknown of a piece equals nothing.
    pub fn passes(&self, piece: &Piece) -> bool {
        match self.field {
            Field::Text(of) => {
                let (own, value) = (plain(&of(piece)), plain(&self.value));
                match self.relation {
                    FilterRelation::Contains => own.contains(&value),
                    FilterRelation::IsNot => own != value,
                    _ => own == value,
                }
            }
            Field::Number(of) => {
                let value: f64 = self.value.parse().unwrap_or(f64::NAN);
                of(piece).map_or(self.relation == FilterRelation::IsNot, |own| match self.relation {
                    FilterRelation::Below => own < value,
                    FilterRelation::Above => own > value,
                    FilterRelation::IsNot => own != value,
                    _ => own == value,
                })
            }
        }
    }
}

/// A text as it compares: its title key, or itself where that is empty.
fn plain(text: &str) -> String {
    let key = title_key(text);
    if key.is_empty() { text.trim().to_lowercase() } else { key }
}

impl FromStr for Filter {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, FilterError> {
        let fail = || FilterError(text.to_owned());
        let at = text.find(['!', '=', '~', '<', '>']).ok_or_else(fail)?;
        let (name, rest) = text.split_at(at);
        let found = RELATIONS.into_iter().find_map(|(sign, r)| Some((r, rest.strip_prefix(sign)?)));
        let (relation, value) = found.ok_or_else(fail)?;
        let field = field(&name.trim().to_lowercase()).ok_or_else(fail)?;
        let (ordered, value) =
            (matches!(relation, FilterRelation::Below | FilterRelation::Above), value.trim().to_owned());
        let fits = match field {
            Field::Text(_) => !ordered,
            Field::Number(_) => relation != FilterRelation::Contains && value.parse::<f64>().is_ok(),
        };
        if fits { Ok(Self { field, relation, value }) } else { Err(fail()) }
    }
}
