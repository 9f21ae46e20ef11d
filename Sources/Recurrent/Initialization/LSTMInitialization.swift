/// How the first weights of an LSTM are drawn: a rule for each part, and what a "matrix" is to these rules.
public struct LSTMInitialization: LayerInitialization {
  /// The first biases.
  public enum Bias: Sendable {
    /// Every bias from an initialiser, which sees a matrix [1, 4·H].
    case drawn(Initializer)
    /// b_f = the number, all others 0: with 1, the cell keeps what it has until it learns better.
    ///
    /// Jozefowicz, Zaremba & Sutskever, "An empirical exploration of recurrent network architectures", 2015.
    case forget(Double)
    /// b_f = ln U(1, T − 1), b_i = −b_f, all others 0: units that remember over every range up to T steps.
    ///
    /// Tallec & Ollivier, "Can recurrent neural networks warp time?", 2018.
    case chrono(maximumSteps: Int)
  }

  /// Of the I input rows of the weights.
  public var input: Initializer
  /// Of the R recurrent rows of the weights.
  public var recurrent: Initializer
  /// What these two see.
  public var scope: GateScope
  /// Of the biases.
  public var bias: Bias
  /// Of the peephole weights, as a matrix [1, 3·H].
  public var peephole: Initializer
  /// Of the projection [H, P].
  public var projection: Initializer

  /// An initialisation from its parts. Peephole weights start at 0, and so without effect, unless told otherwise.
  public init(
    input: Initializer, recurrent: Initializer, scope: GateScope, bias: Bias, peephole: Initializer = .constant(0),
    projection: Initializer = .glorotUniform
  ) {
    self.input = input
    self.recurrent = recurrent
    self.scope = scope
    self.bias = bias
    self.peephole = peephole
    self.projection = projection
  }

  /// Everything, biases too, from U(−1/√H, 1/√H): the default, as in PyTorch and MLX.
  ///
  /// (PyTorch draws two biases and adds them; here the one that both stand for is drawn.)
  public static let uniform = LSTMInitialization(
    input: .hiddenUniform, recurrent: .hiddenUniform, scope: .wholeMatrix, bias: .drawn(.hiddenUniform),
    peephole: .hiddenUniform, projection: .hiddenUniform)

  /// Glorot's uniform distribution for each gate's matrices, and b_f = 1.
  public static let glorot = LSTMInitialization(
    input: .glorotUniform, recurrent: .glorotUniform, scope: .perGate, bias: .forget(1))
}

extension LSTMWeights {
  /// Random weights of `layer`.
  public init(
    _ configuration: LSTMConfiguration, layer: Int, _ initialization: LSTMInitialization,
    using generator: inout SeededGenerator
  ) {
    let (hidden, gates) = (configuration.hiddenSize, LSTMGate.allCases.count)
    let drawing = WeightDrawing<Scalar>(hiddenSize: hidden, gateCount: gates, scope: initialization.scope)
    let shapes = LSTMWeightShapes(configuration, layer: layer)
    matrix = drawing.drawMatrix(
      recurrent: initialization.recurrent, rows: configuration.outputSize, input: initialization.input,
      rows: configuration.inputSize(ofLayer: layer), using: &generator)
    bias = Tensor(shape: shapes.bias)
    switch initialization.bias {
    case .drawn(let initializer):
      bias = drawing.drawVector(initializer, count: gates * hidden, using: &generator)
    case .forget(let value):
      for unit in 0..<hidden { bias[LSTMGate.forget.rawValue * hidden + unit] = Scalar(value) }
    case .chrono(let maximumSteps):
      require(maximumSteps > 2, "chrono: a range of \(maximumSteps) steps; it must be above 2")
      for unit in 0..<hidden {
        let range = Double._log(generator.uniform(1, Double(maximumSteps - 1)))
        bias[LSTMGate.forget.rawValue * hidden + unit] = Scalar(range)
        bias[LSTMGate.input.rawValue * hidden + unit] = Scalar(-range)
      }
    }
    peephole = shapes.peephole.map {
      drawing.drawVector(initialization.peephole, count: $0[0], using: &generator)
    }
    projection = shapes.projection.map {
      Tensor(shape: $0, elements: drawing.draw(initialization.projection, $0[0], $0[1], using: &generator))
    }
    gains = configuration.layerNormalization.map { _ in LSTMGains(hiddenSize: hidden) }
  }
}
