/// Gated recurrent units: one layer or several, in one direction or both, over whole sequences or step by step.
///
/// With [h, x] the concatenation of the previous hidden state and the input, σ the logistic function and * elementwise:
///
///     r = σ(W_r·[h, x] + b_r)                        z = σ(W_z·[h, x] + b_z)
///     n = tanh(W_n·x + b_n + r * (U_n·h + c_n))      h' = (1 - z) * n + z * h
///
/// or, with `reset: .beforeProduct`, n = tanh(W_n·x + b_n + U_n·(r * h)). Other activations and layer
/// normalisation are options of `GRUConfiguration`; the weights stand in the form that `GRUWeights` describes.
///
///     let gru = GRU<Float>(inputSize: 80, hiddenSize: 256, layerCount: 2, isBidirectional: true, seed: 1)
///     let output = gru(features, lengths: [120, 87, 3])   // [T, N, 80] → output.hidden [T, N, 512]
///
/// A value, and safe to use from many threads at once.
public struct GRU<Scalar: RecurrentScalar>: RecurrentLayer {
  /// h of every layer and direction, for N sequences side by side.
  public typealias State = HiddenState<Scalar>

  /// Options, weights, and the engines that are ready to run.
  public var model: LayerModel<GRUWeights<Scalar>>

  /// A GRU from its options, weights and engines.
  public init(_ model: LayerModel<GRUWeights<Scalar>>) { self.model = model }

  /// A GRU with weights and biases from U(−1/√H, 1/√H), the same for the same seed.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false,
    reset: GRUReset = .afterProduct, seed: UInt64, engine: Engine = .fused
  ) {
    let configuration = GRUConfiguration(
      inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
      reset: reset)
    self.init(configuration, seed: seed, engine: engine)
  }

  /// The same model in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to type: Other.Type) -> GRU<Other> {
    GRU<Other>(configuration, parameters: parameters.converted(to: type), engine: engine)
  }
}

extension GRUWeights {
  /// Gives `stack` its engines: `blas` in place of `fused` where the kernels do not serve the scalar, the activations or a
  /// normalisation.
  public static func prepare(
    _ stack: inout LayerStack<Scalar>, _ weights: [GRUWeights], _ configuration: GRUConfiguration
  ) {
    let kernels = stack.kernels
    stack.setEngines(weights) { weights, engine in
      switch engine {
      case .naive:
        NormalizedGRU<PlainMatrix>(weights, configuration) ?? HoistingGRU<PlainMatrix>(weights, configuration)
      case .blas:
        NormalizedGRU<BLASMatrix>(weights, configuration) ?? HoistingGRU<BLASMatrix>(weights, configuration)
      case .fused:
        (weights as? GRUWeights<Float>)?.fusedEngine(configuration, kernels: kernels, for: Scalar.self)
      }
    }
  }
}
