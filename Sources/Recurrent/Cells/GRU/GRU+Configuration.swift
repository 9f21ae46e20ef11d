/// The sizes and options of a GRU.
public struct GRUConfiguration: LayerConfiguration {
  /// I: features of one step of the input.
  public var inputSize: Int
  /// H: units, and the width of h.
  public var hiddenSize: Int
  /// L: layers, each fed with the outputs of the one before it.
  public var layerCount: Int
  /// Whether every layer also runs from the last step to the first; the outputs of both directions stand side by side.
  public var isBidirectional: Bool
  /// Whether the reset gate acts on the candidate's recurrent product, or on h before it.
  public var reset: GRUReset
  /// The functions of gates and candidate.
  public var activations: GRUActivations
  /// Whether products are normalised; nil where they are not. Only with a reset after the product.
  public var layerNormalization: LayerNormalization?
  /// What training leaves to chance.
  public var regularization: Regularization

  /// A configuration; sizes must be above 0.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false,
    reset: GRUReset = .afterProduct, activations: GRUActivations = .standard,
    layerNormalization: LayerNormalization? = nil, regularization: Regularization = .none
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.isBidirectional = isBidirectional
    self.reset = reset
    self.activations = activations
    self.layerNormalization = layerNormalization
    self.regularization = regularization
  }

  /// "GRU".
  public static var cellName: String { "GRU" }

  /// What keeps a bound of an activation from being one, or layer normalisation from going together with another option,
  /// if anything does.
  public var optionFlaw: String? {
    if let flaw = activations.gate.flaw ?? activations.candidate.flaw { return flaw }
    guard let layerNormalization else { return nil }
    guard reset == .afterProduct else {
      return "layer normalisation of \(hiddenSize) units that are reset before the product; it must be after it"
    }
    return layerNormalization.flaw
  }

  /// The sizes, as the sequence level sees them.
  public var shape: StackShape {
    StackShape(
      inputSize: inputSize, hiddenSize: hiddenSize, outputSize: hiddenSize, hasCell: false,
      keepsUnits: reset == .beforeProduct, layerCount: layerCount, directionCount: isBidirectional ? 2 : 1,
      gateCount: GRUGate.allCases.count)
  }
}

/// All weights of a GRU: one `GRUWeights` a layer and direction.
public typealias GRUParameters<Scalar: RecurrentScalar> = LayerParameters<GRUWeights<Scalar>>

extension LayerParameters {
  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Scalar, Other>(to type: Other.Type) -> GRUParameters<Other>
  where Weights == GRUWeights<Scalar> {
    map { $0.converted(to: type) }
  }
}
