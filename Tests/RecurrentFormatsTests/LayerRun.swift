import Recurrent
import RecurrentFormats
import RecurrentVerification
import Testing

/// What another system made of a layer, computed in Double: input, initial state, output and final state, in a file of
/// `Tests/Goldens`.
struct LayerRun: Sendable {
  let file: TensorFile
  /// What stands before the tensors' names, if anything does.
  let layer: String

  private func name(_ part: String) -> String { layer.isEmpty ? part : "\(layer).\(part)" }

  /// What went in or came out.
  subscript(part: String) -> Tensor<Double> {
    get throws { try file.tensor(name(part), of: Double.self) }
  }

  /// The tensors `prefix` + "h" and, for a cell that has it, `prefix` + "c".
  func state(_ prefix: String) throws -> [Tensor<Double>] {
    try ["h", "c"].map { prefix + $0 }.filter { file.names.contains(name($0)) }.map { try self[$0] }
  }

  /// Expects that a layer makes the same of it, but for what `tolerance` makes of each number's bound.
  func expect<Layer: VerifiableLayer>(of layer: Layer, within tolerance: (Bounded) -> Double) throws {
    let (input, initial) = try (self["input"], state("initial_"))
    let output = layer(
      input.converted(to: Layer.Scalar.self),
      from: Layer.State(components: initial.map { $0.converted(to: Layer.Scalar.self) }))
    let (expected, expectedFinal) = try (self["output"], state("final_"))
    try #require(output.hidden.shape == expected.shape)
    try #require(output.final.components.map(\.shape) == expectedFinal.map(\.shape))
    for sequence in 0..<input.shape[1] {
      let definition = layer.reference(.float).run(
        steps: input.rows(of: sequence), from: initial.map { $0.rows(of: sequence) })
      func check(_ results: [[Double]], _ wanted: [[Double]], _ bounds: [[Bounded]], _ part: String) {
        for (row, result) in results.enumerated() {
          for (column, number) in result.enumerated() {
            let error = (number - wanted[row][column]).magnitude
            #expect(error <= tolerance(bounds[row][column]), "\(part) \(row), sequence \(sequence), column \(column)")
          }
        }
      }
      check(output.hidden.rows(of: sequence), expected.rows(of: sequence), definition.hidden, "step")
      for (index, component) in output.final.components.enumerated() {
        check(
          component.rows(of: sequence), expectedFinal[index].rows(of: sequence), definition.final[index], "final state")
      }
    }
  }
}

extension Tensor {
  /// For each step of a [T, N, F] tensor, or each layer of a state, the row of one sequence.
  func rows(of sequence: Int) -> [[Double]] {
    (0..<shape[0]).map { index in (0..<shape[2]).map { Double(self[index, sequence, $0]) } }
  }
}
