import Recurrent
import RecurrentTraining
import Testing

@Suite("Initialisation")
struct InitializationTests {
  @Test("SplitMix64 gives its published numbers")
  func generator() {
    var generator = SeededGenerator(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
    #expect(generator.next() == 9_817_491_932_198_370_423)
  }

  @Test("normal numbers have mean 0 and variance 1")
  func normal() {
    var generator = SeededGenerator(seed: 3)
    let numbers = (0..<100_000).map { _ in generator.normal() }
    let mean = numbers.reduce(0, +) / 100_000
    let variance = numbers.reduce(0) { $0 + $1 * $1 } / 100_000
    // Five standard errors: 1/√n of the mean, √(2/n) of the variance.
    #expect(mean.magnitude < 5 * 0.0032)
    #expect((variance - 1).magnitude < 5 * 0.0045)
  }

  @Test("the same seed gives the same weights, another one others, and Float those of Double")
  func seeds() {
    let configuration = LSTMConfiguration(
      inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: true, projectionSize: 2, hasPeepholes: true)
    let first = LSTMParameters<Float>(configuration, initialization: .uniform, seed: 1)
    #expect(first == LSTMParameters<Float>(configuration, initialization: .uniform, seed: 1))
    #expect(first != LSTMParameters<Float>(configuration, initialization: .uniform, seed: 2))
    let wide = LSTMParameters<Double>(configuration, initialization: .uniform, seed: 1)
    #expect(wide.converted(to: Float.self) == first)
    #expect(first.weights.allSatisfy { $0.matrix.elements.allSatisfy { $0.magnitude <= 0.5 } })
    #expect(first[layer: 1].matrix.shape == [2 + 4, 16])
  }

  @Test("a GRU draws r, z and n in one go, and the bias that only one kind has", arguments: [1, 2] as [UInt64])
  func gru(seed: UInt64) {
    let after = GRUConfiguration(inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: true)
    let before = GRUConfiguration(inputSize: 3, hiddenSize: 4, reset: .beforeProduct)
    let first = GRUParameters<Float>(after, initialization: .uniform, seed: seed)
    #expect(first == GRUParameters<Float>(after, initialization: .uniform, seed: seed))
    #expect(first != GRUParameters<Float>(after, initialization: .uniform, seed: seed + 1))
    #expect(first == GRUParameters<Double>(after, initialization: .uniform, seed: seed).converted(to: Float.self))
    #expect(first[layer: 1, direction: .reverse].matrix.shape == [4 + 8, 12])
    #expect(first[layer: 0].recurrentBias?.shape == [4])
    #expect(first.weights.allSatisfy { $0.matrix.elements.allSatisfy { $0.magnitude <= 0.5 } })
    #expect(GRUParameters<Float>(before, initialization: .glorot, seed: seed)[layer: 0].recurrentBias == nil)
  }

  @Test("a plain RNN's weights are of one gate")
  func rnn() {
    let configuration = RNNConfiguration(inputSize: 3, hiddenSize: 4, layerCount: 2)
    let first = RNNParameters<Float>(configuration, initialization: .uniform, seed: 1)
    #expect(first == RNNParameters<Double>(configuration, initialization: .uniform, seed: 1).converted(to: Float.self))
    #expect(first[layer: 1].matrix.shape == [8, 4])
    let keras = RNNParameters<Double>(configuration, initialization: .keras, seed: 1)[layer: 0]
    #expect(keras.bias.elements.allSatisfy { $0 == 0 })
    let square = (0..<4).reduce(0.0) { $0 + keras.matrix[2, $1] * keras.matrix[2, $1] }
    #expect((square - 1).magnitude < 1e-12)  // a row of an orthogonal matrix
  }

  @Test("Glorot's bound is that of what the scope shows it")
  func scope() {
    let configuration = LSTMConfiguration(inputSize: 40, hiddenSize: 60)
    func largest(_ scope: GateScope) -> Double {
      let initialization = LSTMInitialization(
        input: .glorotUniform, recurrent: .constant(0), scope: scope, bias: .forget(1))
      let weights = LSTMParameters<Double>(configuration, initialization: initialization, seed: 1).weights[0]
      return weights.matrix.elements.map(\.magnitude).max()!
    }
    let (perGate, whole) = ((6.0 / 100).squareRoot(), (6.0 / 280).squareRoot())
    #expect(largest(.perGate) <= perGate && largest(.perGate) > 0.99 * perGate)
    #expect(largest(.wholeMatrix) <= whole && largest(.wholeMatrix) > 0.99 * whole)
  }

  @Test("biases: forget, chrono")
  func biases() {
    let configuration = LSTMConfiguration(inputSize: 1, hiddenSize: 200)
    let glorot = LSTMParameters<Float>(configuration, initialization: .glorot, seed: 1).weights[0].bias.elements
    for gate in LSTMGate.allCases {
      let block = glorot[gate.rawValue * 200..<(gate.rawValue + 1) * 200]
      #expect(block.allSatisfy { $0 == (gate == .forget ? 1 : 0) })
    }
    var initialization = LSTMInitialization.glorot
    initialization.bias = .chrono(maximumSteps: 101)
    let chrono = LSTMParameters<Double>(configuration, initialization: initialization, seed: 1).weights[0].bias
    let forget = chrono.elements[200..<400]
    #expect(forget.allSatisfy { $0 >= 0 && $0 <= 4.6052 })
    #expect(forget.max()! > 4.5)
    #expect(zip(forget, chrono.elements[0..<200]).allSatisfy { $0 == -$1 })
  }

  @Test("orthogonal: QᵀQ = gain²·1, tall and wide", arguments: [(1, 1), (5, 5), (30, 7), (7, 30)])
  func orthogonal(fanIn: Int, fanOut: Int) {
    var generator = SeededGenerator(seed: 9)
    let q = Initializer.orthogonal(gain: 2)(.init(fanIn: fanIn, fanOut: fanOut, hiddenSize: 1), using: &generator)
    let few = min(fanIn, fanOut)
    for i in 0..<few {
      for j in 0..<few {
        let product = (0..<max(fanIn, fanOut)).reduce(0.0) { sum, k in
          sum + (fanIn >= fanOut ? q[k * fanOut + i] * q[k * fanOut + j] : q[i * fanOut + k] * q[j * fanOut + k])
        }
        #expect((product - (i == j ? 4 : 0)).magnitude < 1e-13 * Double(max(fanIn, fanOut)))
      }
    }
  }

  @Test("orthogonal matrices are not biased to one sign of the diagonal")
  func orthogonalSigns() {
    var generator = SeededGenerator(seed: 9)
    let corners = (0..<200).map { _ in
      Initializer.orthogonal()(.init(fanIn: 3, fanOut: 3, hiddenSize: 1), using: &generator)[0]
    }
    let positive = corners.filter { $0 > 0 }.count
    #expect(positive > 65 && positive < 135)  // five standard deviations, √200/2 each
  }

  @Test("Keras: the whole recurrent matrix is orthogonal; Haste: each gate's")
  func presets() {
    let configuration = LSTMConfiguration(inputSize: 3, hiddenSize: 6)
    for (initialization, whole) in [(LSTMInitialization.keras, 1.0), (.haste, 4.0)] {
      let matrix = LSTMParameters<Double>(configuration, initialization: initialization, seed: 1).weights[0].matrix
      // A row of a whole orthogonal [H, 4H] has norm 1; of four orthogonal gates, norm 2.
      for row in 0..<6 {
        let square = (0..<24).reduce(0.0) { $0 + matrix[row, $1] * matrix[row, $1] }
        #expect((square - whole).magnitude < 1e-12)
      }
    }
  }
}
