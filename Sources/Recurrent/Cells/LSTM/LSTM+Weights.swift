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

  /// Weights from their tensors, whose shapes must agree with one another.
  public init(
    matrix: Tensor<Scalar>, bias: Tensor<Scalar>, peephole: Tensor<Scalar>? = nil, projection: Tensor<Scalar>? = nil
  ) {
    self.matrix = matrix
    self.bias = bias
    self.peephole = peephole
    self.projection = projection
  }

  /// All zeros.
  package init(_ configuration: LSTMConfiguration, layer: Int) {
    let hidden = configuration.hiddenSize
    matrix = Tensor(shape: [configuration.outputSize + configuration.inputSize(ofLayer: layer), 4 * hidden])
    bias = Tensor(shape: [4 * hidden])
    peephole = configuration.hasPeepholes ? Tensor(shape: [3 * hidden]) : nil
    projection = configuration.projectionSize.map { Tensor(shape: [hidden, $0]) }
  }

  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to _: Other.Type) -> LSTMWeights<Other> {
    LSTMWeights<Other>(
      matrix: matrix.converted(to: Other.self), bias: bias.converted(to: Other.self),
      peephole: peephole?.converted(to: Other.self), projection: projection?.converted(to: Other.self))
  }

  /// Traps unless the shapes are those of `layer` in `configuration`.
  func requireShapes(of configuration: LSTMConfiguration, layer: Int) {
    let wanted = LSTMWeights(configuration, layer: layer)
    func check(_ name: String, _ found: Tensor<Scalar>?, _ wanted: Tensor<Scalar>?) {
      require(
        found?.shape == wanted?.shape,
        "LSTM: the \(name) of layer \(layer) has shape \(found?.shape ?? []), not \(wanted?.shape ?? [])")
    }
    check("matrix", matrix, wanted.matrix)
    check("bias", bias, wanted.bias)
    check("peephole", peephole, wanted.peephole)
    check("projection", projection, wanted.projection)
  }
}
