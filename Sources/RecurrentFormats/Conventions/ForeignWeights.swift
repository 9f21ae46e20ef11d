public import Recurrent

/// The weights of one layer and direction as another system keeps them: what it adds up is apart here, and gates stand in
/// its order.
///
///     let foreign = ForeignWeights(input: kernel, recurrent: recurrentKernel, inputBias: bias)
///     let weights = LSTMWeights(foreign, in: .keras)
///     let same = weights.foreign(in: .keras)
///
/// With G gates, H units, I features and R the width of h (H, or P with a projection):
public struct ForeignWeights<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// [G·H, I] or [I, G·H]: of the input.
  public var input: Tensor<Scalar>
  /// [G·H, R] or [R, G·H]: of h.
  public var recurrent: Tensor<Scalar>
  /// [G·H]: added to the product with the input; nil for zeros.
  public var inputBias: Tensor<Scalar>?
  /// [G·H]: added to the product with h; nil for zeros.
  public var recurrentBias: Tensor<Scalar>?
  /// [3·H]: peephole connections of an LSTM, in the convention's order.
  public var peephole: Tensor<Scalar>?
  /// [P, H] where gates stand in rows, else [H, P]: the projection of h of an LSTM.
  public var projection: Tensor<Scalar>?

  /// Weights from their tensors. Where their shapes contradict one another, converting them traps.
  public init(
    input: Tensor<Scalar>, recurrent: Tensor<Scalar>, inputBias: Tensor<Scalar>? = nil,
    recurrentBias: Tensor<Scalar>? = nil, peephole: Tensor<Scalar>? = nil, projection: Tensor<Scalar>? = nil
  ) {
    self.input = input
    self.recurrent = recurrent
    self.inputBias = inputBias
    self.recurrentBias = recurrentBias
    self.peephole = peephole
    self.projection = projection
  }

  /// How the blocks of `gates` become ours.
  func blocks<Gate: CaseIterable & Equatable>(_ gates: [Gate], _ orientation: WeightOrientation) -> GateBlocks {
    let columns = recurrent.shape.count == 2 ? recurrent.shape[orientation == .gatesInRows ? 0 : 1] : 0
    require(
      columns > 0 && columns.isMultiple(of: gates.count),
      "ForeignWeights: recurrent weights of shape \(recurrent.shape) for \(gates.count) gates")
    return GateBlocks(
      hiddenSize: columns / gates.count, sources: Gate.allCases.map { gates.firstIndex(of: $0)! },
      orientation: orientation)
  }

  /// The sum of both biases, in our order: where one is missing, the other one; where both are, zeros.
  func biasSum(_ blocks: GateBlocks) -> Tensor<Scalar> {
    switch (inputBias, recurrentBias) {
    case (let input?, let recurrent?): blocks.bias(input.adding(recurrent))
    case (let bias?, nil), (nil, let bias?): blocks.bias(bias)
    case (nil, nil): Tensor(shape: [blocks.width])
    }
  }
}

extension Tensor {
  /// The sum, element by element, of two tensors of the same shape.
  func adding(_ other: Tensor) -> Tensor {
    require(shape == other.shape, "a bias of shape \(other.shape) beside one of \(shape)")
    return Tensor(shape: shape, elements: zip(elements, other.elements).map { $0 + $1 })
  }

  /// A matrix with rows and columns exchanged.
  ///
  /// - Complexity: O(count).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func transposed() -> Tensor {
    require(shape.count == 2, "transposed: a tensor of \(shape.count) dimensions in place of 2")
    let (rows, columns) = (shape[0], shape[1])
    var result = Tensor(shape: [columns, rows])
    var target = result.mutableSpan
    let source = span
    for row in 0..<rows {
      for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
    }
    return result
  }
}
