//! Source files as what they define and name.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Words that begin an item, and are followed by its name.
const ITEMS: [&str; 8] = ["fn", "struct", "enum", "trait", "type", "const", "static", "union"];
const TYPES: [&str; 4] = ["struct", "enum", "trait", "union"];

/// A file of a crate.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) file: PathBuf,
    /// Its path in the crate; empty for the root.
    pub(super) path: Vec<String>,
    pub(super) lines: usize,
    /// Items by name, with those inside of `impl` blocks.
    pub(super) items: BTreeSet<String>,
    /// Of these, what is `pub`.
    pub(super) public: BTreeSet<String>,
    /// Types that it declares and that other files can name.
    pub(super) types: Vec<String>,
    /// Modules below it that other crates may see.
    pub(super) public_modules: BTreeSet<String>,
    pub(super) uses: Vec<Use>,
    /// Paths of two names or more outside of `use`.
    pub(super) paths: Vec<Vec<String>>,
    /// Every name outside of `use`.
    pub(super) words: BTreeSet<String>,
    /// Names of functions, and how many lines they take.
    pub(super) functions: Vec<(String, usize)>,
    /// Modules below it that exist in tests alone.
    pub(super) tests: BTreeSet<String>,
}

/// Who may name an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sight {
    Own,
    Crate,
    All,
}

/// One path of a `use`.
#[derive(Debug, PartialEq)]
pub(super) struct Use {
    pub(super) path: Vec<String>,
    /// The name that it has here.
    pub(super) name: String,
    /// Who else may name it by this module.
    pub(super) sight: Sight,
}

/// Every module below a folder of sources, but for tests.
pub(super) fn read(folder: &Path) -> Result<Vec<Module>, String> {
    let mut files = Vec::new();
    walk(folder, &mut files)?;
    files.sort();
    let modules: Vec<Module> =
        files.into_iter().map(|file| module(folder, file)).collect::<Result<_, _>>()?;
    let is_test = |path: &[String]| {
        (0..path.len()).any(|at| modules.iter().any(|m| m.path == path[..at] && m.tests.contains(&path[at])))
    };
    let tests: Vec<bool> = modules.iter().map(|m| is_test(&m.path)).collect();
    Ok(modules.into_iter().zip(tests).filter(|(_, test)| !test).map(|(module, _)| module).collect())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn module(folder: &Path, file: PathBuf) -> Result<Module, String> {
    let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
    let within = file.strip_prefix(folder).unwrap_or(&file).with_extension("");
    let mut path: Vec<String> = within.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if path.last().is_some_and(|name| ["lib", "main", "mod"].contains(&name.as_str())) {
        path.pop();
    }
    let tokens: TokenStream = text.parse().map_err(|e| format!("{}: {e}", file.display()))?;
    let mut module = Module { path, lines: text.lines().count(), file, ..Module::default() };
    module.take(&tokens.into_iter().collect::<Vec<_>>(), true);
    Ok(module)
}

impl Module {
    /// Takes what stands in some tokens; `top` where they are the file itself.
    fn take(&mut self, tokens: &[TokenTree], top: bool) {
        let (mut at, mut sight) = (0, Sight::Own);
        while at < tokens.len() {
            let word = tokens[at].to_string();
            if word == "#" && is_test(tokens.get(at + 1)) {
                at = self.skip_test(tokens, at + 2);
            } else if word == "use" {
                let end = end_of(tokens, at);
                let seen = |u| Use { sight, ..u };
                self.uses.extend(uses(&[], &tokens[at + 1..end]).into_iter().map(seen));
                (at, sight) = (end + 1, Sight::Own);
            } else if word == "pub" {
                let scoped = matches!(tokens.get(at + 1), Some(TokenTree::Group(g)) if g.delimiter() == Delimiter::Parenthesis);
                sight = if scoped { Sight::Crate } else { Sight::All };
                at += if scoped { 2 } else { 1 };
            } else {
                self.item(tokens, at, sight, top);
                if !["unsafe", "const", "async", "extern"].contains(&word.as_str()) {
                    sight = Sight::Own;
                }
                at += self.other(tokens, at);
            }
        }
    }

    /// An item that begins at a token, where one does.
    fn item(&mut self, tokens: &[TokenTree], at: usize, sight: Sight, top: bool) {
        let word = tokens[at].to_string();
        let Some(TokenTree::Ident(name)) = tokens.get(at + 1) else { return };
        let name = name.to_string();
        if word == "mod" && sight == Sight::All {
            self.public_modules.insert(name.clone());
        }
        if !ITEMS.contains(&word.as_str()) || ITEMS.contains(&name.as_str()) {
            return;
        }
        if word == "fn" {
            let body = tokens[at..].iter().find(|t| is_braces(t)).or(tokens.get(at));
            let lines = body.map_or(0, |b| b.span().end().line - tokens[at].span().start().line + 1);
            self.functions.push((name.clone(), lines));
        }
        if top && sight > Sight::Own && TYPES.contains(&word.as_str()) {
            self.types.push(name.clone());
        }
        if top && sight == Sight::All {
            self.public.insert(name.clone());
        }
        self.items.insert(name);
    }

    /// Takes a path, a word or a group, and says how many tokens it is.
    fn other(&mut self, tokens: &[TokenTree], at: usize) -> usize {
        match &tokens[at] {
            TokenTree::Group(group) => {
                self.take(&group.stream().into_iter().collect::<Vec<_>>(), false);
                1
            }
            TokenTree::Ident(_) => {
                let path = path(&tokens[at..]);
                self.words.extend(path.iter().cloned());
                let length = 3 * path.len() - 2;
                if path.len() > 1 {
                    self.paths.push(path);
                }
                length
            }
            _ => 1,
        }
    }

    /// Passes over an item of tests, and gives where the next one begins.
    fn skip_test(&mut self, tokens: &[TokenTree], from: usize) -> usize {
        let end = tokens[from..].iter().position(|t| is_braces(t) || t.to_string() == ";");
        let item = &tokens[from..from + end.unwrap_or(0)];
        if let Some(at) = item.iter().position(|t| t.to_string() == "mod") {
            self.tests.extend(item.get(at + 1).map(ToString::to_string));
        }
        end.map_or(tokens.len(), |end| from + end + 1)
    }
}

fn is_braces(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether a bracket is `[cfg(test)]`.
fn is_test(bracket: Option<&TokenTree>) -> bool {
    bracket.is_some_and(|b| b.to_string().replace(' ', "") == "[cfg(test)]")
}

fn end_of(tokens: &[TokenTree], from: usize) -> usize {
    tokens[from..].iter().position(|t| t.to_string() == ";").map_or(tokens.len(), |end| from + end)
}

/// The names of a path at the beginning of some tokens.
fn path(tokens: &[TokenTree]) -> Vec<String> {
    let mut names = vec![tokens[0].to_string()];
    let mut rest = &tokens[1..];
    while let [TokenTree::Punct(a), TokenTree::Punct(b), TokenTree::Ident(name), after @ ..] = rest {
        if a.as_char() != ':' || b.as_char() != ':' {
            break;
        }
        names.push(name.to_string());
        rest = after;
    }
    names
}

/// The paths of a tree of `use`, each behind a prefix.
fn uses(prefix: &[String], tree: &[TokenTree]) -> Vec<Use> {
    let branches = tree.split(|token| token.to_string() == ",").filter(|branch| !branch.is_empty());
    branches.flat_map(|branch| branch_of(prefix, branch)).collect()
}

fn branch_of(prefix: &[String], branch: &[TokenTree]) -> Vec<Use> {
    let mut path = prefix.to_vec();
    let mut alias = None;
    for (i, token) in branch.iter().enumerate() {
        match token {
            TokenTree::Group(group) => return uses(&path, &group.stream().into_iter().collect::<Vec<_>>()),
            TokenTree::Ident(word) if *word == "as" => {
                alias = branch.get(i + 1).map(ToString::to_string);
                break;
            }
            TokenTree::Ident(word) => path.push(word.to_string()),
            TokenTree::Punct(mark) if mark.as_char() == '*' => path.push("*".into()),
            _ => {}
        }
    }
    if path.last().is_some_and(|name| name == "self") {
        path.pop();
    }
    let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
    vec![Use { path, name, sight: Sight::Own }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Module {
        let mut module = Module::default();
        module.take(&text.parse::<TokenStream>().unwrap().into_iter().collect::<Vec<_>>(), true);
        module
    }

    #[test]
    fn uses_items_and_paths_are_found_and_tests_are_not() {
        let module = read(
            "pub use a::{b::C, d::{self, E as F}};\npub(crate) struct Own(String);\npub const fn one() -> u8 {\n  other::two()\n}\n\
             #[cfg(test)]\nmod tests { use super::*; struct Not; }\nenum Last {}",
        );
        let found: Vec<(String, &str, Sight)> =
            module.uses.iter().map(|u| (u.path.join("::"), u.name.as_str(), u.sight)).collect();
        let as_written = [("a::b::C", "C"), ("a::d", "d"), ("a::d::E", "F")];
        assert_eq!(found, as_written.map(|(path, name)| (path.to_owned(), name, Sight::All)));
        assert_eq!(module.types, ["Own"]);
        assert!(module.public.contains("one") && !module.public.contains("Own"), "{:?}", module.public);
        assert_eq!(module.functions, [("one".to_owned(), 3)]);
        assert_eq!(module.paths, [["other", "two"]]);
        assert!(module.tests.contains("tests"));
    }
}
