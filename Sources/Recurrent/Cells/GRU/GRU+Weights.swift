/// The weights of one layer and direction of a GRU, in the canonical form.
public struct GRUWeights<Scalar: RecurrentScalar>: LayerWeights {
  /// [(H + I), 3·H]: H recurrent rows, then I input rows; columns in the blocks r z n of `GRUGate`.
  public var matrix: Tensor<Scalar>
  /// [3·H], in the blocks r z n.
  public var bias: Tensor<Scalar>
  /// [H]: the bias of the candidate's recurrent product, inside what r multiplies; nil where the reset comes before the
  /// product, and one bias says all.
  public var recurrentBias: Tensor<Scalar>?
  /// What a layer-normalised layer learns besides, or nil without a normalisation.
  public var gains: GRUGains<Scalar>?

  /// Weights from their tensors. Whether their shapes agree is checked by `GRUParameters`, which knows the sizes.
  public init(
    matrix: Tensor<Scalar>, bias: Tensor<Scalar>, recurrentBias: Tensor<Scalar>? = nil,
    gains: GRUGains<Scalar>? = nil
  ) {
    self.matrix = matrix
    self.bias = bias
    self.recurrentBias = recurrentBias
    self.gains = gains
  }

  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to _: Other.Type) -> GRUWeights<Other> {
    GRUWeights<Other>(
      matrix: matrix.converted(to: Other.self), bias: bias.converted(to: Other.self),
      recurrentBias: recurrentBias?.converted(to: Other.self), gains: gains?.converted(to: Other.self))
  }

  /// Visits every tensor by the name of its property.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    body("matrix", matrix)
    body("bias", bias)
    if let recurrentBias { body("recurrentBias", recurrentBias) }
    gains?.forEach(body)
  }

  /// Visits every tensor in the same order, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("matrix", &matrix)
    body("bias", &bias)
    if recurrentBias != nil { body("recurrentBias", &recurrentBias!) }
    gains?.updateEach(body)
  }

  /// Traps unless the shapes are those of `layer` in `configuration`.
  public func requireShapes(of configuration: GRUConfiguration, layer: Int) {
    let wanted = GRUWeightShapes(configuration, layer: layer)
    requireShape("matrix", ofLayer: layer, matrix, wanted.matrix)
    requireShape("bias", ofLayer: layer, bias, wanted.bias)
    requireShape("recurrent bias", ofLayer: layer, recurrentBias, wanted.recurrentBias)
    requireShape("input gain", ofLayer: layer, gains?.input, wanted.gain)
    requireShape("recurrent gain", ofLayer: layer, gains?.recurrent, wanted.gain)
  }
}

/// The shapes of the weights of one layer and direction.
struct GRUWeightShapes {
  let matrix: [Int]
  let bias: [Int]
  let recurrentBias: [Int]?
  /// That of either product.
  let gain: [Int]?

  init(_ configuration: GRUConfiguration, layer: Int) {
    let columns = GRUGate.allCases.count * configuration.hiddenSize
    matrix = [configuration.hiddenSize + configuration.inputSize(ofLayer: layer), columns]
    bias = [columns]
    recurrentBias = configuration.reset == .afterProduct ? [configuration.hiddenSize] : nil
    gain = configuration.layerNormalization == nil ? nil : [columns]
  }
}
