/// The weights of one layer and direction of an LSTM, in the canonical form.
public struct LSTMWeights<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// [(R + I), 4·H]: H (or, with a projection, P) recurrent rows, then I input rows; columns in the blocks i f g o of
  /// `LSTMGate`. So [h, x]·matrix is the pre-activation of every gate of a step.
  public var matrix: Tensor<Scalar>
  /// [4·H], in the blocks i f g o.
  public var bias: Tensor<Scalar>
  /// [3·H], in the blocks i f o, or nil without peephole connections.
  public var peephole: Tensor<Scalar>?
  /// [H, P], or nil without a projection: h' = (o * tanh(C'))·projection.
  public var projection: Tensor<Scalar>?

  /// Weights from their tensors. Whether their shapes agree is checked by `LSTMParameters`, which knows the sizes.
  public init(
    matrix: Tensor<Scalar>, bias: Tensor<Scalar>, peephole: Tensor<Scalar>? = nil, projection: Tensor<Scalar>? = nil
  ) {
    self.matrix = matrix
    self.bias = bias
    self.peephole = peephole
    self.projection = projection
  }

  /// All zeros.
  init(_ shapes: LSTMWeightShapes) {
    matrix = Tensor(shape: shapes.matrix)
    bias = Tensor(shape: shapes.bias)
    peephole = shapes.peephole.map { Tensor(shape: $0) }
    projection = shapes.projection.map { Tensor(shape: $0) }
  }

  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to _: Other.Type) -> LSTMWeights<Other> {
    LSTMWeights<Other>(
      matrix: matrix.converted(to: Other.self), bias: bias.converted(to: Other.self),
      peephole: peephole?.converted(to: Other.self), projection: projection?.converted(to: Other.self))
  }

  /// Traps unless the shapes are those of `layer` in `configuration`.
  func requireShapes(of configuration: LSTMConfiguration, layer: Int) {
    let wanted = LSTMWeightShapes(configuration, layer: layer)
    func check(_ name: String, _ found: Tensor<Scalar>?, _ wanted: [Int]?) {
      require(
        found?.shape == wanted,
        "LSTM: the \(name) of layer \(layer) has shape \(found?.shape ?? []), not \(wanted ?? [])")
    }
    check("matrix", matrix, wanted.matrix)
    check("bias", bias, wanted.bias)
    check("peephole", peephole, wanted.peephole)
    check("projection", projection, wanted.projection)
  }
}

/// The shapes of the weights of one layer and direction.
struct LSTMWeightShapes {
  let matrix: [Int]
  let bias: [Int]
  let peephole: [Int]?
  let projection: [Int]?

  init(_ configuration: LSTMConfiguration, layer: Int) {
    let hidden = configuration.hiddenSize
    let gates = LSTMGate.allCases.count
    matrix = [configuration.outputSize + configuration.inputSize(ofLayer: layer), gates * hidden]
    bias = [gates * hidden]
    peephole = configuration.hasPeepholes ? [3 * hidden] : nil
    projection = configuration.projectionSize.map { [hidden, $0] }
  }
}
