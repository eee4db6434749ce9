//! What a training has shown.

use sideman_improv::TrainingEvent;

/// What a training has shown, epoch by epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingCurve {
    /// Loss on what it learns from.
    pub training: Vec<f64>,
    /// Loss on tunes it does not learn from; empty where nothing is held out.
    pub held_out: Vec<f64>,
    /// Names and losses of what it must beat.
    pub floors: Vec<(String, f64)>,
    /// What the losses are measured in.
    pub unit: &'static str,
}

impl Default for TrainingCurve {
    fn default() -> Self {
        Self { training: Vec::new(), held_out: Vec::new(), floors: Vec::new(), unit: "nats per value" }
    }
}

impl TrainingCurve {
    /// Takes up what an event shows.
    pub fn add(&mut self, event: &TrainingEvent<'_>) {
        if let TrainingEvent::Epoch(epoch, _) = event {
            self.training.push(epoch.loss);
            self.held_out.extend(epoch.held_out);
        }
    }
}
