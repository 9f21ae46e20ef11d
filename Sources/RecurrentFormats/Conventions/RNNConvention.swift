public import Recurrent

extension RNNWeights {
  /// Weights from another system's; two biases are added up.
  ///
  /// - Complexity: O(number of parameters).
  public init(_ foreign: ForeignWeights<Scalar>, in orientation: WeightOrientation) {
    let blocks = foreign.blocks([OnlyGate.state], orientation)
    self.init(
      matrix: blocks.matrix(recurrent: foreign.recurrent, input: foreign.input), bias: foreign.biasSum(blocks))
  }

  /// These weights in another system's orientation. The bias is all in `inputBias`.
  ///
  /// - Complexity: O(number of parameters).
  public func foreign(in orientation: WeightOrientation) -> ForeignWeights<Scalar> {
    let blocks = GateBlocks(hiddenSize: bias.count, sources: [0], orientation: orientation)
    return ForeignWeights(
      input: blocks.weights(matrix, rows: bias.count..<matrix.shape[0]),
      recurrent: blocks.weights(matrix, rows: 0..<bias.count), inputBias: bias)
  }
}

/// What a cell without gates has in the place of their blocks.
private enum OnlyGate: CaseIterable {
  case state
}
