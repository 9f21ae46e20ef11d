package import Recurrent

/// A problem with numbers in it: weights and inputs that follow from a seed.
package struct ProblemInstance: Sendable {
  package let problem: Problem
  package let parameters: LSTMParameters<Float>
  /// [T, N, I], from U(−1, 1).
  package let input: Tensor<Float>

  package init(_ problem: Problem, seed: UInt64) {
    self.problem = problem
    parameters = LSTMParameters(problem.configuration, initialization: .uniform, seed: seed)
    var generator = SeededGenerator(seed: seed &+ 1)
    let shape = [problem.stepCount, problem.batchSize, problem.inputSize]
    input = Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(generator.uniform(-1, 1)) })
  }

  /// The problem's LSTM on an engine.
  package func model(_ engine: Engine) -> LSTM<Float> {
    LSTM(problem.configuration, parameters: parameters, engine: engine)
  }
}
