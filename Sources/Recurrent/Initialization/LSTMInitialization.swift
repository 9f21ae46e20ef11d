/// How the first weights of an LSTM are drawn: a rule for each part, and what a "matrix" is to these rules.
public struct LSTMInitialization: Sendable {
  /// The matrix that an initialiser sees. With the fan-out in its formula the two give different weights: √(6/(I + 4H))
  /// against √(6/(I + H)); and four orthogonal gates are not one orthogonal whole.
  public enum Scope: Sendable {
    /// Each gate's [fan-in, H] on its own (as Haste and Flax do).
    case perGate
    /// All gates' [fan-in, 4·H] at once (as Keras does).
    case wholeMatrix
  }

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
  public var scope: Scope
  /// Of the biases.
  public var bias: Bias
  /// Of the peephole weights, as a matrix [1, 3·H].
  public var peephole: Initializer
  /// Of the projection [H, P].
  public var projection: Initializer

  /// An initialisation from its parts. Peephole weights start at 0, and so without effect, unless told otherwise.
  public init(
    input: Initializer, recurrent: Initializer, scope: Scope, bias: Bias, peephole: Initializer = .constant(0),
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

extension LSTMParameters {
  /// Random parameters, the same for the same seed.
  ///
  /// - Complexity: O(number of parameters), and that of the initialisers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(_ configuration: LSTMConfiguration, initialization: LSTMInitialization, seed: UInt64) {
    configuration.requireValid()
    var generator = SeededGenerator(seed: seed)
    let shape = configuration.shape
    let weights = (0..<shape.layerCount * shape.directionCount).map { index in
      LSTMWeights<Scalar>(configuration, layer: index / shape.directionCount, initialization, using: &generator)
    }
    self.init(configuration, weights: weights)
  }
}

extension LSTMWeights {
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate init(
    _ configuration: LSTMConfiguration, layer: Int, _ initialization: LSTMInitialization,
    using generator: inout SeededGenerator
  ) {
    self.init(LSTMWeightShapes(configuration, layer: layer))
    let hidden = configuration.hiddenSize
    let gates = LSTMGate.allCases.count
    func draw(_ initializer: Initializer, _ fanIn: Int, _ fanOut: Int) -> [Scalar] {
      initializer(.init(fanIn: fanIn, fanOut: fanOut, hiddenSize: hidden), using: &generator).map { Scalar($0) }
    }
    /// [fanIn, 4·H], drawn as the scope says.
    func drawGates(_ initializer: Initializer, _ fanIn: Int) -> [Scalar] {
      switch initialization.scope {
      case .wholeMatrix: return draw(initializer, fanIn, gates * hidden)
      case .perGate:
        let blocks = LSTMGate.allCases.map { _ in draw(initializer, fanIn, hidden) }
        return (0..<fanIn).flatMap { row in blocks.flatMap { $0[row * hidden..<(row + 1) * hidden] } }
      }
    }
    let recurrent = drawGates(initialization.recurrent, configuration.outputSize)
    let input = drawGates(initialization.input, configuration.inputSize(ofLayer: layer))
    matrix = Tensor(shape: matrix.shape, elements: recurrent + input)
    switch initialization.bias {
    case .drawn(let initializer):
      bias = Tensor(shape: bias.shape, elements: draw(initializer, 1, gates * hidden))
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
    if let shape = peephole?.shape {
      peephole = Tensor(shape: shape, elements: draw(initialization.peephole, 1, shape[0]))
    }
    if let shape = projection?.shape {
      projection = Tensor(shape: shape, elements: draw(initialization.projection, shape[0], shape[1]))
    }
  }
}
