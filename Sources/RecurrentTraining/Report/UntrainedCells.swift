internal import Recurrent

/// A plain RNN, a GRU and an LSTM of some sizes, without a projection, with first weights as PyTorch draws them, from
/// U(−1/√H, 1/√H).
struct UntrainedCells {
  private let shape: StackShape

  init(_ shape: StackShape) { self.shape = shape }

  /// The medians of the gradients at the last layer's states, in the forward direction.
  func medians<Scalar: RecurrentScalar>(
    _ input: Tensor<Scalar>, lengths: [Int]
  ) -> [(name: String, style: String, medians: [Double])] {
    func medians<Layer: RecurrentLayer<Scalar>>(_: Layer.Type, _ configuration: Layer.Weights.Configuration) -> [Double]
    {
      let layer = Layer(configuration, seed: 1)
      let walks = LayerWalk.all(layer, input, lengths: lengths, from: layer.zeroState(batchSize: lengths.count))
      return layer.ownStateGradients(walks).last { $0.place.direction == .forward }!.state.medians
    }
    let (features, units, count, both) = (
      shape.inputSize, shape.hiddenSize, shape.layerCount, shape.directionCount > 1
    )
    return [
      (
        "new RNN", "rnn",
        medians(
          RNN<Scalar>.self,
          RNNConfiguration(inputSize: features, hiddenSize: units, layerCount: count, isBidirectional: both))
      ),
      (
        "new GRU", "gru",
        medians(
          GRU<Scalar>.self,
          GRUConfiguration(inputSize: features, hiddenSize: units, layerCount: count, isBidirectional: both))
      ),
      (
        "new LSTM", "lstm",
        medians(
          LSTM<Scalar>.self,
          LSTMConfiguration(inputSize: features, hiddenSize: units, layerCount: count, isBidirectional: both))
      ),
    ]
  }
}
