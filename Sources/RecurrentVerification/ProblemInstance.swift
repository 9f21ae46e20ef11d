package import Recurrent

/// A problem with numbers in it: weights and inputs that follow from a seed.
package struct ProblemInstance: Sendable {
  package let problem: Problem
  /// [T, N, I], from U(−1, 1).
  package let input: Tensor<Float>

  private let layer: any VerifiableLayer<Float>

  package init(_ problem: Problem, seed: UInt64) {
    self.problem = problem
    layer = problem.makeLayer(seed: seed)
    var generator = SeededGenerator(seed: seed &+ 1)
    let shape = [problem.stepCount, problem.batchSize, problem.inputSize]
    input = Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(generator.uniform(-1, 1)) })
  }

  /// The problem's layers on an engine: an `LSTM<Float>`, a `GRU<Float>` or an `RNN<Float>`.
  package func model(_ engine: Engine) -> any VerifiableLayer<Float> { layer.on(engine) }

  /// What the definition in Double makes of one sequence, [T, D·H].
  func definition(ofSequence row: Int) -> [[Bounded]] {
    func run(_ layer: some VerifiableLayer<Float>) -> [[Bounded]] {
      let steps = (0..<problem.stepCount).map { step in
        (0..<problem.inputSize).map { Double(input[step, row, $0]) }
      }
      return layer.reference(.float).run(steps: steps).hidden
    }
    return run(layer)
  }
}

extension Problem {
  /// The layers of this problem, with weights from U(−1/√H, 1/√H).
  fileprivate func makeLayer(seed: UInt64) -> any VerifiableLayer<Float> {
    switch cell {
    case .lstm:
      LSTM<Float>(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        seed: seed, engine: .naive)
    case .gru:
      GRU<Float>(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        seed: seed, engine: .naive)
    case .rnn:
      RNN<Float>(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
        seed: seed, engine: .naive)
    }
  }
}
