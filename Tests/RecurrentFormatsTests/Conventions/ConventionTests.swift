import Recurrent
import RecurrentFormats
import Testing

@Suite("Conventions: other systems' weights")
struct ConventionTests {
  /// A number that tells its gate (by its letter in the other system's order), unit and feature.
  private func code(_ gate: Int, _ unit: Int, _ feature: Int) -> Float { Float(100 * gate + 10 * unit + feature) }

  /// Weights over some features of a system whose gates stand in `order`, each a place in ours.
  private func weights(_ order: [Int], features: Int, _ orientation: WeightOrientation, offset: Float) -> Tensor<Float>
  {
    let units = 2
    var tensor = Tensor<Float>(
      shape: orientation == .gatesInRows ? [order.count * units, features] : [features, order.count * units])
    for (block, gate) in order.enumerated() {
      for unit in 0..<units {
        for feature in 0..<features {
          let number = offset + code(gate, unit, feature)
          if orientation == .gatesInRows {
            tensor[block * units + unit, feature] = number
          } else {
            tensor[feature, block * units + unit] = number
          }
        }
      }
    }
    return tensor
  }

  private func vector(_ order: [Int], offset: Float = 0) -> Tensor<Float> {
    Tensor(
      shape: [2 * order.count], elements: order.flatMap { [offset + code($0, 0, 0), offset + code($0, 1, 0)] })
  }

  static let lstms: [(String, LSTMConvention, order: [Int], peepholes: [Int])] = [
    // Places of i f g o in our order are 0 1 2 3; of i f o among the peepholes 0 1 2.
    ("PyTorch", .pyTorch, [0, 1, 2, 3], [0, 1, 2]), ("Keras", .keras, [0, 1, 2, 3], [0, 1, 2]),
    ("ONNX: i o f c, peepholes i o f", .onnx, [0, 3, 1, 2], [0, 2, 1]),
    ("Core ML: i f o g", .coreML, [0, 1, 3, 2], [0, 1, 2]),
    ("Haste: i g f o", .haste, [0, 2, 1, 3], [0, 1, 2]), ("Haiku: i g f o", .haiku, [0, 2, 1, 3], [0, 1, 2]),
  ]

  @Test("every number of an LSTM finds its gate, unit and feature, and the way back", arguments: lstms)
  func lstm(name: String, convention: LSTMConvention, order: [Int], peepholes: [Int]) {
    let projection = Tensor<Float>(shape: convention.orientation == .gatesInRows ? [1, 2] : [2, 1], elements: [5, 6])
    let foreign = ForeignWeights(
      input: weights(order, features: 3, convention.orientation, offset: 0),
      recurrent: weights(order, features: 1, convention.orientation, offset: 5000), inputBias: vector(order),
      peephole: vector(peepholes), projection: projection)
    let own = LSTMWeights(foreign, in: convention)
    for gate in 0..<4 {
      for unit in 0..<2 {
        let column = 2 * gate + unit
        #expect(own.matrix[0, column] == 5000 + code(gate, unit, 0))
        for feature in 0..<3 { #expect(own.matrix[1 + feature, column] == code(gate, unit, feature)) }
        let offset: Float = name.hasPrefix("Haiku") && gate == 1 ? 1 : 0
        #expect(own.bias[column] == code(gate, unit, 0) + offset)
        if gate < 3 { #expect(own.peephole?[column] == code(gate, unit, 0)) }
      }
    }
    #expect(own.projection == Tensor(shape: [2, 1], elements: [5, 6]))
    #expect(own.foreign(in: convention) == foreign)
  }

  static let grus: [(String, GRUConvention, order: [Int])] = [
    // Places of r z n in our order.
    ("PyTorch", .pyTorch, [0, 1, 2]), ("Keras: z r h", .keras, [1, 0, 2]), ("ONNX: z r h", .onnx, [1, 0, 2]),
    ("Core ML: r o z", .coreML, [0, 2, 1]), ("Haiku: z r a", .haiku, [1, 0, 2]),
  ]

  @Test(
    "every number of a GRU finds its gate, unit and feature, and the way back", arguments: grus,
    [GRUReset.afterProduct, .beforeProduct])
  func gru(convention: (String, GRUConvention, order: [Int]), reset: GRUReset) {
    let (_, convention, order) = convention
    let foreign = ForeignWeights(
      input: weights(order, features: 3, convention.orientation, offset: 0),
      recurrent: weights(order, features: 2, convention.orientation, offset: 5000), inputBias: vector(order),
      recurrentBias: vector(order, offset: 7000))
    let own = GRUWeights(foreign, in: convention, reset: reset)
    for gate in 0..<3 {
      let sign: Float = convention.update == .takesNew && gate == 1 ? -1 : 1
      for unit in 0..<2 {
        let column = 2 * gate + unit
        for feature in 0..<2 { #expect(own.matrix[feature, column] == sign * (5000 + code(gate, unit, feature))) }
        for feature in 0..<3 { #expect(own.matrix[2 + feature, column] == sign * code(gate, unit, feature)) }
        let isApart = reset == .afterProduct && gate == 2
        #expect(own.bias[column] == sign * (code(gate, unit, 0) + (isApart ? 0 : 7000 + code(gate, unit, 0))))
        if gate == 2 { #expect(own.recurrentBias?[unit] == (isApart ? 7000 + code(gate, unit, 0) : nil)) }
      }
    }
    #expect(GRUWeights(own.foreign(in: convention), in: convention, reset: reset) == own)
  }

  /// h' = (1 − z)·h + z·n with all of z's weights negated is h' = (1 − z)·n + z·h: the states differ by rounding alone.
  @Test("a GRU whose z takes the new state computes the same with z negated")
  func updateSign() {
    let gru = GRU<Double>(inputSize: 3, hiddenSize: 2, reset: .beforeProduct, seed: 1)
    let weights = gru.parameters[layer: 0]
    let foreign = weights.foreign(in: .haiku)
    let (x, h) = ([0.5, -1, 0.25], [0.3, -0.6])
    func sum(_ matrix: Tensor<Double>, _ v: [Double], _ column: Int) -> Double {
      v.indices.reduce(0) { $0 + v[$1] * matrix[$1, column] }
    }
    // Haiku's own order: z r a.
    let bias = foreign.inputBias!
    let gates = (0..<4).map { sigmoid(bias[$0] + sum(foreign.input, x, $0) + sum(foreign.recurrent, h, $0)) }
    let (z, r) = (Array(gates[..<2]), Array(gates[2...]))
    let reset = [r[0] * h[0], r[1] * h[1]]
    let a = (4..<6).map { Activation.tanh(bias[$0] + sum(foreign.input, x, $0) + sum(foreign.recurrent, reset, $0)) }
    let state = HiddenState(hidden: Tensor(shape: [1, 1, 2], elements: h))
    let output = gru(Tensor(shape: [1, 1, 3], elements: x), from: state).hidden
    for unit in 0..<2 {
      // A dozen roundings of numbers below 3.
      #expect(((1 - z[unit]) * h[unit] + z[unit] * a[unit] - output[0, 0, unit]).magnitude < 1e-14)
    }
  }

  @Test("a plain RNN is transposed, and two biases are added up")
  func rnn() {
    let input = Tensor<Float>(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])
    let recurrent = Tensor<Float>(shape: [2, 2], elements: [7, 8, 9, 10])
    let foreign = ForeignWeights(
      input: input, recurrent: recurrent, inputBias: Tensor(shape: [2], elements: [1, 2]),
      recurrentBias: Tensor(shape: [2], elements: [10, 20]))
    let own = RNNWeights(foreign, in: .gatesInRows)
    #expect(own.matrix == Tensor(shape: [5, 2], elements: [7, 9, 8, 10, 1, 4, 2, 5, 3, 6]))
    #expect(own.bias == Tensor(shape: [2], elements: [11, 22]))
    #expect(own.foreign(in: .gatesInRows).input == input && own.foreign(in: .gatesInRows).recurrent == recurrent)
    let columns = own.foreign(in: .gatesInColumns)
    #expect(columns.input == input.transposed() && RNNWeights(columns, in: .gatesInColumns) == own)
  }

  @Test("weights whose shapes contradict one another stop the program")
  func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let weights = ForeignWeights<Float>(input: Tensor(shape: [9, 3]), recurrent: Tensor(shape: [8, 2]))
      _ = LSTMWeights(weights, in: .pyTorch)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("[9, 3]") && message.contains("8 are the gates of 2 units"), "\(message)")
  }
}
