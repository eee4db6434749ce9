//! Which module of a crate reaches which.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Module, Sight, Use};

type Path = Vec<String>;
type Edges = BTreeMap<Path, BTreeSet<Path>>;

/// How often a re-export is followed.
const MOST_STEPS: usize = 8;

/// The modules of a crate with the arrows between them.
pub(super) struct Graph<'a> {
    modules: BTreeMap<&'a [String], &'a Module>,
    edges: Edges,
}

/// What a path leads to.
enum End {
    Module,
    /// An item, and the module that defines it.
    Item(Path, String),
}

impl<'a> Graph<'a> {
    pub(super) fn new(modules: &'a [Module]) -> Self {
        let modules = modules.iter().map(|m| (&m.path[..], m)).collect();
        let mut graph = Self { modules, edges: Edges::new() };
        graph.edges = graph.modules.values().map(|m| (m.path.clone(), graph.seen(m))).collect();
        graph
    }

    /// The files that a module takes items from.
    fn seen(&self, module: &Module) -> BTreeSet<Path> {
        let named = |name: &String| module.words.contains(name);
        let handed_on = |u: &&Use| u.sight == Sight::Own || named(&u.name);
        let used = module.uses.iter().filter(handed_on).map(|u| u.path.clone());
        let within = module.paths.iter().map(|path| {
            let through = module.uses.iter().find(|u| u.name == path[0]);
            let base = through.map_or_else(|| vec![path[0].clone()], |u| u.path.clone());
            base.into_iter().chain(path[1..].iter().cloned()).collect()
        });
        let ends = used.chain(within).filter_map(|path: Path| self.end(&module.path, &path, 0));
        let items = ends.filter_map(|end| match end {
            End::Item(owner, _) => Some(owner),
            End::Module => None,
        });
        items.filter(|owner| *owner != module.path).collect()
    }

    /// Where a path leads that is named in a module.
    fn end(&self, from: &[String], path: &[String], steps: usize) -> Option<End> {
        let mut rest = path;
        let mut at = from.to_vec();
        match path.first()?.as_str() {
            "crate" => (at, rest) = (Vec::new(), &path[1..]),
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|name| name == "super") {
                    at.pop()?;
                    rest = &rest[1..];
                }
            }
            _ => {}
        }
        let outside = at == from && !self.modules.contains_key(&child(&at, path.first()?)[..]);
        if outside && path[0] != "self" && !self.hands_on(&at, &path[0]) {
            return None;
        }
        while let Some(name) = rest.first().filter(|name| self.modules.contains_key(&child(&at, name)[..])) {
            at = child(&at, name);
            rest = &rest[1..];
        }
        let Some(name) = rest.first() else { return Some(End::Module) };
        let module = self.modules.get(&at[..])?;
        if name == "*" || module.items.contains(name) {
            return Some(End::Item(at, name.clone()));
        }
        let through = module.uses.iter().find(|u| u.name == *name).filter(|_| steps < MOST_STEPS)?;
        let onward: Path = through.path.iter().chain(&rest[1..]).cloned().collect();
        if onward == path { None } else { self.end(&at, &onward, steps + 1) }
    }

    fn hands_on(&self, at: &[String], name: &str) -> bool {
        self.modules.get(at).is_some_and(|m| m.uses.iter().any(|u| u.name == name && u.path[0] != name))
    }

    /// Files that reach one another.
    pub(super) fn circles(&self) -> Vec<String> {
        described(&self.edges)
    }

    /// Children of one module that reach one another, each with all that stands below it.
    pub(super) fn circles_of_siblings(&self) -> Vec<String> {
        let parents: BTreeSet<&[String]> =
            self.edges.keys().filter_map(|p| Some(p.split_last()?.1)).collect();
        let among = |parent: &[String]| {
            let side = |path: &Path| {
                path.starts_with(parent).then(|| path.get(..=parent.len())).flatten().map(<[_]>::to_vec)
            };
            let mut edges = Edges::new();
            for (from, to) in self.edges.iter().flat_map(|(from, all)| all.iter().map(move |to| (from, to))) {
                if let (Some(from), Some(to)) = (side(from), side(to)) {
                    edges.entry(to.clone()).or_default();
                    let seen = edges.entry(from.clone()).or_default();
                    if from != to {
                        seen.insert(to);
                    }
                }
            }
            described(&edges)
        };
        parents.into_iter().flat_map(among).collect()
    }

    /// The items that other crates can name.
    pub(super) fn exported(&self) -> BTreeSet<String> {
        let is_public = |path: &[String]| {
            (0..path.len())
                .all(|at| self.modules.get(&path[..at]).is_some_and(|m| m.public_modules.contains(&path[at])))
        };
        let open = self.modules.values().filter(|m| is_public(&m.path));
        let items = open.flat_map(|m| {
            let handed_on =
                m.uses.iter().filter(|u| u.sight == Sight::All).filter_map(|u| self.end(&m.path, &u.path, 0));
            let handed_on = handed_on.filter_map(|end| match end {
                End::Item(_, name) => Some(name),
                End::Module => None,
            });
            m.public.iter().cloned().chain(handed_on)
        });
        items.collect()
    }
}

fn child(parent: &[String], name: &str) -> Path {
    parent.iter().cloned().chain([name.to_owned()]).collect()
}

/// Each set of nodes that reach one another, in words.
fn described(edges: &Edges) -> Vec<String> {
    let reach: Edges = edges.keys().map(|from| (from.clone(), reached(edges, from))).collect();
    let mut told: BTreeSet<&Path> = BTreeSet::new();
    let mut circles = Vec::new();
    for from in reach.keys().filter(|from| reach[*from].contains(*from)) {
        let circle: Vec<&Path> =
            reach[from].iter().filter(|to| reach.get(*to).is_some_and(|r| r.contains(from))).collect();
        if circle.len() > 1 && told.insert(circle[0]) {
            let names =
                circle.iter().map(|path| if path.is_empty() { "the root".into() } else { path.join("::") });
            circles.push(names.collect::<Vec<_>>().join(" ↔ "));
        }
    }
    circles
}

/// What can be reached from a node over one arrow or more.
fn reached(edges: &Edges, from: &Path) -> BTreeSet<Path> {
    let mut found = BTreeSet::new();
    let mut next: Vec<&Path> = edges.get(from).into_iter().flatten().collect();
    while let Some(path) = next.pop() {
        if found.insert(path.clone()) {
            next.extend(edges.get(path).into_iter().flatten());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn module(path: &str, items: &[&str], uses: &[&str]) -> Module {
        let used = |path: &&str| {
            let (sight, path) =
                path.strip_prefix("pub ").map_or((Sight::Own, *path), |path| (Sight::All, path));
            let path: Path = path.split("::").map(str::to_owned).collect();
            Use { name: path[path.len() - 1].clone(), path, sight }
        };
        Module {
            path: path.split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect(),
            items: items.iter().map(|&item| item.to_owned()).collect(),
            uses: uses.iter().map(used).collect(),
            ..Module::default()
        }
    }

    #[test]
    fn a_circle_through_a_re_export_is_found() {
        let modules = [
            module("", &[], &["pub a::A"]),
            module("a", &["A"], &["crate::b::B"]),
            module("b", &["B"], &["crate::A"]),
            module("c", &["C"], &["super::a::A", "super::b::B"]),
        ];
        let graph = Graph::new(&modules);
        assert_eq!(graph.circles(), ["a ↔ b"]);
        assert_eq!(graph.circles_of_siblings(), ["a ↔ b"]);
    }

    #[test]
    fn parents_that_hand_on_form_no_circle_but_their_trees_may() {
        let modules = [
            module("a", &["helper"], &["pub self::inner::Inner"]),
            module("a::inner", &["Inner"], &["super::helper"]),
            module("a::other", &["Other"], &["crate::b::B"]),
            module("b", &["B"], &["crate::a::inner::Inner"]),
        ];
        let graph = Graph::new(&modules);
        assert!(graph.circles().is_empty(), "{:?}", graph.circles());
        assert_eq!(graph.circles_of_siblings(), ["a ↔ b"]);
    }
}
