package import Recurrent

/// What the definition in Double makes of a problem, to be compared with what any number of engines make of it.
package protocol ProblemDefinition: Sendable {
  /// Compares results with the definition: h of every step [T, N, D·H], and in training, behind it, the gradients by the
  /// weights in their order, by the input, and by the parts of the initial state.
  func compare(_ results: [Tensor<Float>]) -> ErrorReport
}

/// What the definition in Double makes of some sequences of a problem.
package struct Definition: ProblemDefinition {
  private let rows: [Int]
  private let outputs: [[[Bounded]]]

  /// Computes the first and the last sequence of a problem, or where that would take seconds, the last alone.
  /// Sequences do not mix, so that each decides for itself.
  package init(_ instance: ProblemInstance) {
    let problem = instance.problem
    let last = problem.batchSize - 1
    let operations = problem.floatingPointOperations(steps: problem.stepCount) / Double(problem.batchSize)
    rows = last == 0 || operations > 1e8 ? [last] : [0, last]
    outputs = rows.map { instance.definition(ofSequence: $0) }
  }

  package func compare(_ results: [Tensor<Float>]) -> ErrorReport { compare(results[0]) }

  /// Compares outputs [T, N, D·H] with the definition.
  package func compare(_ hidden: Tensor<Float>) -> ErrorReport {
    var report = ErrorReport()
    for (row, output) in zip(rows, outputs) {
      for (step, expected) in output.enumerated() {
        for (column, number) in expected.enumerated() {
          report.compare(Double(hidden[step, row, column]), with: number)
        }
      }
    }
    return report
  }
}
