public import Recurrent

/// What becomes of gradients in one layer and direction of a model, on a batch.
public struct LayerDiagnosis: Sendable, CustomStringConvertible {
  /// Which one.
  public let place: LayerPlace
  /// The norms of the gradients at its states, by distance from the end, of a loss that looks at its own last h alone.
  public let gradients: StateGradients
  /// What its gates did.
  public let gates: [GateStatistics]
  /// The spectral radius of the recurrent weights that its candidate goes by: what linear units without gates would let a
  /// state grow by in a step.
  public let spectralRadius: Double
  /// The leading Lyapunov exponent along the longest sequence, the first half of the way left out; NaN for a batch without a
  /// step.
  public let exponent: Double
  /// What all of this comes to.
  public let finding: GradientFinding

  /// "layer 0: Gradients vanish …".
  public var description: String { "\(place): \(finding)" }
}

extension GatedLayer {
  /// Finds out what becomes of gradients on their way back through time, in every layer and direction, and says why.
  ///
  ///     for layer in lstm.diagnosis(features, lengths: lengths) { print(layer) }
  ///
  /// Each layer and direction is looked at by itself: the loss is the product of its own h at the end of each sequence with a
  /// random direction of length 1. (In a stack gradients also come down from above at every step, and would hide what a
  /// layer loses: `stateGradients` has those of the whole.)
  ///
  /// - Parameters:
  ///   - input: [T, N, I].
  ///   - lengths: the steps of each of the N sequences, all of them T where nil.
  ///   - initial: the state before the first step, zeros where nil.
  /// - Returns: one for each layer and direction: layer by layer, the forward direction first.
  /// - Complexity: that of `stateGradients`, of two more forward runs, and O(H³) for each.
  public func diagnosis(
    _ input: Tensor<Scalar>, lengths: [Int]? = nil, from initial: State? = nil
  ) -> [LayerDiagnosis] {
    let batch = requireBatch("diagnosis", input, lengths: lengths, from: initial)
    let walks = LayerWalk.all(self, input, lengths: batch.lengths, from: batch.initial)
    let gates = gates(input, lengths: batch.lengths, from: batch.initial)
    let exponents = leadingExponents(input, batch.lengths, batch.initial)
    return zip(zip(walks, ownStateGradients(walks)), zip(gates, exponents)).map { flow, found in
      let (place, origin, gradients) = (flow.0.place, flow.0.originOfNaN, flow.1)
      let matrix = candidateMatrix(parameters[layer: place.layer, direction: place.direction])
      let radius = LAPACK.eigenvalueMagnitudes(matrix.elements, size: matrix.shape[0]).max() ?? .nan
      let causes = GradientCauses(
        place: place, gates: found.0.statistics(), spectralRadius: Double(radius), exponent: found.1)
      return LayerDiagnosis(
        place: place, gradients: gradients, gates: causes.gates, spectralRadius: causes.spectralRadius,
        exponent: causes.exponent,
        finding: GradientFinding(
          gradients.state.commonMedians(batch.lengths), origin: origin, reason: causes.reason))
    }
  }

  /// One for each place, NaN without a step.
  private func leadingExponents(_ input: Tensor<Scalar>, _ lengths: [Int], _ initial: State) -> [Double] {
    guard let longest = lengths.indices.max(by: { lengths[$0] < lengths[$1] }), lengths[longest] > 0 else {
      return stack.shape.places.map { _ in .nan }
    }
    return allStateJacobians(input, sequence: longest, lengths: lengths, from: initial).map { jacobians in
      jacobians.lyapunovExponents(count: 1, discarding: jacobians.stepCount / 2)[0]
    }
  }
}
