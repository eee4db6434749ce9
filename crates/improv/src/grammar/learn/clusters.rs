//! Windows that are alike: k-means from centroids that are spread evenly (Lloyd 1982).

use super::window::AbstractWindow;

const FEATURES: usize = 7;
/// How much each feature counts (Gillick, Tang and Keller 2010).
const WEIGHTS: [f64; FEATURES] = [1.0, 0.5, 1.2, 1.0, 1.0, 1.3, 1.1];
const MOST_ROUNDS: usize = 100;

type FeatureVector = [f64; FEATURES];

/// The centroids of windows.
#[derive(Debug, Clone)]
pub(super) struct Clusters {
    /// The mean of each feature over the corpus, by which it is divided.
    means: FeatureVector,
    centroids: Vec<FeatureVector>,
    objective: Vec<f64>,
}

impl Clusters {
    /// At most so many clusters of windows; those that stay empty are left out.
    pub(super) fn new(windows: &[&AbstractWindow], count: usize) -> Self {
        let mut sorted: Vec<&AbstractWindow> = windows.to_vec();
        sorted.sort();
        let raw: Vec<FeatureVector> = sorted.iter().map(|window| window.features()).collect();
        let mean = |i: usize| raw.iter().map(|features| features[i]).sum::<f64>() / raw.len().max(1) as f64;
        let means = std::array::from_fn(|i| if mean(i) > 0.0 { mean(i) } else { 1.0 });
        let points: Vec<FeatureVector> = raw.iter().map(|features| scaled(features, &means)).collect();
        let (centroids, objective) = lloyd(&points, spread(&points, count));
        Self { means, centroids, objective }
    }

    pub(super) fn count(&self) -> usize {
        self.centroids.len()
    }

    pub(super) fn objective(&self) -> &[f64] {
        &self.objective
    }

    /// The cluster of a window.
    pub(super) fn of(&self, window: &AbstractWindow) -> usize {
        nearest(&scaled(&window.features(), &self.means), &self.centroids).0
    }
}

fn scaled(features: &FeatureVector, means: &FeatureVector) -> FeatureVector {
    std::array::from_fn(|i| features[i] / means[i] * WEIGHTS[i])
}

/// Centroids at even distances between the least and the greatest of each feature.
fn spread(points: &[FeatureVector], count: usize) -> Vec<FeatureVector> {
    let extreme = |i: usize, of: fn(f64, f64) -> f64, from: f64| points.iter().map(|p| p[i]).fold(from, of);
    let least: FeatureVector = std::array::from_fn(|i| extreme(i, f64::min, f64::INFINITY));
    let most: FeatureVector = std::array::from_fn(|i| extreme(i, f64::max, f64::NEG_INFINITY));
    let at = |k: usize| (k as f64 + 0.5) / count as f64;
    (0..count).map(|k| std::array::from_fn(|i| least[i] + at(k) * (most[i] - least[i]))).collect()
}

/// The nearest centroid, the first of equals, and the squared distance to it.
fn nearest(point: &FeatureVector, centroids: &[FeatureVector]) -> (usize, f64) {
    let mut best = (0, f64::INFINITY);
    for (i, centroid) in centroids.iter().enumerate() {
        let mut distance = 0.0;
        for (a, b) in point.iter().zip(centroid) {
            distance += (a - b) * (a - b);
            if distance >= best.1 {
                break;
            }
        }
        if distance < best.1 {
            best = (i, distance);
        }
    }
    best
}

/// Rounds of assignment and new centroids until nothing changes; the objective after each assignment.
fn lloyd(points: &[FeatureVector], mut centroids: Vec<FeatureVector>) -> (Vec<FeatureVector>, Vec<f64>) {
    let mut objective = Vec::new();
    let mut before = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let assigned: Vec<(usize, f64)> = points.iter().map(|point| nearest(point, &centroids)).collect();
        objective.push(assigned.iter().map(|a| a.1).sum());
        let labels: Vec<usize> = assigned.into_iter().map(|a| a.0).collect();
        if labels == before {
            break;
        }
        centroids = means(points, &labels, centroids.len());
        before = compact(&labels);
    }
    (centroids, objective)
}

/// The mean of the points of each label that has any.
fn means(points: &[FeatureVector], labels: &[usize], count: usize) -> Vec<FeatureVector> {
    let mut sums = vec![([0.0; FEATURES], 0usize); count];
    for (point, &label) in points.iter().zip(labels) {
        sums[label].0.iter_mut().zip(point).for_each(|(sum, value)| *sum += value);
        sums[label].1 += 1;
    }
    let mean = |(sum, size): ([f64; FEATURES], usize)| sum.map(|value| value / size as f64);
    sums.into_iter().filter(|sum| sum.1 > 0).map(mean).collect()
}

/// Labels counted anew without those that no point has.
fn compact(labels: &[usize]) -> Vec<usize> {
    let mut used = labels.to_vec();
    used.sort_unstable();
    used.dedup();
    labels.iter().map(|label| used.binary_search(label).unwrap_or(0)).collect()
}
