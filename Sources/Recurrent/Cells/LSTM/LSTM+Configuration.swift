/// The sizes and options of an LSTM.
public struct LSTMConfiguration: Hashable, Sendable {
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

  /// A configuration; sizes must be above 0.
  public init(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false, projectionSize: Int? = nil,
    hasPeepholes: Bool = false, activations: LSTMActivations = .standard
  ) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    self.layerCount = layerCount
    self.isBidirectional = isBidirectional
    self.projectionSize = projectionSize
    self.hasPeepholes = hasPeepholes
    self.activations = activations
  }

  /// The width of h of one direction: P where there is a projection, else H.
  public var outputSize: Int { projectionSize ?? hiddenSize }

  /// The features that a layer reads: I for the first one, the outputs of all directions for the others.
  public func inputSize(ofLayer layer: Int) -> Int { shape.inputSize(ofLayer: layer) }

  /// What the sequence level needs to know.
  var shape: StackShape {
    StackShape(
      inputSize: inputSize, hiddenSize: hiddenSize, outputSize: outputSize,
      hasProjection: projectionSize != nil, layerCount: layerCount, directionCount: isBidirectional ? 2 : 1,
      gateCount: LSTMGate.allCases.count)
  }

  func requireValid() {
    // The upper limit keeps every product of two sizes within Int, and every size within OpenBLAS's 32 bits.
    let limit = 1 << 28
    func check(_ name: String, _ size: Int) {
      require(size > 0 && size <= limit, "LSTM: \(name) of \(size); it must be from 1 to \(limit)")
    }
    check("an input size", inputSize)
    check("a hidden size", hiddenSize)
    check("a projection size", outputSize)
    check("a layer count", layerCount)
  }
}

/// All weights of an LSTM: one `LSTMWeights` a layer and direction.
public struct LSTMParameters<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// Layer by layer, and in each layer the forward direction first.
  public private(set) var weights: [LSTMWeights<Scalar>]
  private let directionCount: Int

  /// Parameters from the weights of every layer and direction: layer by layer, the forward direction first.
  public init(_ configuration: LSTMConfiguration, weights: [LSTMWeights<Scalar>]) {
    configuration.requireValid()
    let shape = configuration.shape
    require(
      weights.count == shape.layerCount * shape.directionCount,
      "LSTM: weights for \(weights.count) layers and directions, not \(shape.layerCount * shape.directionCount)")
    for (index, weights) in weights.enumerated() {
      weights.requireShapes(of: configuration, layer: index / shape.directionCount)
    }
    self.weights = weights
    directionCount = shape.directionCount
  }

  init(checked weights: [LSTMWeights<Scalar>], directionCount: Int) {
    self.weights = weights
    self.directionCount = directionCount
  }

  /// The weights of one layer and direction.
  public subscript(layer layer: Int, direction direction: Direction = .forward) -> LSTMWeights<Scalar> {
    get { weights[index(layer, direction)] }
    _modify { yield &weights[index(layer, direction)] }
  }

  /// The same numbers in another precision: exactly where it is the wider one, else rounded.
  public func converted<Other: RecurrentScalar>(to type: Other.Type) -> LSTMParameters<Other> {
    LSTMParameters<Other>(checked: weights.map { $0.converted(to: type) }, directionCount: directionCount)
  }

  private func index(_ layer: Int, _ direction: Direction) -> Int {
    let layerCount = weights.count / directionCount
    require(layer >= 0 && layer < layerCount, "LSTM: layer \(layer) of \(layerCount)")
    require(
      direction.rawValue < directionCount, "LSTM: direction \(direction.rawValue) of \(directionCount)")
    return layer * directionCount + direction.rawValue
  }
}
