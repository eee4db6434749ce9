//! How a grammar is learned, and what it keeps.

/// How a grammar is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrammarOptions {
    /// The length of a window in quarter notes.
    pub window: u8,
    /// Windows for each cluster.
    pub windows_a_cluster: usize,
    /// Clusters that the chain knows before the next.
    pub context: usize,
    /// How windows are kept.
    pub form: WindowForm,
}

impl Default for GrammarOptions {
    /// As in the paper: four beats, twelve windows a cluster, three clusters before the next.
    fn default() -> Self {
        Self { window: 4, windows_a_cluster: 12, context: 3, form: WindowForm::Slopes }
    }
}

/// How a window is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WindowForm {
    /// Categories, and the least and greatest step of each run in one direction.
    Slopes,
    /// Categories alone, for comparison.
    Categories,
    /// Every step as it was, for comparison: transposed quotation.
    Literal,
}
