/// How the first weights of a GRU are drawn: a rule for each part, and what a "matrix" is to these rules.
public struct GRUInitialization: LayerInitialization {
  /// Of the I input rows of the weights.
  public var input: Initializer
  /// Of the H recurrent rows of the weights.
  public var recurrent: Initializer
  /// What these two see.
  public var scope: GateScope
  /// Of the biases, as a matrix [1, 3·H], and of the recurrent bias of n, as one [1, H].
  public var bias: Initializer

  /// An initialisation from its parts.
  public init(input: Initializer, recurrent: Initializer, scope: GateScope, bias: Initializer) {
    self.input = input
    self.recurrent = recurrent
    self.scope = scope
    self.bias = bias
  }

  /// Everything, biases too, from U(−1/√H, 1/√H): the default, as in PyTorch and MLX.
  public static let uniform = GRUInitialization(
    input: .hiddenUniform, recurrent: .hiddenUniform, scope: .wholeMatrix, bias: .hiddenUniform)

  /// Glorot's uniform distribution for each gate's matrices, and no biases.
  public static let glorot = GRUInitialization(
    input: .glorotUniform, recurrent: .glorotUniform, scope: .perGate, bias: .constant(0))
}

extension GRUWeights {
  /// Random weights of `layer`.
  public init(
    _ configuration: GRUConfiguration, layer: Int, _ initialization: GRUInitialization,
    using generator: inout SeededGenerator
  ) {
    let drawing = WeightDrawing<Scalar>(
      hiddenSize: configuration.hiddenSize, gateCount: GRUGate.allCases.count, scope: initialization.scope)
    let shapes = GRUWeightShapes(configuration, layer: layer)
    matrix = drawing.drawMatrix(
      recurrent: initialization.recurrent, rows: configuration.hiddenSize, input: initialization.input,
      rows: configuration.inputSize(ofLayer: layer), using: &generator)
    bias = drawing.drawVector(initialization.bias, count: shapes.bias[0], using: &generator)
    recurrentBias = shapes.recurrentBias.map {
      drawing.drawVector(initialization.bias, count: $0[0], using: &generator)
    }
    gains = configuration.layerNormalization.map { _ in GRUGains(hiddenSize: configuration.hiddenSize) }
  }
}
