public import Recurrent

/// How another system keeps the weights of a GRU.
public struct GRUConvention: Hashable, Sendable {
  /// What the update gate says.
  public enum Update: Sendable {
    /// How much of the old state stays, as here: h' = (1 − z)·n + z·h.
    case keepsOld
    /// How much of the new state enters: h' = (1 − z)·h + z·n.
    ///
    /// Since σ(−x) = 1 − σ(x), the gate with all its weights and biases negated is the other one, exactly.
    case takesNew
  }

  /// The order of the gate blocks.
  public var gates: [GRUGate]
  /// Where the gates stand.
  public var orientation: WeightOrientation
  /// What z says.
  public var update: Update

  /// A convention; `gates` must be all three.
  public init(gates: [GRUGate], orientation: WeightOrientation, update: Update = .keepsOld) {
    require(Set(gates) == Set(GRUGate.allCases) && gates.count == 3, "GRUConvention: \(gates.count) gates, not all 3")
    self.gates = gates
    self.orientation = orientation
    self.update = update
  }

  /// r z n in rows: PyTorch, cuDNN, MLX, candle, Equinox.
  public static let pyTorch = GRUConvention(gates: [.reset, .update, .candidate], orientation: .gatesInRows)
  /// z r h in columns: Keras, Haste, RNNoise.
  public static let keras = GRUConvention(gates: [.update, .reset, .candidate], orientation: .gatesInColumns)
  /// z r h in rows: ONNX.
  public static let onnx = GRUConvention(gates: [.update, .reset, .candidate], orientation: .gatesInRows)
  /// r o z in rows, o being the candidate: Core ML.
  public static let coreML = GRUConvention(gates: [.reset, .candidate, .update], orientation: .gatesInRows)
  /// z r a in columns, and z that takes the new state: Haiku, DL4S.
  public static let haiku = GRUConvention(
    gates: [.update, .reset, .candidate], orientation: .gatesInColumns, update: .takesNew)
}

extension GRUWeights {
  /// Weights from another system's: gates in our order; of two biases those of r and z added up, and that of n where the
  /// reset comes before the product. After it, the recurrent bias of n is one of its own.
  ///
  /// - Complexity: O(number of parameters).
  public init(_ foreign: ForeignWeights<Scalar>, in convention: GRUConvention, reset: GRUReset) {
    let blocks = foreign.blocks(convention.gates, convention.orientation)
    var matrix = blocks.matrix(recurrent: foreign.recurrent, input: foreign.input)
    var bias = foreign.biasSum(blocks)
    var recurrentBias: Tensor<Scalar>?
    if reset == .afterProduct {
      let zeros = Tensor<Scalar>(shape: [blocks.width])
      let candidate = 2 * blocks.hiddenSize..<blocks.width
      let (input, recurrent) = (foreign.inputBias ?? zeros, foreign.recurrentBias ?? zeros)
      let own = blocks.bias(input).elements
      for index in candidate { bias[index] = own[index] }
      recurrentBias = Tensor(
        shape: [blocks.hiddenSize], elements: Array(blocks.bias(recurrent).elements[candidate]))
    }
    if convention.update == .takesNew {
      matrix.negate(block: GRUGate.update.rawValue, of: blocks.hiddenSize)
      bias.negate(block: GRUGate.update.rawValue, of: blocks.hiddenSize)
    }
    self.init(matrix: matrix, bias: bias, recurrentBias: recurrentBias)
  }

  /// These weights, which must not be those of a normalised layer, in another system's convention. The bias is all in `inputBias`, but for that of n's recurrent product;
  /// `recurrentBias` is nil where the reset comes before it.
  ///
  /// - Complexity: O(number of parameters).
  public func foreign(in convention: GRUConvention) -> ForeignWeights<Scalar> {
    require(gains == nil, "foreign: gains of \(bias.count) gates, for which another system's form has 0 places")
    let hiddenSize = bias.count / 3
    let blocks = GateBlocks(
      hiddenSize: hiddenSize, sources: GRUGate.allCases.map { convention.gates.firstIndex(of: $0)! },
      orientation: convention.orientation)
    var (matrix, bias) = (matrix, bias)
    if convention.update == .takesNew {
      matrix.negate(block: GRUGate.update.rawValue, of: hiddenSize)
      bias.negate(block: GRUGate.update.rawValue, of: hiddenSize)
    }
    let zeros = [Scalar](repeating: 0, count: 2 * hiddenSize)
    return ForeignWeights(
      input: blocks.weights(matrix, rows: hiddenSize..<matrix.shape[0]),
      recurrent: blocks.weights(matrix, rows: 0..<hiddenSize), inputBias: blocks.foreignBias(bias),
      recurrentBias: recurrentBias.map {
        blocks.foreignBias(Tensor(shape: [blocks.width], elements: zeros + $0.elements))
      })
  }
}

extension Tensor {
  /// Negates one block of the last dimension, of three.
  fileprivate mutating func negate(block: Int, of size: Int) {
    var target = mutableSpan
    for row in 0..<target.count / (3 * size) {
      for column in block * size..<(block + 1) * size { target[row * 3 * size + column].negate() }
    }
  }
}
