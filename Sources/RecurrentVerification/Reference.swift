package import Recurrent

/// The equations of a cell on numbers that carry their error.
package protocol ReferenceCell: Sendable {
  associatedtype Weights: LayerWeights<Double>

  /// One step of one layer and direction. The parts of the state, h first, are replaced with those after the step.
  static func advance(
    _ weights: Weights, _ configuration: Weights.Configuration, _ x: [Bounded], _ state: inout [[Bounded]],
    _ roundoff: Roundoff)

  /// The same for all sequences, as a computation that can be gone back through; weights are called by the names of their
  /// properties.
  static func advance(
    _ weights: [String: Parameter], _ configuration: Weights.Configuration, _ x: Quantity, _ state: inout [Quantity],
    _ derivation: Derivation)
}

/// A layer in Double that also says how far rounding in another precision may take each of its numbers.
///
/// One sequence at a time, the equations as they stand; the weights are those of the model that is judged, widened
/// exactly. `Roundoff` says how the errors follow.
package struct Reference<Cell: ReferenceCell>: Sendable {
  private let configuration: Cell.Weights.Configuration
  private let weights: [Cell.Weights]
  private let roundoff: Roundoff

  init(
    _ configuration: Cell.Weights.Configuration, _ parameters: LayerParameters<Cell.Weights>, roundoff: Roundoff
  ) {
    self.configuration = configuration
    self.roundoff = roundoff
    weights = parameters.weights
  }

  /// Runs one sequence, from zeros or from a state: for each part of it, h first, the row of each layer and direction.
  package func run(steps: [[Double]], from initial: [[[Double]]]? = nil) -> ReferenceOutput {
    let shape = configuration.shape
    var output = ReferenceOutput(partCount: shape.componentSizes.count)
    var sequence = steps.map { $0.map(roundoff.input) }
    for layer in 0..<shape.layerCount {
      var parts = shape.componentSizes.map { _ in [[Bounded]](repeating: [], count: steps.count) }
      for direction in 0..<shape.directionCount {
        let index = layer * shape.directionCount + direction
        var state = shape.componentSizes.enumerated().map { part, width in
          initial?[part][index].map(roundoff.input) ?? [Bounded](repeating: Bounded(0), count: width)
        }
        for step in direction == 0 ? Array(steps.indices) : steps.indices.reversed() {
          let before = state
          Cell.advance(weights[index], configuration, sequence[step], &state, roundoff)
          zoneOut(&state, before)
          for part in state.indices { parts[part][step] += state[part] }
        }
        for part in state.indices { output.final[part].append(state[part]) }
      }
      sequence = parts[0]
      if parts.count > 1 { output.cells.append(parts[1]) }
    }
    output.hidden = sequence
    return output
  }

  /// What zoneout leaves in inference: its expectation, (1 − p)·h' + p·h, and likewise of C.
  private func zoneOut(_ state: inout [[Bounded]], _ before: [[Bounded]]) {
    let regularization = configuration.regularization
    for (part, p) in zip(state.indices, [regularization.hiddenZoneout, regularization.cellZoneout]) where p > 0 {
      state[part] = zip(state[part], before[part]).map { new, old in
        roundoff.sum(roundoff.product(Bounded(1 - p), new), roundoff.product(Bounded(p), old))
      }
    }
  }
}

/// What comes out of a sequence.
package struct ReferenceOutput: Sendable {
  /// h of the last layer at every step, the directions side by side.
  package var hidden: [[Bounded]] = []
  /// C of each layer at every step, the directions side by side; empty for a cell without one.
  package var cells: [[[Bounded]]] = []
  /// For each part of the state, h first, that of each layer and direction after its last step.
  package var final: [[[Bounded]]]

  init(partCount: Int) { final = Array(repeating: [], count: partCount) }
}

/// A layer whose results can be compared with a reference.
package protocol VerifiableLayer<Scalar>: RecurrentLayer {
  associatedtype Cell: ReferenceCell where Cell.Weights.Configuration == Weights.Configuration

  /// The weights, widened exactly.
  var wideParameters: LayerParameters<Cell.Weights> { get }
}

extension VerifiableLayer {
  /// The reference of this model for results in some precision.
  package func reference(_ roundoff: Roundoff) -> Reference<Cell> {
    Reference(configuration, wideParameters, roundoff: roundoff)
  }
}
