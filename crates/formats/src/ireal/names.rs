//! Titles and composers, which the program keeps turned round for sorting: `Gentle Study, The`, `Doe Jane`.

/// What the program writes where it knows no composer.
pub(super) const NO_COMPOSER: &str = "Composer Unknown";

/// Articles that stand behind a comma.
const ARTICLES: [&str; 14] =
    ["The", "A", "An", "Le", "La", "Les", "L'", "El", "Los", "Las", "Il", "Der", "Die", "Das"];

/// Those of them with which a title is written so.
const ENGLISH: [&str; 3] = ["The", "A", "An"];

/// The title as it is said: `The Gentle Study`.
pub(super) fn as_said(title: &str) -> String {
    let (name, article) = title.trim().rsplit_once(", ").unwrap_or((title.trim(), ""));
    match ARTICLES.contains(&article) {
        true if article.ends_with('\'') => format!("{article}{name}"),
        true => format!("{article} {name}"),
        false => title.trim().to_owned(),
    }
}

/// The title as it is sorted: `Gentle Study, The`.
pub(super) fn for_sorting(title: &str) -> String {
    match title.split_once(' ').filter(|(article, name)| ENGLISH.contains(article) && !name.is_empty()) {
        Some((article, name)) => format!("{name}, {article}"),
        None => title.to_owned(),
    }
}

/// A name of two words turned round, which reads and writes it; any other, and one that joins several people by a
/// sign, stays. That of no one is empty.
pub(super) fn turned(composer: &str) -> String {
    let words: Vec<&str> = composer.split_whitespace().collect();
    match words[..] {
        _ if composer == NO_COMPOSER => String::new(),
        [family, given] if !composer.contains([',', '&', '-', '/', '+']) => format!("{given} {family}"),
        _ => composer.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_turned_round_and_back() {
        let titles = [
            ("Small Hours, The", "The Small Hours"),
            ("Walk, A", "A Walk"),
            ("Early, the Late, An", "An Early, the Late"),
        ];
        for (sorted, said) in titles {
            assert_eq!((as_said(sorted).as_str(), for_sorting(said).as_str()), (said, sorted));
        }
        assert_eq!([as_said("Nuit, La"), as_said("Heure, L'")], ["La Nuit", "L'Heure"]);
        for title in ["Then", "Now, Then", "The", "", "Blues for A"] {
            assert_eq!([as_said(title), for_sorting(title)], [title, title]);
        }
        for (stored, said) in
            [("Roe Mary", "Mary Roe"), ("Roe  Mary ", "Mary Roe"), ("Roe", "Roe"), (NO_COMPOSER, "")]
        {
            assert_eq!(turned(stored), said);
        }
        for composer in ["Van Roe Mary", "Roe-Doe Mary", "Roe, Doe", "Roe &Doe", "", "A.Roe/B. Doe"] {
            assert_eq!(turned(composer), composer);
        }
    }
}
