//! What is checked of a score's XML before it is parsed: a parser compares each attribute of an element with the
//! others, and each name with every namespace that its place knows.

use memchr::{memchr, memchr2};

use crate::{Error, Location};

/// The most attributes of an element; MusicXML knows some thirty.
const ATTRIBUTES: usize = 128;
/// How deep elements may be nested; scores stay below 20.
const DEPTH: usize = 256;
/// The most declarations of a namespace.
const NAMESPACES: usize = 256;

/// Whether the elements of a text are as small and as flat as those of a score.
pub(super) fn check(xml: &str) -> Result<(), Error> {
    let (mut depth, mut namespaces) = (0_usize, 0);
    for tag in tags(xml) {
        let attributes = if tag.starts_with('/') { 0 } else { attributes(tag) };
        if attributes > ATTRIBUTES {
            return Err(strange(xml, tag, "an element of more than 128 attributes"));
        }
        if attributes > 0 {
            namespaces += tag.matches("xmlns").count();
        }
        if namespaces > NAMESPACES {
            return Err(strange(xml, tag, "more than 256 declarations of namespaces"));
        }
        if tag.starts_with('/') {
            depth = depth.saturating_sub(1);
        } else if !tag.ends_with('/') {
            depth += 1;
        }
        if depth > DEPTH {
            return Err(strange(xml, tag, "elements that are nested more than 256 deep"));
        }
    }
    Ok(())
}

/// What stands between `<` and `>`, of elements alone, and of their ends the first character: comments, instructions and
/// plain characters are left out.
fn tags(xml: &str) -> impl Iterator<Item = &str> {
    let mut rest = xml;
    std::iter::from_fn(move || {
        loop {
            rest = &rest[memchr(b'<', rest.as_bytes())? + 1..];
            let skipped = match rest.as_bytes().first() {
                Some(b'!') => &[("!--", "-->"), ("![CDATA[", "]]>"), ("!", ">")][..],
                Some(b'?') => &[("?", "?>")],
                Some(b'/') => return Some(&rest[..1]),
                _ => &[],
            };
            match skipped.iter().find(|(start, _)| rest.starts_with(start)) {
                Some((_, end)) => rest = rest.find(end).map_or("", |at| &rest[at..]),
                None => {
                    let tag = &rest[..end_of_tag(rest)];
                    rest = &rest[tag.len()..];
                    return Some(tag);
                }
            }
        }
    })
}

/// Where a tag ends: at the first `>` outside of quotes.
fn end_of_tag(text: &str) -> usize {
    let first = memchr(b'>', text.as_bytes()).unwrap_or(text.len());
    if memchr2(b'"', b'\'', &text.as_bytes()[..first]).is_none() {
        return first;
    }
    let mut quote = None;
    let ends = |b: u8| match quote {
        None if matches!(b, b'"' | b'\'') => {
            quote = Some(b);
            false
        }
        None => b == b'>',
        Some(open) => {
            quote = quote.filter(|_| b != open);
            false
        }
    };
    text.bytes().position(ends).unwrap_or(text.len())
}

/// How many values a tag gives: each stands behind an equals sign.
fn attributes(tag: &str) -> usize {
    tag.bytes().filter(|&b| b == b'=').count()
}

fn strange(xml: &str, tag: &str, what: &str) -> Error {
    let before = &xml[..tag.as_ptr() as usize - xml.as_ptr() as usize];
    Error::Unsupported {
        place: Location::Line(1 + before.matches('\n').count()),
        what: what.into(),
        hint: "no program writes such a score: export it anew",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(xml: &str) -> Option<String> {
        check(xml).err().map(|error| error.to_string())
    }

    #[test]
    fn what_no_score_has_is_refused_with_its_line() {
        let many: String = (0..=ATTRIBUTES).map(|i| format!(" a{i}='>'")).collect();
        let spaces: String = (0..=NAMESPACES).map(|i| format!("<a xmlns='{i}'/>\n")).collect();
        for (xml, words) in [
            (format!("<a>\n<b{many}/></a>"), "line 2: an element of more than 128 attributes"),
            (spaces, "line 257: more than 256 declarations of namespaces"),
            ("<a>".repeat(DEPTH + 1), "line 1: elements that are nested more than 256 deep"),
        ] {
            assert!(complaint(&xml).is_some_and(|said| said.contains(words)), "{:?}", complaint(&xml));
        }
    }

    #[test]
    fn comments_and_characters_are_no_elements() {
        let equals = "=<a>".repeat(1000);
        let xml = format!("<?xml?><!DOCTYPE s><s><!--{equals}--><w><![CDATA[{equals}]]></w></s>");
        assert_eq!(complaint(&xml), None);
        assert_eq!(complaint(&"<a></a><b x='/>'/>".repeat(1000)), None);
        assert_eq!(complaint("<!-- never ends <a "), None);
    }
}
