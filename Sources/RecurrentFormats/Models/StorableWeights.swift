public import Recurrent

/// Weights that files hold: those of the LSTM, the GRU and the plain RNN.
public protocol StorableWeights: LayerWeights {
  /// The configuration, where it is one of this cell.
  static func configuration(_ configuration: CellConfiguration) -> Configuration?
  /// The configuration, beside those of other cells.
  static func cell(_ configuration: Configuration) -> CellConfiguration

  /// The tensors of a layer by the names that `forEach` gives them, each with its shape.
  static func shapes(_ configuration: Configuration, layer: Int) -> [(name: String, shape: [Int])]
  /// Weights from these tensors, in the same order.
  init(tensors: [Tensor<Scalar>], _ configuration: Configuration)

  /// Weights from those of PyTorch.
  init(pyTorch weights: ForeignWeights<Scalar>)
  /// These weights as PyTorch has them.
  var pyTorch: ForeignWeights<Scalar> { get }
  /// The option that PyTorch does not have, where there is one.
  static func optionBeyondPyTorch(_ configuration: Configuration) -> String?
}

extension StorableWeights {
  /// What regularisation leaves in inference, and PyTorch does not know.
  static func optionBeyondPyTorch(_ regularization: Regularization) -> String? {
    regularization.hiddenZoneout > 0 || regularization.cellZoneout > 0 ? "zoneout" : nil
  }
}

extension LSTMWeights: StorableWeights {
  /// The configuration, where it is one of an LSTM.
  public static func configuration(_ configuration: CellConfiguration) -> LSTMConfiguration? {
    if case .lstm(let configuration) = configuration { configuration } else { nil }
  }

  /// The configuration of an LSTM.
  public static func cell(_ configuration: LSTMConfiguration) -> CellConfiguration { .lstm(configuration) }

  /// `matrix`, `bias`, and where there are some `peephole`, `projection` and gains.
  public static func shapes(_ configuration: LSTMConfiguration, layer: Int) -> [(name: String, shape: [Int])] {
    let (hidden, output) = (configuration.hiddenSize, configuration.outputSize)
    return [("matrix", [output + configuration.inputSize(ofLayer: layer), 4 * hidden]), ("bias", [4 * hidden])]
      + (configuration.hasPeepholes ? [("peephole", [3 * hidden])] : [])
      + (configuration.projectionSize.map { [("projection", [hidden, $0])] } ?? [])
      + (configuration.layerNormalization == nil
        ? []
        : [
          ("inputGain", [4 * hidden]), ("recurrentGain", [4 * hidden]), ("cellGain", [hidden]), ("cellShift", [hidden]),
        ])
  }

  /// Weights from these tensors.
  public init(tensors: [Tensor<Scalar>], _ configuration: LSTMConfiguration) {
    var rest = tensors[2...]
    self.init(
      matrix: tensors[0], bias: tensors[1], peephole: configuration.hasPeepholes ? rest.removeFirst() : nil,
      projection: configuration.projectionSize == nil ? nil : rest.removeFirst())
    guard configuration.layerNormalization != nil else { return }
    gains = LSTMGains(
      input: rest.removeFirst(), recurrent: rest.removeFirst(), cell: rest.removeFirst(), cellShift: rest.removeFirst())
  }

  /// Weights from those of `torch.nn.LSTM`.
  public init(pyTorch weights: ForeignWeights<Scalar>) { self.init(weights, in: .pyTorch) }

  /// These weights as `torch.nn.LSTM` has them.
  public var pyTorch: ForeignWeights<Scalar> { foreign(in: .pyTorch) }

  /// Peephole connections, a projection that does not make h narrower, a coupled forget gate, other activations
  /// than σ and tanh, layer normalisation, zoneout.
  public static func optionBeyondPyTorch(_ configuration: LSTMConfiguration) -> String? {
    if configuration.hasPeepholes { return "peephole connections" }
    if configuration.activations.couplesForget { return "a forget gate that is 1 - i" }
    if let size = configuration.projectionSize, size >= configuration.hiddenSize {
      return "a projection of \(configuration.hiddenSize) units to \(size), which are not fewer"
    }
    if configuration.layerNormalization != nil { return "layer normalisation" }
    if configuration.activations != .standard { return "other activations than σ and tanh" }
    return optionBeyondPyTorch(configuration.regularization)
  }
}

extension GRUWeights: StorableWeights {
  /// The configuration, where it is one of a GRU.
  public static func configuration(_ configuration: CellConfiguration) -> GRUConfiguration? {
    if case .gru(let configuration) = configuration { configuration } else { nil }
  }

  /// The configuration of a GRU.
  public static func cell(_ configuration: GRUConfiguration) -> CellConfiguration { .gru(configuration) }

  /// `matrix`, `bias`, and where there are some `recurrentBias` and gains.
  public static func shapes(_ configuration: GRUConfiguration, layer: Int) -> [(name: String, shape: [Int])] {
    let hidden = configuration.hiddenSize
    return [("matrix", [hidden + configuration.inputSize(ofLayer: layer), 3 * hidden]), ("bias", [3 * hidden])]
      + (configuration.reset == .afterProduct ? [("recurrentBias", [hidden])] : [])
      + (configuration.layerNormalization == nil
        ? [] : [("inputGain", [3 * hidden]), ("recurrentGain", [3 * hidden])])
  }

  /// Weights from these tensors.
  public init(tensors: [Tensor<Scalar>], _ configuration: GRUConfiguration) {
    var rest = tensors[2...]
    self.init(
      matrix: tensors[0], bias: tensors[1],
      recurrentBias: configuration.reset == .afterProduct ? rest.removeFirst() : nil)
    guard configuration.layerNormalization != nil else { return }
    gains = GRUGains(input: rest.removeFirst(), recurrent: rest.removeFirst())
  }

  /// Weights from those of `torch.nn.GRU`, whose reset comes after the product.
  public init(pyTorch weights: ForeignWeights<Scalar>) {
    self.init(weights, in: .pyTorch, reset: .afterProduct)
  }

  /// These weights as `torch.nn.GRU` has them.
  public var pyTorch: ForeignWeights<Scalar> { foreign(in: .pyTorch) }

  /// A reset before the product, other activations than σ and tanh, layer normalisation, zoneout.
  public static func optionBeyondPyTorch(_ configuration: GRUConfiguration) -> String? {
    if configuration.reset != .afterProduct { return "a reset before the product" }
    if configuration.layerNormalization != nil { return "layer normalisation" }
    if configuration.activations != .standard { return "other activations than σ and tanh" }
    return optionBeyondPyTorch(configuration.regularization)
  }
}

extension RNNWeights: StorableWeights {
  /// The configuration, where it is one of a plain RNN.
  public static func configuration(_ configuration: CellConfiguration) -> RNNConfiguration? {
    if case .rnn(let configuration) = configuration { configuration } else { nil }
  }

  /// The configuration of a plain RNN.
  public static func cell(_ configuration: RNNConfiguration) -> CellConfiguration { .rnn(configuration) }

  /// `matrix` and `bias`.
  public static func shapes(_ configuration: RNNConfiguration, layer: Int) -> [(name: String, shape: [Int])] {
    let hidden = configuration.hiddenSize
    return [("matrix", [hidden + configuration.inputSize(ofLayer: layer), hidden]), ("bias", [hidden])]
  }

  /// Weights from `matrix` and `bias`.
  public init(tensors: [Tensor<Scalar>], _ configuration: RNNConfiguration) {
    self.init(matrix: tensors[0], bias: tensors[1])
  }

  /// Weights from those of `torch.nn.RNN`.
  public init(pyTorch weights: ForeignWeights<Scalar>) { self.init(weights, in: .gatesInRows) }

  /// These weights as `torch.nn.RNN` has them.
  public var pyTorch: ForeignWeights<Scalar> { foreign(in: .gatesInRows) }

  /// Other activations than tanh and ReLU, zoneout.
  public static func optionBeyondPyTorch(_ configuration: RNNConfiguration) -> String? {
    if configuration.activation != .tanh && configuration.activation != .relu {
      return "the activation \(configuration.activation)"
    }
    return optionBeyondPyTorch(configuration.regularization)
  }
}
