public import Recurrent

/// What becomes of gradients in one layer and direction of a model, on a batch.
public struct LayerDiagnosis: Sendable, CustomStringConvertible {
  /// Which one.
  public let place: LayerPlace
  /// The norms of the gradients at its states, by distance from the end.
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
  /// The loss is the one of `stateGradients` without `outputs`: it looks at the end of each sequence alone.
  ///
  /// - Parameters:
  ///   - input: [T, N, I].
  ///   - lengths: the steps of each of the N sequences, all of them T where nil.
  ///   - initial: the state before the first step, zeros where nil.
  /// - Returns: one for each layer and direction: layer by layer, the forward direction first.
  /// - Complexity: that of `stateGradients`, and O(H³) for each.
  public func diagnosis(
    _ input: Tensor<Scalar>, lengths: [Int]? = nil, from initial: State? = nil
  ) -> [LayerDiagnosis] {
    let batch = requireBatch("diagnosis", input, lengths: lengths, from: initial)
    let flows = stateGradients(input, lengths: batch.lengths, from: batch.initial)
    let gates = gates(input, lengths: batch.lengths, from: batch.initial)
    let longest = batch.lengths.indices.max { batch.lengths[$0] < batch.lengths[$1] }
    return zip(flows, gates).map { flow, gates in
      let place = flow.place
      let exponent = longest.map { sequence in
        leadingExponent(input, sequence: sequence, batch.lengths, batch.initial, at: place)
      }
      let matrix = candidateMatrix(parameters[layer: place.layer, direction: place.direction])
      let radius = LAPACK.eigenvalueMagnitudes(matrix.elements, size: matrix.shape[0]).max() ?? .nan
      let causes = GradientCauses(
        gates: gates.statistics(), spectralRadius: Double(radius), exponent: exponent ?? .nan)
      return LayerDiagnosis(
        place: place, gradients: flow, gates: causes.gates, spectralRadius: causes.spectralRadius,
        exponent: causes.exponent, finding: GradientFinding(flow.state.medians, reason: causes.reason))
    }
  }

  private func leadingExponent(
    _ input: Tensor<Scalar>, sequence: Int, _ lengths: [Int], _ initial: State, at place: LayerPlace
  ) -> Double {
    guard lengths[sequence] > 0 else { return .nan }
    let jacobians = stateJacobians(input, sequence: sequence, lengths: lengths, from: initial, at: place)
    return jacobians.lyapunovExponents(count: 1, discarding: jacobians.stepCount / 2)[0]
  }
}
