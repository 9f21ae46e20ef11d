public import Recurrent

/// Weights that files hold: those of the LSTM, the GRU and the plain RNN.
public protocol StorableWeights: LayerWeights {
  /// The configuration, where it is one of this cell.
  static func configuration(_ configuration: CellConfiguration) -> Configuration?
  /// The configuration, beside those of other cells.
  static func cell(_ configuration: Configuration) -> CellConfiguration

  /// The tensors of a layer by the names that `forEach` gives them and in its order, each with its shape.
  static func shapes(_ configuration: Configuration, layer: Int) -> [(name: String, shape: [Int])]
  /// Weights from these tensors by name, all of which must be there.
  init(tensors: [String: Tensor<Scalar>])

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

  /// `matrix`, `bias`, and where there are some `peephole`, `projection`, and the gains of a layer normalisation.
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

  /// Weights from `matrix`, `bias`, and where there are some `peephole`, `projection`, and the gains of a layer
  /// normalisation.
  public init(tensors: [String: Tensor<Scalar>]) {
    self.init(
      matrix: tensors["matrix"]!, bias: tensors["bias"]!, peephole: tensors["peephole"],
      projection: tensors["projection"],
      gains: tensors["inputGain"].map {
        LSTMGains(
          input: $0, recurrent: tensors["recurrentGain"]!, cell: tensors["cellGain"]!,
          cellShift: tensors["cellShift"]!)
      })
  }

  /// Weights from those of `torch.nn.LSTM`.
  public init(pyTorch weights: ForeignWeights<Scalar>) { self.init(weights, in: .pyTorch) }

  /// These weights as `torch.nn.LSTM` has them.
  public var pyTorch: ForeignWeights<Scalar> { foreign(in: .pyTorch) }

  /// Layer normalisation, peephole connections, a projection that does not make h narrower, other activations than σ and
  /// tanh or a forget gate of 1 − i, zoneout.
  public static func optionBeyondPyTorch(_ configuration: LSTMConfiguration) -> String? {
    if configuration.layerNormalization != nil { return "layer normalisation" }
    if configuration.hasPeepholes { return "peephole connections" }
    if let size = configuration.projectionSize, size >= configuration.hiddenSize {
      return "a projection of \(configuration.hiddenSize) units to \(size), which are not fewer"
    }
    if configuration.activations != .standard { return "activations \(configuration.activations)" }
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

  /// `matrix`, `bias`, and where there are some `recurrentBias`, and the gains of a layer normalisation.
  public static func shapes(_ configuration: GRUConfiguration, layer: Int) -> [(name: String, shape: [Int])] {
    let hidden = configuration.hiddenSize
    return [("matrix", [hidden + configuration.inputSize(ofLayer: layer), 3 * hidden]), ("bias", [3 * hidden])]
      + (configuration.reset == .afterProduct ? [("recurrentBias", [hidden])] : [])
      + (configuration.layerNormalization == nil
        ? [] : [("inputGain", [3 * hidden]), ("recurrentGain", [3 * hidden])])
  }

  /// Weights from `matrix`, `bias`, and where there are some `recurrentBias`, and the gains of a layer normalisation.
  public init(tensors: [String: Tensor<Scalar>]) {
    self.init(
      matrix: tensors["matrix"]!, bias: tensors["bias"]!, recurrentBias: tensors["recurrentBias"],
      gains: tensors["inputGain"].map { GRUGains(input: $0, recurrent: tensors["recurrentGain"]!) })
  }

  /// Weights from those of `torch.nn.GRU`, whose reset comes after the product.
  public init(pyTorch weights: ForeignWeights<Scalar>) {
    self.init(weights, in: .pyTorch, reset: .afterProduct)
  }

  /// These weights as `torch.nn.GRU` has them.
  public var pyTorch: ForeignWeights<Scalar> { foreign(in: .pyTorch) }

  /// Layer normalisation, a reset before the product, other activations than σ and tanh, zoneout.
  public static func optionBeyondPyTorch(_ configuration: GRUConfiguration) -> String? {
    if configuration.layerNormalization != nil { return "layer normalisation" }
    if configuration.reset != .afterProduct { return "a reset before the product" }
    if configuration.activations != .standard { return "activations \(configuration.activations)" }
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
  public init(tensors: [String: Tensor<Scalar>]) {
    self.init(matrix: tensors["matrix"]!, bias: tensors["bias"]!)
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
