/// The definition of an LSTM layer: loops that read like the equations, for either scalar and every option.
///
/// Each pre-activation is one sum in one order: the bias, the inputs ascending, the recurrent inputs ascending.
struct NaiveLSTM<Scalar: RecurrentScalar>: HoistingEngine {
  let weights: LSTMWeights<Scalar>
  let peephole: Tensor<Scalar>
  let activations: LSTMActivations
  let hiddenSize: Int
  let outputSize: Int

  var engine: Engine { .naive }

  init(_ weights: LSTMWeights<Scalar>, _ configuration: LSTMConfiguration) {
    self.weights = weights
    peephole = weights.peephole ?? Tensor(shape: [0])
    activations = configuration.activations
    hiddenSize = configuration.hiddenSize
    outputSize = configuration.outputSize
  }

  var preactivationStride: Int { 4 * hiddenSize }

  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    let bias = weights.bias.span
    for row in 0..<z.rows {
      for column in bias.indices { z[row, column] = bias[column] }
    }
    addProduct(of: x, firstWeight: outputSize, to: &z)
  }

  func advance(_ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>) {
    addProduct(of: state.hidden(rows: z.rows), firstWeight: 0, to: &z)
    activations.advance(&state, z, bias: Span(), peephole: peephole.span)
    if let projection = weights.projection { applyProjection(projection.span, to: &state, rows: z.rows) }
  }

  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    projectInput(state.input(rows: z.rows), into: &z)
    advance(&state, projected: &z)
  }

  /// z += v·W, with the rows of W from `firstWeight` on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func addProduct(
    of v: borrowing MatrixView<Scalar>, firstWeight: Int, to z: inout MutableMatrixView<Scalar>
  ) {
    let w = weights.matrix.span
    for row in 0..<z.rows {
      for column in 0..<z.columns {
        var sum = z[row, column]
        for k in 0..<v.columns { sum += v[row, k] * w[(firstWeight + k) * z.columns + column] }
        z[row, column] = sum
      }
    }
  }

  /// h = (o * tanh(C'))·R.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  private func applyProjection(_ projection: Span<Scalar>, to state: inout LayerState<Scalar>, rows: Int) {
    state.updateHidden(rows: rows) { units, hidden in
      for row in 0..<hidden.rows {
        for column in 0..<hidden.columns {
          var sum: Scalar = 0
          for unit in 0..<units.columns { sum += units[row, unit] * projection[unit * hidden.columns + column] }
          hidden[row, column] = sum
        }
      }
    }
  }
}
