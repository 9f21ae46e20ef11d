/// Long short-term memory: one layer or several, in one direction or both, over whole sequences or step by step.
///
/// With [h, x] the concatenation of the previous hidden state and the input, σ the logistic function and * elementwise:
///
///     f = σ(W_f·[h, x] + b_f)      i = σ(W_i·[h, x] + b_i)      o = σ(W_o·[h, x] + b_o)
///     g = tanh(W_g·[h, x] + b_g)   C' = f * C + i * g           h' = o * tanh(C')
///
/// Peephole connections, a projection of h and other activations are options of `LSTMConfiguration`; the weights stand
/// in the form that `LSTMWeights` describes.
///
///     let lstm = LSTM<Float>(inputSize: 80, hiddenSize: 256, layerCount: 2, isBidirectional: true, seed: 1)
///     let output = lstm(features, lengths: [120, 87, 3])   // [T, N, 80] → output.hidden [T, N, 512]
///
/// A value, and safe to use from many threads at once.
public struct LSTM<Scalar: RecurrentScalar>: RecurrentLayer {
  /// The sizes and options.
  public let configuration: LSTMConfiguration
  /// What does the arithmetic.
  public let engine: Engine
  /// The layers, ready to run.
  public private(set) var stack: LayerStack<Scalar>

  private var storedParameters: LSTMParameters<Scalar>
  private let kernels: Kernels

  /// The weights of every layer and direction, whose shapes must stay those of the configuration.
  ///
  /// A change makes the engine prepare them anew, once, when it ends: O(number of parameters), so change many at once. A
  /// stream keeps the weights that it was made with.
  public var parameters: LSTMParameters<Scalar> {
    get { storedParameters }
    _modify {
      stack.removeEngines()  // so that they do not share, and so copy, the weights
      defer {
        storedParameters = LSTMParameters(configuration, weights: storedParameters.weights)
        stack.setEngines(makeEngines())
      }
      yield &storedParameters
    }
  }

  /// Who may work on a whole-sequence call: `ThreadTeam.shared`, unless told otherwise. Steps run on the caller alone.
  public var team: ThreadTeam {
    get { stack.team }
    set { stack.team = newValue }
  }

  /// An LSTM with the given weights.
  public init(_ configuration: LSTMConfiguration, parameters: LSTMParameters<Scalar>, engine: Engine = .fused) {
    self.init(configuration, parameters: parameters, engine: engine, kernels: .best)
  }

  /// An LSTM on the fused kernels of a certain instruction set.
  package init(
    _ configuration: LSTMConfiguration, parameters: LSTMParameters<Scalar>, engine: Engine, kernels: Kernels
  ) {
    self.configuration = configuration
    self.engine = engine
    self.kernels = kernels
    storedParameters = LSTMParameters(configuration, weights: parameters.weights)  // traps where shapes disagree
    stack = LayerStack(configuration.shape)
    stack.setEngines(makeEngines())
  }

  /// An LSTM with random weights, the same for the same seed.
  public init(
    _ configuration: LSTMConfiguration, initialization: LSTMInitialization = .uniform, seed: UInt64,
    engine: Engine = .fused
  ) {
    let parameters = LSTMParameters<Scalar>(configuration, initialization: initialization, seed: seed)
    self.init(configuration, parameters: parameters, engine: engine)
  }

  /// An LSTM with weights and biases from U(−1/√H, 1/√H), the same for the same seed.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false, seed: UInt64,
    engine: Engine = .fused
  ) {
    let configuration = LSTMConfiguration(
      inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional)
    self.init(configuration, seed: seed, engine: engine)
  }

  /// The same model in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to type: Other.Type) -> LSTM<Other> {
    LSTM<Other>(configuration, parameters: parameters.converted(to: type), engine: engine)
  }

  private func makeEngines() -> [any LayerEngine<Scalar>] {
    storedParameters.weights.map { weights in
      switch engine {
      case .naive: NaiveLSTM(weights, configuration)
      case .blas: BLASLSTM(weights, configuration)
      case .fused: makeFusedEngine(weights) ?? BLASLSTM(weights, configuration)
      }
    }
  }

  /// A layer on the fused kernels, if they serve its scalar and its options.
  private func makeFusedEngine(_ weights: LSTMWeights<Scalar>) -> (any LayerEngine<Scalar>)? {
    guard let weights = weights as? LSTMWeights<Float>,
      let cell = FusedLSTMCell(weights, configuration, kernels: kernels)
    else { return nil }
    return FusedEngine(cell: cell) as? any LayerEngine<Scalar>
  }
}

extension LSTM {
  /// h and C of every layer and direction, for N sequences side by side.
  public struct State: RecurrentState {
    /// [L·D, N, R]: h.
    public var hidden: Tensor<Scalar>
    /// [L·D, N, H]: C.
    public var cell: Tensor<Scalar>

    /// A state from h and C.
    public init(hidden: Tensor<Scalar>, cell: Tensor<Scalar>) {
      self.hidden = hidden
      self.cell = cell
    }

    /// h and C.
    public var components: [Tensor<Scalar>] { [hidden, cell] }

    /// A state from h and C, in this order.
    public init(components: [Tensor<Scalar>]) {
      require(components.count == 2, "LSTM.State: \(components.count) components in place of 2")
      self.init(hidden: components[0], cell: components[1])
    }
  }
}
