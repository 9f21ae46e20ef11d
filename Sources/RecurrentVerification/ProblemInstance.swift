package import Recurrent

/// A problem with numbers in it: weights, lengths and inputs that follow from a seed.
package struct ProblemInstance: Sendable {
  package let problem: Problem
  /// [T, N, I], from U(−1, 1). Past the end of a sequence it is NaN, which nobody must see.
  package let input: Tensor<Float>
  /// The steps of each sequence, or nil where all have T.
  package let lengths: [Int]?

  private let layer: any VerifiableLayer<Float>
  private let seed: UInt64

  /// The loudness of the one frame of a decaying problem. A step makes the states of every cell about 0.6 times as large,
  /// as weights from U(−1/√H, 1/√H) do that meet no biases: some 20 steps lead from here to the first denormal number,
  /// and 40 more to 0.
  private static let lastSound: Float = 0x1p-110

  package init(_ problem: Problem, seed: UInt64) {
    self.problem = problem
    self.seed = seed
    layer = problem.makeLayer(seed: seed)
    var generator = SeededGenerator(seed: seed &+ 1)
    let lengths =
      problem.options.contains(.ragged)
      ? problem.lengths(steps: problem.stepCount).shuffled(using: &generator) : nil
    self.lengths = lengths
    let decays = problem.options.contains(.decay)
    let shape = [problem.stepCount, problem.batchSize, problem.inputSize]
    var elements: [Float] = []
    for step in 0..<problem.stepCount {
      for sequence in 0..<problem.batchSize {
        let isPadding = lengths.map { step >= $0[sequence] } ?? false
        let loudness: Float = isPadding ? .nan : !decays ? 1 : step == 0 ? Self.lastSound : 0
        for _ in 0..<problem.inputSize { elements.append(loudness * Float(generator.uniform(-1, 1))) }
      }
    }
    input = Tensor(shape: shape, elements: elements)
  }

  /// The problem's layers on an engine: an `LSTM<Float>`, a `GRU<Float>` or an `RNN<Float>`.
  package func model(_ engine: Engine) -> any VerifiableLayer<Float> { layer.on(engine) }

  /// What a loss has for gradients by h of every step, [T, N, D·H], from U(−1, 1). Past the end of a sequence it is NaN,
  /// which nobody must see.
  package var outputGradient: Tensor<Float> {
    let width = problem.hiddenSize * (problem.isBidirectional ? 2 : 1)
    var generator = SeededGenerator(seed: seed &+ 2)
    var elements: [Float] = []
    for step in 0..<problem.stepCount {
      for sequence in 0..<problem.batchSize {
        let isPadding = lengths.map { step >= $0[sequence] } ?? false
        for _ in 0..<width { elements.append(isPadding ? .nan : Float(generator.uniform(-1, 1))) }
      }
    }
    return Tensor(shape: [problem.stepCount, problem.batchSize, width], elements: elements)
  }

  /// The state that training starts from: U(−1, 1), or zeros where states shall decay.
  package func initialState<Layer: RecurrentLayer<Float>>(of layer: Layer) -> Layer.State {
    let zero = layer.zeroState(batchSize: problem.batchSize)
    guard !problem.options.contains(.decay) else { return zero }
    var generator = SeededGenerator(seed: seed &+ 3)
    return Layer.State(
      components: zero.components.map { part in
        Tensor(shape: part.shape, elements: (0..<part.count).map { _ in Float(generator.uniform(-1, 1)) })
      })
  }

  /// What the definition in Double makes of one sequence, [T, D·H]: 0 past its end, and exactly so.
  func definition(ofSequence row: Int) -> [[Bounded]] {
    let length = lengths?[row] ?? problem.stepCount
    func run(_ layer: some VerifiableLayer<Float>) -> [[Bounded]] {
      let steps = (0..<length).map { step in
        (0..<problem.inputSize).map { Double(input[step, row, $0]) }
      }
      return layer.reference(.float).run(steps: steps).hidden
    }
    let width = problem.hiddenSize * (problem.isBidirectional ? 2 : 1)
    let padding = [[Bounded]](
      repeating: [Bounded](repeating: Bounded(0), count: width), count: problem.stepCount - length)
    return run(layer) + padding
  }
}

extension Problem {
  /// The layers of this problem, with weights from U(−1/√H, 1/√H), and biases too unless states shall decay.
  fileprivate func makeLayer(seed: UInt64) -> any VerifiableLayer<Float> {
    let bias: Initializer = options.contains(.decay) ? .constant(0) : .hiddenUniform
    switch cell {
    case .lstm:
      var initialization = LSTMInitialization.uniform
      initialization.bias = .drawn(bias)
      let configuration = LSTMConfiguration(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional)
      return LSTM<Float>(configuration, initialization: initialization, seed: seed, engine: .naive)
    case .gru:
      var initialization = GRUInitialization.uniform
      initialization.bias = bias
      let configuration = GRUConfiguration(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        reset: options.contains(.resetBefore) ? .beforeProduct : .afterProduct)
      return GRU<Float>(configuration, initialization: initialization, seed: seed, engine: .naive)
    case .rnn:
      var initialization = RNNInitialization.uniform
      initialization.bias = bias
      let configuration = RNNConfiguration(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        activation: options.contains(.relu) ? .relu : .tanh)
      return RNN<Float>(configuration, initialization: initialization, seed: seed, engine: .naive)
    }
  }
}
