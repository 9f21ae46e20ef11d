import Recurrent
import RecurrentTraining
import RecurrentVerification
import Testing

@Suite("Gradient flow: Jacobians of states")
struct StateJacobianTests {
  static let cases =
    LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, layerCount: 1, isBidirectional: false, stepCount: 6, batchSize: 2)
    .withNormalized
    + [
      LSTMConfiguration(inputSize: 3, hiddenSize: 5, projectionSize: 2, hasPeepholes: true),
      LSTMConfiguration(
        inputSize: 3, hiddenSize: 5, hasPeepholes: true,
        activations: LSTMActivations(gate: .sigmoid, candidate: .softsign, output: .identity, couplesForget: true)),
    ].map { LayerCase(options: .lstm($0), stepCount: 6, batchSize: 2, seed: 21) }
    + [
      LayerCase(
        options: .rnn(RNNConfiguration(inputSize: 3, hiddenSize: 5, activation: .softplus)), stepCount: 6, batchSize: 2,
        seed: 3)
    ]

  /// The state of the second sequence, all parts one after another.
  private struct Point<Layer: VerifiableLayer<Double>> {
    let layer: Layer
    let input: Tensor<Double>
    let start: [Double]

    init(_ example: LayerCase, _ layer: Layer) {
      self.layer = layer
      input = example.input(Double.self)
      start = example.initialState(layer).components.flatMap { $0.sequences(1..<2).elements }
    }

    func state(_ numbers: [Double]) -> Layer.State {
      var rest = numbers[...]
      return Layer.State(
        components: layer.stack.shape.componentSizes.map { width in
          defer { rest = rest.dropFirst(width) }
          return Tensor(shape: [1, 1, width], elements: Array(rest.prefix(width)))
        })
    }

    /// The state after some steps.
    func after(_ steps: Range<Int>, from numbers: [Double]) -> [Double] {
      layer(input.sequences(1..<2).steps(steps), from: state(numbers)).final.components.flatMap(\.elements)
    }
  }

  /// Central differences with h = 10⁻³, Richardson's way: off by h⁴/30 times a fifth derivative, which behind a
  /// normalisation may be 10³, some 10⁻¹⁰, and by rounding, ε/h = 2·10⁻¹³ for each of the numbers of some 10 roundings.
  @Test("a Jacobian is the difference quotient of its step", arguments: cases)
  func differences(_ example: LayerCase) { expectDifferences(example, example.layer(Double.self, .naive)) }

  private func expectDifferences<Layer: VerifiableLayer<Double>>(_ example: LayerCase, _ layer: Layer) {
    let point = Point(example, layer)
    let whole = example.initialState(layer)
    let jacobians = layer.stateJacobians(point.input, sequence: 1, from: whole)
    #expect(jacobians.stepCount == 6 && jacobians.size == point.start.count)
    for step in [0, 3] {
      let before = step == 0 ? point.start : point.after(0..<step, from: point.start)
      let matrix = jacobians.matrix(ofStep: step)
      for column in before.indices {
        func quotient(_ distance: Double) -> [Double] {
          var (up, down) = (before, before)
          up[column] += distance
          down[column] -= distance
          return zip(point.after(step..<step + 1, from: up), point.after(step..<step + 1, from: down))
            .map { ($0 - $1) / (2 * distance) }
        }
        for (row, (near, far)) in zip(quotient(1e-3), quotient(2e-3)).enumerated() {
          let wanted = (4 * near - far) / 3
          #expect(
            (matrix[row, column] - wanted).magnitude < 1e-9, "\(example) step \(step) [\(row), \(column)]: \(wanted)")
        }
      }
    }
  }

  /// A product of T Jacobians whose elements are sums of K terms differs from what T steps of BPTT give by T·K roundings of
  /// the product of their magnitudes at the most.
  @Test("their product is ∂s_T/∂s_0 of BPTT", arguments: cases)
  func product(_ example: LayerCase) {
    expectProduct(example, example.layer(Double.self, .fused))
    expectProduct(example, example.layer(Float.self, .fused))
  }

  private func expectProduct<Layer: VerifiableLayer>(_ example: LayerCase, _ layer: Layer) {
    let (input, initial) = (example.input(Layer.Scalar.self), example.initialState(layer))
    let jacobians = layer.stateJacobians(input, sequence: 1, from: initial)
    let (size, steps) = (jacobians.size, example.stepCount)
    // All rows of ∂s_T/∂s_0 at once: as many copies of the sequence as the state has numbers, each with its unit vector.
    let copies = [Int](repeating: 1, count: size)
    var tape = Tape(for: layer, steps: steps, batchSize: size)
    var gradients = layer.parameters.zeros()
    _ = layer.forward(
      input.copies(copies), from: Layer.State(components: initial.components.map { $0.copies(copies) }),
      recording: &tape)
    var column = 0
    let units = example.shape.componentSizes.map { width in
      var unit = Tensor<Layer.Scalar>(shape: [1, size, width])
      for index in 0..<width { unit[0, column + index, index] = 1 }
      column += width
      return unit
    }
    let back = layer.backward(
      OutputGradients(final: Layer.State(components: units)), through: &tape, into: &gradients)
    let product = jacobians.product(of: 0..<steps)
    var magnitudes = (0..<size).map { row in (0..<size).map { $0 == row ? 1.0 : 0 } }
    for step in (0..<steps).reversed() {
      let matrix = jacobians.matrix(ofStep: step)
      magnitudes = magnitudes.map { row in
        (0..<size).map { column in
          (0..<size).reduce(0) { $0 + row[$1] * Double(matrix[$1, column].magnitude) }
        }
      }
    }
    let terms = Double(steps * (example.shape.gateCount + 2) * size)
    let matrix = product.matrix
    for row in 0..<size {
      let wanted = back.initial.components.flatMap { tensor in
        (0..<tensor.shape[2]).map { Double(tensor[0, row, $0]) }
      }
      for column in 0..<size {
        let limit = terms * Double(Layer.Scalar.ulpOfOne) * magnitudes[row].max()!
        let found = Double(matrix[row, column])
        #expect((found - wanted[column]).magnitude <= limit, "\(example) [\(row), \(column)]: \(found)")
      }
    }
  }

  @Test("in reverse they are those of the sequence turned round, and in a stack those of its place")
  func places() {
    let gru = GRU<Double>(inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: true, seed: 5)
    let input = Tensor<Double>.random([5, 2, 3], seed: 1)
    let lengths = [5, 3]
    var configuration = gru.configuration
    (configuration.layerCount, configuration.isBidirectional) = (1, false)
    let reverse = GRU<Double>(
      configuration, parameters: GRUParameters(configuration, weights: [gru.parameters[layer: 0, direction: .reverse]]))
    let turned = Tensor<Double>(
      shape: [3, 1, 3],
      elements: (0..<3).flatMap { step in
        (0..<3).map { input[2 - step, 1, $0] }
      })
    let place = LayerPlace(layer: 0, direction: .reverse)
    let inStack = gru.stateJacobians(input, sequence: 1, lengths: lengths, at: place)
    #expect(inStack.stepCount == 3 && inStack.place == place)
    #expect(inStack.product(of: 0..<3) == reverse.stateJacobians(turned).product(of: 0..<3))
    let above = gru.stateJacobians(input, sequence: 1, lengths: lengths, at: LayerPlace(layer: 1))
    #expect(above.matrix(ofStep: 2) != inStack.matrix(ofStep: 2))
  }

  /// W with singular values that are known: a product of thousands is far beyond every number, and its logarithm is not.
  @Test("products are brought to scale, and their singular values are right", arguments: [0.2, 1, 30])
  func scale(gain: Double) {
    func check<Scalar: RecurrentScalar>(_: Scalar.Type) {
      let configuration = RNNConfiguration(inputSize: 2, hiddenSize: 6, activation: .identity)
      let rnn = RNN<Scalar>(
        configuration,
        initialization: RNNInitialization(
          input: .constant(0), recurrent: .orthogonal(gain: gain), bias: .constant(0)), seed: 4)
      let product = rnn.stateJacobians(Tensor(shape: [1000, 1, 2])).product(of: 0..<1000)
      // Each of 1000 products, and W itself, is off by some 6 roundings.
      let limit = 1000 * 12 * Double(Scalar.ulpOfOne)
      for value in product.logSingularValues() {
        #expect((value - 1000 * Double._log(gain)).magnitude <= limit, "\(Scalar.self) \(gain): \(value)")
      }
    }
    check(Float.self)
    check(Double.self)
  }

  @Test("singular values of a matrix that is known, and of one with NaN or of zeros")
  func singularValues() {
    // A rotation by any angle, times diag(3, 4·10⁻⁵): both values are known.
    let (c, s) = (0.6, 0.8)
    let matrix = Tensor<Double>(shape: [2, 2], elements: [3 * c, 4e-5 * s, -3 * s, 4e-5 * c])
    let values = ScaledMatrix(matrix, exponent: 2000).logSingularValues().map { $0 - 2000 * Double._log(2) }
    #expect((values[0] - Double._log(3)).magnitude < 1e-12)
    // ε·σ₁/σ₂ of the smaller one is unknown: 10⁻¹⁶·10⁵.
    #expect((values[1] - Double._log(4e-5)).magnitude < 1e-10)
    #expect(ScaledMatrix(Tensor<Float>(shape: [2, 3])).logSingularValues() == [-.infinity, -.infinity])
    #expect(ScaledMatrix(Tensor<Float>(shape: [1, 2], elements: [.nan, 1])).logSingularValues()[0].isNaN)
    let wide = ScaledMatrix(Tensor<Double>(shape: [1, 3], elements: [2, 3, 6]), exponent: 3)
    #expect(wide.matrix.elements == [16, 24, 48] && wide.exponent == 6)
    #expect((wide.logSingularValues()[0] - Double._log(56)).magnitude < 1e-14)
  }
}

extension Tensor {
  /// Sequences of a tensor [T, N, F] by their numbers.
  fileprivate func copies(_ sequences: [Int]) -> Tensor {
    var copies = Tensor(shape: [shape[0], sequences.count, shape[2]])
    for step in 0..<shape[0] {
      for (target, source) in sequences.enumerated() {
        for feature in 0..<shape[2] { copies[step, target, feature] = self[step, source, feature] }
      }
    }
    return copies
  }
}
