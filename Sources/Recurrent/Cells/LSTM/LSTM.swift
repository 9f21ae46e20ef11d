/// Long short-term memory: one layer or several, in one direction or both, over whole sequences or step by step.
///
/// With [h, x] the concatenation of the previous hidden state and the input, σ the logistic function and * elementwise:
///
///     f = σ(W_f·[h, x] + b_f)      i = σ(W_i·[h, x] + b_i)      o = σ(W_o·[h, x] + b_o)
///     g = tanh(W_g·[h, x] + b_g)   C' = f * C + i * g           h' = o * tanh(C')
///
/// Peephole connections, a projection of h, other activations and layer normalisation are options of `LSTMConfiguration`; the weights stand
/// in the form that `LSTMWeights` describes.
///
///     let lstm = LSTM<Float>(inputSize: 80, hiddenSize: 256, layerCount: 2, isBidirectional: true, seed: 1)
///     let output = lstm(features, lengths: [120, 87, 3])   // [T, N, 80] → output.hidden [T, N, 512]
///
/// A value, and safe to use from many threads at once.
public struct LSTM<Scalar: RecurrentScalar>: RecurrentLayer {
  /// Options, weights, and the engines that are ready to run.
  public var model: LayerModel<LSTMWeights<Scalar>>

  /// An LSTM from its options, weights and engines.
  public init(_ model: LayerModel<LSTMWeights<Scalar>>) { self.model = model }

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

extension LSTMWeights {
  /// Gives `stack` its engines: `blas` in place of `fused` where the kernels do not serve the scalar, the activations or a
  /// normalisation.
  public static func prepare(
    _ stack: inout LayerStack<Scalar>, _ weights: [LSTMWeights], _ configuration: LSTMConfiguration
  ) {
    let kernels = stack.kernels
    stack.setEngines(weights) { weights, engine in
      switch engine {
      case .naive: NormalizedLSTM<PlainMatrix>(weights, configuration) ?? NaiveLSTM(weights, configuration)
      case .blas: NormalizedLSTM<BLASMatrix>(weights, configuration) ?? BLASLSTM(weights, configuration)
      case .fused:
        (weights as? LSTMWeights<Float>)
          .flatMap { FusedLSTMCell($0, configuration, kernels: kernels) }?.engine(for: Scalar.self)
      }
    }
  }
}
