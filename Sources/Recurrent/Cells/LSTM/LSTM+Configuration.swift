/// The sizes and options of an LSTM.
public struct LSTMConfiguration: LayerConfiguration {
  /// I: features of one step of the input.
  public var inputSize: Int
  /// H: units, and the width of the cell state.
  public var hiddenSize: Int
  /// L: layers, each fed with the outputs of the one before it.
  public var layerCount: Int
  /// Whether every layer also runs from the last step to the first; the outputs of both directions stand side by side.
  public var isBidirectional: Bool
  /// P: the width of h where it is a projection R·(o * tanh(C')) of the units, or nil where h has one number a unit.
  public var projectionSize: Int?
  /// Whether the gates i and f see C, and the gate o sees C', through a weight for each unit.
  public var hasPeepholes: Bool
  /// The functions of gates, candidate and output.
  public var activations: LSTMActivations
  /// Whether products, and C on its way into h, are normalised; nil where they are not. Not together with peepholes or a
  /// projection.
  public var layerNormalization: LayerNormalization?
  /// What training leaves to chance.
  public var regularization: Regularization

  /// A configuration; sizes must be above 0.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false, projectionSize: Int? = nil,
    hasPeepholes: Bool = false, activations: LSTMActivations = .standard,
    layerNormalization: LayerNormalization? = nil, regularization: Regularization = .none
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.isBidirectional = isBidirectional
    self.projectionSize = projectionSize
    self.hasPeepholes = hasPeepholes
    self.activations = activations
    self.layerNormalization = layerNormalization
    self.regularization = regularization
  }

  /// The width of h of one direction: P where there is a projection, else H.
  public var outputSize: Int { projectionSize ?? hiddenSize }

  /// "LSTM".
  public static var cellName: String { "LSTM" }

  /// What keeps a bound of an activation from being one, or layer normalisation from going together with another option,
  /// if anything does.
  public var optionFlaw: String? {
    if let flaw = activations.gate.flaw ?? activations.candidate.flaw ?? activations.output.flaw { return flaw }
    guard let layerNormalization else { return nil }
    if projectionSize != nil {
      return
        "layer normalisation with a projection of \(hiddenSize) units to \(outputSize); it must be one or the other"
    }
    if hasPeepholes { return "layer normalisation with peepholes to \(hiddenSize) units; it must be one or the other" }
    if activations.couplesForget {
      return "layer normalisation of \(hiddenSize) units whose forget gate is 1 - i; it must be one or the other"
    }
    return layerNormalization.flaw
  }

  /// The sizes, as the sequence level sees them.
  public var shape: StackShape {
    StackShape(
      inputSize: inputSize, hiddenSize: hiddenSize, outputSize: outputSize, hasCell: true,
      keepsUnits: projectionSize != nil, layerCount: layerCount, directionCount: isBidirectional ? 2 : 1,
      gateCount: LSTMGate.allCases.count)
  }
}

/// All weights of an LSTM: one `LSTMWeights` a layer and direction.
public typealias LSTMParameters<Scalar: RecurrentScalar> = LayerParameters<LSTMWeights<Scalar>>

extension LayerParameters {
  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Scalar, Other>(to type: Other.Type) -> LSTMParameters<Other>
  where Weights == LSTMWeights<Scalar> {
    map { $0.converted(to: type) }
  }
}
