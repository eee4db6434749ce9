//! What is asked, as it comes from either door.

use std::str::FromStr;

use serde::de::DeserializeOwned;

use crate::problem::{Answer, Problem};

/// A call of `docs/studio.md`.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// `GET`, `POST` or `DELETE`.
    pub method: String,
    /// From the first slash on.
    pub path: String,
    /// What stands behind the question mark.
    pub query: String,
    /// JSON, or a file.
    pub body: Vec<u8>,
}

impl Ask {
    /// The query, read as what a call takes.
    pub(crate) fn query<T: DeserializeOwned>(&self) -> Answer<T> {
        serde_urlencoded::from_str(&self.query).map_err(|error| Problem::new(Problem::UNREADABLE, error))
    }

    /// The body, read as what a call takes.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Answer<T> {
        serde_json::from_slice(&self.body).map_err(|error| match error.is_data() {
            true => Problem::asked(error),
            false => Problem::new(Problem::UNREADABLE, error),
        })
    }
}

/// The parts of a path that differ from call to call, in their order: numbers and names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct PathParts<'a>(Vec<&'a str>);

impl<'a> PathParts<'a> {
    /// Those of a path that fits a pattern such as `takes/{id}/score`.
    pub(crate) fn of(pattern: &str, path: &'a str) -> Option<Self> {
        let (wanted, found) = (pattern.split('/'), path.split('/'));
        if wanted.clone().count() != found.clone().count() {
            return None;
        }
        let mut places = Vec::new();
        for (wanted, found) in wanted.zip(found) {
            match wanted.starts_with('{') {
                true => places.push(found),
                false if wanted == found => {}
                false => return None,
            }
        }
        Some(Self(places))
    }

    pub(crate) fn name(&self, nth: usize) -> &'a str {
        self.0.get(nth).copied().unwrap_or_default()
    }

    pub(crate) fn number<T: FromStr>(&self, nth: usize) -> Answer<T> {
        let name = self.name(nth);
        name.parse()
            .map_err(|_| Problem::new(Problem::UNREADABLE, format!("{name:?} is no number of anything")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_fits_a_pattern_of_as_many_parts() {
        let places = PathParts::of("takes/{id}/stems/{part}", "takes/7/stems/2").unwrap();
        assert_eq!((places.name(0), places.number::<usize>(1).unwrap()), ("7", 2));
        assert!(places.number::<u8>(2).is_err() && PathParts::of("takes/{id}", "takes/1/2").is_none());
        assert_eq!(
            (PathParts::of("takes", "trades"), PathParts::of("takes", "takes")),
            (None, Some(PathParts(vec![])))
        );
    }

    #[test]
    fn what_is_no_json_is_told_from_what_is_another_one() {
        let status = |body: &str| {
            let ask = Ask { body: body.into(), ..Ask::default() };
            ask.json::<Vec<u8>>().err().map(|problem| problem.status())
        };
        assert_eq!([status("[1"), status("[-1]"), status("[1]")], [Some(400), Some(422), None]);
    }
}
