/// The sizes and options of a plain recurrent network.
public struct RNNConfiguration: LayerConfiguration {
  /// I: features of one step of the input.
  public var inputSize: Int
  /// H: units, and the width of h.
  public var hiddenSize: Int
  /// L: layers, each fed with the outputs of the one before it.
  public var layerCount: Int
  /// Whether every layer also runs from the last step to the first; the outputs of both directions stand side by side.
  public var isBidirectional: Bool
  /// What h' goes through. The fused kernels serve tanh, ReLU and the identity.
  public var activation: Activation
  /// What training leaves to chance.
  public var regularization: Regularization

  /// A configuration; sizes must be above 0.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false,
    activation: Activation = .tanh,
    regularization: Regularization = .none
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.isBidirectional = isBidirectional
    self.activation = activation
    self.regularization = regularization
  }

  /// "RNN".
  public static var cellName: String { "RNN" }

  /// What keeps a bound of the activation from being one, if anything does.
  public var optionFlaw: String? { activation.flaw }

  /// The sizes, as the sequence level sees them.
  public var shape: StackShape {
    StackShape(
      inputSize: inputSize, hiddenSize: hiddenSize, outputSize: hiddenSize, hasCell: false, keepsUnits: false,
      layerCount: layerCount, directionCount: isBidirectional ? 2 : 1, gateCount: 1)
  }
}

/// All weights of a plain recurrent network: one `RNNWeights` a layer and direction.
public typealias RNNParameters<Scalar: RecurrentScalar> = LayerParameters<RNNWeights<Scalar>>

extension LayerParameters {
  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Scalar, Other>(to type: Other.Type) -> RNNParameters<Other>
  where Weights == RNNWeights<Scalar> {
    map { $0.converted(to: type) }
  }
}
