/// How the first weights of a plain recurrent network are drawn: a rule for each part.
public struct RNNInitialization: LayerInitialization {
  /// Of the I input rows of the weights, as a matrix [I, H].
  public var input: Initializer
  /// Of the H recurrent rows of the weights, as a matrix [H, H].
  public var recurrent: Initializer
  /// Of the biases, as a matrix [1, H].
  public var bias: Initializer

  /// An initialisation from its parts.
  public init(input: Initializer, recurrent: Initializer, bias: Initializer) {
    self.input = input
    self.recurrent = recurrent
    self.bias = bias
  }

  /// Everything, biases too, from U(−1/√H, 1/√H): the default, as in PyTorch and MLX.
  public static let uniform = RNNInitialization(
    input: .hiddenUniform, recurrent: .hiddenUniform, bias: .hiddenUniform)

  /// Glorot's uniform distribution, and no biases.
  public static let glorot = RNNInitialization(
    input: .glorotUniform, recurrent: .glorotUniform, bias: .constant(0))
}

extension RNNWeights {
  /// Random weights of `layer`.
  public init(
    _ configuration: RNNConfiguration, layer: Int, _ initialization: RNNInitialization,
    using generator: inout SeededGenerator
  ) {
    let hidden = configuration.hiddenSize
    let drawing = WeightDrawing<Scalar>(hiddenSize: hidden, gateCount: 1, scope: .wholeMatrix)
    matrix = drawing.drawMatrix(
      recurrent: initialization.recurrent, rows: hidden, input: initialization.input,
      rows: configuration.inputSize(ofLayer: layer), using: &generator)
    bias = drawing.drawVector(initialization.bias, count: hidden, using: &generator)
  }
}
