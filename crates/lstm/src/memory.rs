//! How much memory training takes.

use crate::Shape;
use crate::layout::Layout;
use crate::matrix::padded;

/// Bytes that a network, its trainer and the activations of one chunk of `steps` x `lanes` take together.
///
/// With R = `steps * lanes` rows and every width rounded up to sixteens, the floats are
///
/// ```text
/// R x ( 7 per LSTM unit (8 with dropout above it) + 2 per unit of the widest layer
///       + 2 per context unit (3 with dropout) + 1 per class and expert output + 1 per input column if dropped
///       + 2 for losses )
/// + 9 x parameters + 5 x (4 units of the first layer or a context's units) x values of the features that enter
/// ```
///
/// The first line grows with the chunk: halve `steps` or `lanes` and accumulate two gradients to halve it. The
/// second does not: parameters, gradient, two moments, an average, the packed weights in both directions, and
/// the products of embeddings and weights with their gradients. The batch itself comes on top.
pub fn training_bytes(shape: &Shape, steps: usize, lanes: usize) -> usize {
    let dropout = |thousandths: u16| usize::from(thousandths > 0);
    let last = shape.layers.len().saturating_sub(1);
    let layers = shape.layers.iter().enumerate().map(|(l, &units)| {
        let above = if l == last { shape.dropout.output } else { shape.dropout.hidden };
        (7 + dropout(above)) * padded(units)
    });
    let contexts = shape.contexts.iter().map(|c| (2 + dropout(shape.dropout.output)) * padded(c.width));
    let heads = shape
        .heads
        .iter()
        .map(|h| padded(h.classes) + h.experts.iter().map(|e| padded(e.outputs)).sum::<usize>());
    let widest = shape.layers.iter().map(|&units| padded(units)).max().unwrap_or(0);
    let input = dropout(shape.dropout.input) * padded(shape.input_width(&shape.input));
    let row = layers.chain(contexts).chain(heads).sum::<usize>() + 2 * widest + input + 2;
    let entering = |blocks: &[Vec<crate::Term>], width: usize| {
        let terms = blocks.iter().flatten().filter_map(|term| shape.feature(&term.feature));
        width * terms.map(|f| shape.features[f].width).sum::<usize>()
    };
    let first = entering(&shape.input, 4 * padded(shape.layers.first().copied().unwrap_or(0)));
    let contexts = shape.contexts.iter().map(|c| entering(&c.input, padded(c.width))).sum::<usize>();
    4 * (row * steps * lanes + 9 * Layout::of(shape).len() + 5 * (first + contexts))
}
