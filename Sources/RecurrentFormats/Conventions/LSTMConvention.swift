public import Recurrent

/// How another system keeps the weights of an LSTM.
public struct LSTMConvention: Hashable, Sendable {
  /// The order of the gate blocks.
  public var gates: [LSTMGate]
  /// Where the gates stand.
  public var orientation: WeightOrientation
  /// The order of the blocks of a peephole vector.
  public var peepholes: [LSTMGate]
  /// What the system's code adds to the bias of the forget gate in every step, beside what its file holds.
  public var forgetOffset: Double

  /// A convention; `gates` must be all four, `peepholes` the three that have some.
  public init(
    gates: [LSTMGate], orientation: WeightOrientation, peepholes: [LSTMGate] = [.input, .forget, .output],
    forgetOffset: Double = 0
  ) {
    require(Set(gates) == Set(LSTMGate.allCases) && gates.count == 4, "LSTMConvention: \(gates.count) gates, not all 4")
    require(
      Set(peepholes) == [.input, .forget, .output] && peepholes.count == 3,
      "LSTMConvention: \(peepholes.count) peepholes, not those of i, f and o, 3")
    self.gates = gates
    self.orientation = orientation
    self.peepholes = peepholes
    self.forgetOffset = forgetOffset
  }

  /// i f g o in rows: PyTorch, cuDNN, `jax.experimental.rnn`, MLX, candle, Equinox.
  public static let pyTorch = LSTMConvention(gates: [.input, .forget, .candidate, .output], orientation: .gatesInRows)
  /// i f c o in columns: Keras, and TensorFlow's LSTMBlockCell.
  public static let keras = LSTMConvention(gates: [.input, .forget, .candidate, .output], orientation: .gatesInColumns)
  /// i o f c in rows, peepholes i o f: ONNX.
  public static let onnx = LSTMConvention(
    gates: [.input, .output, .forget, .candidate], orientation: .gatesInRows, peepholes: [.input, .output, .forget])
  /// i f o g in rows: Core ML, ncnn, MIOpen.
  public static let coreML = LSTMConvention(gates: [.input, .forget, .output, .candidate], orientation: .gatesInRows)
  /// i g f o in columns: Haste, Swift for TensorFlow.
  public static let haste = LSTMConvention(gates: [.input, .candidate, .forget, .output], orientation: .gatesInColumns)
  /// i g f o in columns, and σ(f + 1) inside the cell: Haiku, and TensorFlow's BasicLSTMCell with its default `forget_bias`.
  public static let haiku = LSTMConvention(
    gates: [.input, .candidate, .forget, .output], orientation: .gatesInColumns, forgetOffset: 1)
}

extension LSTMWeights {
  /// Weights from another system's: gates in our order, two biases added up.
  ///
  /// - Complexity: O(number of parameters).
  public init(_ foreign: ForeignWeights<Scalar>, in convention: LSTMConvention) {
    let blocks = foreign.blocks(convention.gates, convention.orientation)
    var bias = foreign.biasSum(blocks)
    bias.add(Scalar(convention.forgetOffset), toBlock: LSTMGate.forget.rawValue, of: blocks.hiddenSize)
    self.init(
      matrix: blocks.matrix(recurrent: foreign.recurrent, input: foreign.input), bias: bias,
      peephole: foreign.peephole.map { convention.peepholeBlocks(blocks.hiddenSize).bias($0) },
      projection: foreign.projection.map { convention.orientation == .gatesInRows ? $0.transposed() : $0 })
  }

  /// These weights, which must not be those of a normalised layer, in another system's convention. The bias is all in `inputBias`.
  ///
  /// - Complexity: O(number of parameters).
  public func foreign(in convention: LSTMConvention) -> ForeignWeights<Scalar> {
    require(gains == nil, "foreign: gains of \(bias.count) gates, for which another system's form has 0 places")
    let hiddenSize = bias.count / 4
    let recurrentRows = projection?.shape[1] ?? hiddenSize
    let blocks = GateBlocks(
      hiddenSize: hiddenSize, sources: LSTMGate.allCases.map { convention.gates.firstIndex(of: $0)! },
      orientation: convention.orientation)
    var bias = bias
    bias.add(Scalar(-convention.forgetOffset), toBlock: LSTMGate.forget.rawValue, of: hiddenSize)
    return ForeignWeights(
      input: blocks.weights(matrix, rows: recurrentRows..<matrix.shape[0]),
      recurrent: blocks.weights(matrix, rows: 0..<recurrentRows), inputBias: blocks.foreignBias(bias),
      peephole: peephole.map { convention.peepholeBlocks(hiddenSize).foreignBias($0) },
      projection: projection.map { convention.orientation == .gatesInRows ? $0.transposed() : $0 })
  }
}

extension LSTMConvention {
  /// How the blocks of a peephole vector become ours, i f o.
  fileprivate func peepholeBlocks(_ hiddenSize: Int) -> GateBlocks {
    let own: [LSTMGate] = [.input, .forget, .output]
    return GateBlocks(
      hiddenSize: hiddenSize, sources: own.map { peepholes.firstIndex(of: $0)! }, orientation: orientation)
  }
}

extension Tensor {
  /// Adds a number to each element of one block; 0 changes nothing, not even the sign of a zero.
  fileprivate mutating func add(_ offset: Scalar, toBlock block: Int, of size: Int) {
    guard offset != 0 else { return }
    for index in block * size..<(block + 1) * size { self[index] += offset }
  }
}
