internal import Recurrent

/// One step of a layer back, for some rows at once: gradients by the state after the step come in, those by the state
/// before it and by the input come out.
///
/// This is the layer's own way back through a tape of one step, with every option that the layer may have. The gradients by
/// the weights fall off and are thrown away, which makes it half as fast as it could be, and right for every cell.
struct StepBack<Layer: RecurrentLayer>: ~Copyable {
  private let layer: Layer
  private var tape: Tape<Layer>
  private var weights: LayerParameters<Layer.Weights>

  /// - Parameter layer: one layer in one direction, without regularisation.
  init(_ layer: Layer, rows: Int) {
    self.layer = layer
    tape = Tape(for: layer, steps: 1, batchSize: rows)
    weights = layer.parameters.zeros()
  }

  /// - Parameters:
  ///   - gradient: of the state after the step.
  ///   - x: the inputs of the step, [1, rows, features].
  ///   - before: the state before the step.
  ///   - lengths: 0 for rows whose gradient goes past the step as it is, else 1; where nil, all are 1.
  mutating func callAsFunction(
    _ gradient: Layer.State, x: Tensor<Layer.Scalar>, before: Layer.State, lengths: [Int]? = nil
  ) -> InputGradients<Layer.State> {
    _ = layer.forward(x, lengths: lengths, from: before, recording: &tape)
    return layer.backward(OutputGradients(final: gradient), through: &tape, into: &weights)
  }
}
