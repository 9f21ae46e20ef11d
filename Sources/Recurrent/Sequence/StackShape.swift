/// The direction in which a layer walks through its sequences.
public enum Direction: Int, CaseIterable, Sendable {
  /// From the first step to the last.
  case forward
  /// From each sequence's own last step to the first. Outputs stand at the steps that they belong to.
  case reverse
}

/// The order of the first two dimensions of inputs and outputs.
public enum SequenceLayout: Sendable {
  /// [T, N, features]: all sequences' first steps, then all second ones.
  case timeMajor
  /// [N, T, features]: the whole first sequence, then the second.
  case batchMajor
}

/// The sizes of stacked layers of one cell, as far as the sequence level must know them.
public struct StackShape: Hashable, Sendable {
  /// I: features of the input.
  public let inputSize: Int
  /// H: units of a layer and direction.
  public let hiddenSize: Int
  /// The width of h of a layer and direction: H, or P with a projection.
  public let outputSize: Int
  /// Whether a cell state C is carried beside h.
  public let hasCell: Bool
  /// Whether a step needs a place for H numbers beside h: the units before their projection, or r * h of a GRU that
  /// resets before the product.
  public let keepsUnits: Bool
  /// L.
  public let layerCount: Int
  /// D: 1, or 2 where layers are bidirectional.
  public let directionCount: Int
  /// G: 4 for the LSTM, 3 for the GRU, 1 for the plain RNN.
  public let gateCount: Int
  /// Numbers that one step of one sequence leaves on a tape besides h and C: one for each gate of each unit, and for a
  /// GRU that resets after the product one for what r multiplies.
  package var recordSize: Int { (gateCount == 3 && !keepsUnits ? 4 : gateCount) * hiddenSize }

  /// The features that a layer reads: I for the first one, the outputs of all directions for the others.
  public func inputSize(ofLayer layer: Int) -> Int {
    require(layer >= 0 && layer < layerCount, "inputSize: layer \(layer) of \(layerCount)")
    return layer == 0 ? inputSize : outputSize * directionCount
  }

  /// The widths of what a cell carries from step to step: h, then C where there is one.
  package var componentSizes: [Int] { hasCell ? [outputSize, hiddenSize] : [outputSize] }

  /// Traps unless `state` is one of such a stack for `batchSize` sequences.
  func requireState<Scalar>(_ state: [Tensor<Scalar>], batchSize: Int) {
    let sizes = componentSizes
    require(state.count == sizes.count, "state: \(state.count) components for a cell that has \(sizes.count)")
    for (tensor, width) in zip(state, sizes) {
      let expected = [layerCount * directionCount, batchSize, width]
      require(tensor.shape == expected, "state: a component of shape \(tensor.shape) in place of \(expected)")
    }
  }
}
