//! What followed which context: the tree of Lempel and Ziv, and that of all contexts up to a length.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::progression::HarmonicSymbol;

/// A tree of contexts with what followed them, interpolated from the shortest context to the longest that was seen:
/// each escapes to the one below with the weight of its different followers (Witten and Bell, *The zero-frequency
/// problem*, IEEE Trans. Inf. Theory 37, 1991, method C), the empty one to the uniform distribution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContextTree {
    children: BTreeMap<(u32, HarmonicSymbol), u32>,
    nodes: Vec<ContextNode>,
    /// The longest context.
    deepest: usize,
}

/// How often a context was seen, what followed it, and how long it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct ContextNode {
    seen: u32,
    /// Different followers.
    types: u32,
    /// Followers in all.
    followed: u32,
    depth: u32,
}

const ROOT: u32 = 0;

impl Default for ContextTree {
    fn default() -> Self {
        Self { children: BTreeMap::new(), nodes: vec![ContextNode::default()], deepest: 0 }
    }
}

impl ContextTree {
    /// The tree that Lempel and Ziv's parsing of 1978 grows: each sequence is cut into phrases, each the shortest that
    /// was not seen before. The order of the sequences plays no part.
    pub fn lempel_ziv(mut sequences: Vec<Vec<HarmonicSymbol>>) -> Self {
        sequences.sort();
        let mut tree = Self::default();
        for sequence in &sequences {
            let mut node = ROOT;
            for &symbol in sequence {
                let (child, new) = tree.count(node, symbol);
                node = if new { ROOT } else { child };
            }
        }
        tree
    }

    /// The tree of all contexts of at most `longest` symbols in tunes, each in one version or several. What a tune says
    /// over and over, it says once: sections come again, and so does a tune in every book.
    pub fn of_contexts(longest: usize, tunes: &[Vec<Vec<HarmonicSymbol>>]) -> Self {
        let mut tree = Self::default();
        for versions in tunes {
            let mut said = BTreeSet::new();
            for sequence in versions {
                let mut contexts = vec![ROOT];
                for &symbol in sequence {
                    let longer = |&node: &u32| match said.insert((node, symbol)) {
                        true => tree.count(node, symbol).0,
                        false => tree.children[&(node, symbol)],
                    };
                    let after: Vec<u32> = contexts.iter().map(longer).collect();
                    contexts = [ROOT].into_iter().chain(after).take(longest + 1).collect();
                }
            }
        }
        tree
    }

    /// Counts a symbol after a context; gives the longer context, and whether it is new.
    fn count(&mut self, node: u32, symbol: HarmonicSymbol) -> (u32, bool) {
        self.add(node, symbol, 1)
    }

    fn add(&mut self, node: u32, symbol: HarmonicSymbol, times: u32) -> (u32, bool) {
        let next = self.nodes.len() as u32;
        let child = *self.children.entry((node, symbol)).or_insert(next);
        let depth = self.nodes[node as usize].depth;
        if child == next {
            self.nodes[node as usize].types += 1;
            self.nodes.push(ContextNode { depth: depth + 1, ..ContextNode::default() });
            self.deepest = self.deepest.max(depth as usize);
        }
        self.nodes[node as usize].followed += times;
        self.nodes[child as usize].seen += times;
        (child, child == next)
    }

    /// The probability that a symbol comes after others.
    pub fn probability(&self, history: &[HarmonicSymbol], symbol: HarmonicSymbol) -> f64 {
        let uniform = 1.0 / HarmonicSymbol::COUNT as f64;
        (0..=history.len().min(self.deepest)).fold(uniform, |below, length| {
            let Some(node) = self.node(&history[history.len() - length..]) else { return below };
            let ContextNode { types, followed, .. } = self.nodes[node as usize];
            let seen = self.children.get(&(node, symbol)).map_or(0, |&child| self.nodes[child as usize].seen);
            let all = f64::from(followed) + f64::from(types);
            if all > 0.0 { (f64::from(seen) + f64::from(types) * below) / all } else { below }
        })
    }

    fn node(&self, context: &[HarmonicSymbol]) -> Option<u32> {
        context.iter().try_fold(ROOT, |node, &symbol| self.children.get(&(node, symbol)).copied())
    }

    /// The surprise of each symbol of a sequence, in bits.
    pub fn bits(&self, sequence: &[HarmonicSymbol]) -> Vec<f64> {
        let after = |(i, &symbol)| -self.probability(&sequence[..i], symbol).log2();
        sequence.iter().enumerate().map(after).collect()
    }

    /// The longest context.
    pub(super) const fn deepest(&self) -> usize {
        self.deepest
    }

    /// How many contexts it holds.
    pub fn contexts(&self) -> usize {
        self.nodes.len()
    }

    /// The tree of lines as they are written, and the first line that is none of a tree.
    pub(super) fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Self, &'a str> {
        const DEEPEST: usize = 64;
        let mut tree = Self::default();
        let mut path = vec![ROOT];
        for line in lines {
            let parts = line.split_once(' ').and_then(|(depth, rest)| Some((depth, rest.rsplit_once(' ')?)));
            let (depth, (symbol, seen)) = parts.ok_or(line)?;
            let depth: usize = depth.parse().map_err(|_| line)?;
            if depth >= path.len() || depth > DEEPEST {
                return Err(line);
            }
            path.truncate(depth + 1);
            let seen = seen.parse().ok().filter(|&seen: &u32| (1..=1 << 20).contains(&seen)).ok_or(line)?;
            let (child, new) = tree.add(path[depth], symbol.parse().map_err(|()| line)?, seen);
            if !new {
                return Err(line);
            }
            path.push(child);
        }
        Ok(tree)
    }
}

impl fmt::Display for ContextTree {
    /// A line for each context but the empty one, behind that which it goes on from: the length of that one, the symbol,
    /// and how often it was seen.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut waiting = vec![(ROOT, None)];
        while let Some((node, symbol)) = waiting.pop() {
            let ContextNode { seen, depth, .. } = self.nodes[node as usize];
            if let Some(symbol) = symbol {
                writeln!(f, "{} {symbol} {seen}", depth - 1)?;
            }
            let least = HarmonicSymbol::LEAST;
            let children = self.children.range((node, least)..(node + 1, least)).rev();
            waiting.extend(children.map(|(&(_, symbol), &child)| (child, Some(symbol))));
        }
        Ok(())
    }
}
