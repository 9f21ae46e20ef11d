/// The plain recurrent network: one layer or several, in one direction or both, over whole sequences or step by step.
///
/// With [h, x] the concatenation of the previous hidden state and the input:
///
///     h' = tanh(W·[h, x] + b)
///
/// Elman, "Finding structure in time", 1990. The activation is a choice of `RNNConfiguration`; the weights stand in the
/// form that `RNNWeights` describes.
///
///     let rnn = RNN<Float>(inputSize: 80, hiddenSize: 256, activation: .relu, seed: 1)
///     let output = rnn(features, lengths: [120, 87, 3])   // [T, N, 80] → output.hidden [T, N, 256]
///
/// A value, and safe to use from many threads at once.
public struct RNN<Scalar: RecurrentScalar>: RecurrentLayer {
  /// h of every layer and direction, for N sequences side by side.
  public typealias State = HiddenState<Scalar>

  /// Options, weights, and the engines that are ready to run.
  public var model: LayerModel<RNNWeights<Scalar>>

  /// A plain recurrent network from its options, weights and engines.
  public init(_ model: LayerModel<RNNWeights<Scalar>>) { self.model = model }

  /// A plain recurrent network with weights and biases from U(−1/√H, 1/√H), the same for the same seed.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false,
    activation: Activation = .tanh, seed: UInt64, engine: Engine = .fused
  ) {
    let configuration = RNNConfiguration(
      inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
      activation: activation)
    self.init(configuration, seed: seed, engine: engine)
  }

  /// The same model in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to type: Other.Type) -> RNN<Other> {
    RNN<Other>(configuration, parameters: parameters.converted(to: type), engine: engine)
  }
}

extension RNNWeights {
  /// Gives `stack` its engines: `blas` in place of `fused` where the kernels do not serve the scalar or the activation.
  public static func prepare(
    _ stack: inout LayerStack<Scalar>, _ weights: [RNNWeights], _ configuration: RNNConfiguration
  ) {
    let kernels = stack.kernels
    stack.setEngines(weights) { weights, engine in
      switch engine {
      case .naive: HoistingRNN<PlainMatrix>(weights, configuration)
      case .blas: HoistingRNN<BLASMatrix>(weights, configuration)
      case .fused:
        (weights as? RNNWeights<Float>)
          .flatMap { FusedRNNCell($0, configuration, kernels: kernels) }?.engine(for: Scalar.self)
      }
    }
  }
}
