/// The weights of one layer and direction of an LSTM, in the canonical form.
public struct LSTMWeights<Scalar: RecurrentScalar>: LayerWeights {
  /// [(R + I), 4·H]: H (or, with a projection, P) recurrent rows, then I input rows; columns in the blocks i f g o of
  /// `LSTMGate`. So [h, x]·matrix is the pre-activation of every gate of a step.
  public var matrix: Tensor<Scalar>
  /// [4·H], in the blocks i f g o.
  public var bias: Tensor<Scalar>
  /// [3·H], in the blocks i f o, or nil without peephole connections.
  public var peephole: Tensor<Scalar>?
  /// [H, P], or nil without a projection: h' = (o * tanh(C'))·projection.
  public var projection: Tensor<Scalar>?
  /// What a layer-normalised layer learns besides, or nil without a normalisation.
  public var gains: LSTMGains<Scalar>?

  /// Weights from their tensors. Whether their shapes agree is checked by `LSTMParameters`, which knows the sizes.
  public init(
    matrix: Tensor<Scalar>, bias: Tensor<Scalar>, peephole: Tensor<Scalar>? = nil,
    projection: Tensor<Scalar>? = nil, gains: LSTMGains<Scalar>? = nil
  ) {
    self.matrix = matrix
    self.bias = bias
    self.peephole = peephole
    self.projection = projection
    self.gains = gains
  }

  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to _: Other.Type) -> LSTMWeights<Other> {
    LSTMWeights<Other>(
      matrix: matrix.converted(to: Other.self), bias: bias.converted(to: Other.self),
      peephole: peephole?.converted(to: Other.self), projection: projection?.converted(to: Other.self),
      gains: gains?.converted(to: Other.self))
  }

  /// Visits every tensor by the name of its property.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    body("matrix", matrix)
    body("bias", bias)
    if let peephole { body("peephole", peephole) }
    if let projection { body("projection", projection) }
    gains?.forEach(body)
  }

  /// Visits every tensor in the same order, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("matrix", &matrix)
    body("bias", &bias)
    if peephole != nil { body("peephole", &peephole!) }
    if projection != nil { body("projection", &projection!) }
    gains?.updateEach(body)
  }

  /// Traps unless the shapes are those of `layer` in `configuration`.
  public func requireShapes(of configuration: LSTMConfiguration, layer: Int) {
    let wanted = LSTMWeightShapes(configuration, layer: layer)
    requireShape("matrix", ofLayer: layer, matrix, wanted.matrix)
    requireShape("bias", ofLayer: layer, bias, wanted.bias)
    requireShape("peephole", ofLayer: layer, peephole, wanted.peephole)
    requireShape("projection", ofLayer: layer, projection, wanted.projection)
    requireShape("input gain", ofLayer: layer, gains?.input, wanted.gateGain)
    requireShape("recurrent gain", ofLayer: layer, gains?.recurrent, wanted.gateGain)
    requireShape("cell gain", ofLayer: layer, gains?.cell, wanted.cellGain)
    requireShape("cell shift", ofLayer: layer, gains?.cellShift, wanted.cellGain)
  }
}

/// The shapes of the weights of one layer and direction.
struct LSTMWeightShapes {
  let matrix: [Int]
  let bias: [Int]
  let peephole: [Int]?
  let projection: [Int]?
  /// Those of either product, and of C.
  let gateGain: [Int]?
  let cellGain: [Int]?

  init(_ configuration: LSTMConfiguration, layer: Int) {
    let hidden = configuration.hiddenSize
    let gates = LSTMGate.allCases.count
    matrix = [configuration.outputSize + configuration.inputSize(ofLayer: layer), gates * hidden]
    bias = [gates * hidden]
    peephole = configuration.hasPeepholes ? [3 * hidden] : nil
    projection = configuration.projectionSize.map { [hidden, $0] }
    let isNormalized = configuration.layerNormalization != nil
    gateGain = isNormalized ? [gates * hidden] : nil
    cellGain = isNormalized ? [hidden] : nil
  }
}
