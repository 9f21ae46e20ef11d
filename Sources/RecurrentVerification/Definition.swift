package import Recurrent

/// What the definition in Double makes of some sequences of a problem, to be compared with any number of engines.
package struct Definition: Sendable {
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
