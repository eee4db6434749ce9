//! What was typed and cannot be meant: told in the words of the options, with the exit code of usage.

use std::fmt;

use sideman_session::Error;

/// Options that do not go together, have no effect, or name what there is not.
#[derive(Debug)]
pub(crate) struct Contradiction(String);

impl fmt::Display for Contradiction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Contradiction {}

/// What is said of something that was typed and cannot be meant.
pub(crate) fn misuse(words: impl Into<String>) -> anyhow::Error {
    Contradiction(words.into()).into()
}

/// Refuses a contradiction where there is one.
pub(crate) fn refuse(when: bool, words: impl Into<String>) -> anyhow::Result<()> {
    if when { Err(misuse(words)) } else { Ok(()) }
}

/// The error in the words of the options, where it is one of what was typed.
pub(crate) fn in_words_of_options(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        let contradiction = cause.downcast_ref::<Contradiction>().map(ToString::to_string);
        contradiction.or_else(|| cause.downcast_ref().and_then(wish))
    })
}

fn wish(error: &Error) -> Option<String> {
    match error {
        Error::Wish { soloist, wish, known_by } => {
            Some(format!("{soloist} knows no --{wish}; leave it out, or ask {known_by}"))
        }
        Error::Unmet { wish, words } => Some(format!("--{wish}: {words}")),
        Error::Improv(sideman_improv::Error::Option { option, found, wanted }) => {
            Some(format!("--{option} is {found}; it should be {wanted}"))
        }
        Error::Practice(error) => Some(error.to_string()),
        Error::In { error, .. } => wish(error),
        _ => None,
    }
}
