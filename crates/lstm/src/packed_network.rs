//! A network's weights, packed for products.

use crate::Shape;
use crate::head::HeadLayer;
use crate::hidden::HiddenLayer;
use crate::kernel::InstructionSet;
use crate::layer::Layer;
use crate::network::Network;
use crate::packed::{Precision, Purpose};
use crate::threads::ThreadPool;

/// The layers of a network, ready for products.
#[derive(Debug)]
pub(crate) struct PackedNetwork {
    pub(crate) shape: Shape,
    pub(crate) layers: Vec<Layer>,
    pub(crate) contexts: Vec<HiddenLayer>,
    pub(crate) heads: Vec<HeadLayer>,
}

impl PackedNetwork {
    /// Room for the weights; those of LSTM layers and heads in `precision`, of which training knows single alone.
    pub(crate) fn new(network: &Network, precision: Precision) -> PackedNetwork {
        let shape = network.shape();
        PackedNetwork {
            shape: shape.clone(),
            layers: (0..shape.layers.len()).map(|l| Layer::new(network, l, precision)).collect(),
            contexts: (0..shape.contexts.len()).map(|c| HiddenLayer::new(network, c)).collect(),
            heads: (0..shape.heads.len()).map(|h| HeadLayer::new(network, h, precision)).collect(),
        }
    }

    /// Packs the weights as they are now.
    pub(crate) fn refresh(
        &mut self,
        network: &Network,
        isa: InstructionSet,
        pool: &mut ThreadPool,
        purpose: Purpose,
    ) {
        let PackedNetwork { layers, contexts, heads, .. } = self;
        let layers = layers.iter_mut().flat_map(|layer| layer.packing(network, isa, purpose));
        let contexts = contexts.iter_mut().flat_map(|context| context.packing(network, isa, purpose));
        let heads = heads.iter_mut().flat_map(|head| head.packing(network, isa, purpose));
        pool.each(layers.chain(contexts).chain(heads).collect(), |job| job());
    }
}
