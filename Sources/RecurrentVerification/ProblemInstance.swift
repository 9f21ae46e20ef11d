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

  /// Compares outputs [T, N, D·H] with the Double definition. Sequences do not mix, so that some of them, named by
  /// `rows`, can be compared without computing the others.
  package func verify(_ hidden: Tensor<Float>, rows: [Int]) -> ErrorReport {
    let steps = hidden.shape[0]
    let width = hidden.shape[2]
    var report = ErrorReport()
    let reference = ReferenceLSTM(problem.configuration, parameters, roundoff: .float)
    for row in rows {
      let expected = reference.run(
        steps: (0..<steps).map { step in (0..<problem.inputSize).map { Double(input[step, row, $0]) } })
      for step in 0..<steps {
        for column in 0..<width {
          report.compare(Double(hidden[step, row, column]), with: expected.hidden[step][column])
        }
      }
    }
    return report
  }
}
