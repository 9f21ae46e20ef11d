/// A layer-normalised LSTM layer on the engines `naive` and `blas`, for either scalar and every activation.
///
/// A row of pre-activations is two blocks, each as wide as its product: z, and behind it h·U, which is normalised before
/// it is added.
struct NormalizedLSTM<Matrix: ConstantMatrix>: RecordingEngine {
  typealias Scalar = Matrix.Scalar

  /// [I, i f g o].
  private let input: Matrix
  /// [H, i f g o].
  private let recurrent: Matrix
  private let bias: Tensor<Scalar>
  private let gains: LSTMGains<Scalar>
  private let epsilon: Scalar
  private let activations: LSTMActivations
  private let hiddenSize: Int

  /// The layer, or nil where the configuration does not normalise it.
  init?(_ weights: LSTMWeights<Scalar>, _ configuration: LSTMConfiguration) {
    guard let normalization = configuration.layerNormalization, let gains = weights.gains else { return nil }
    let hidden = configuration.hiddenSize
    input = Matrix(weights.matrix, rows: hidden..<weights.matrix.shape[0], columns: 0..<4 * hidden)
    recurrent = Matrix(weights.matrix, rows: 0..<hidden, columns: 0..<4 * hidden)
    bias = weights.bias
    self.gains = gains
    epsilon = Scalar(normalization.epsilon)
    activations = configuration.activations
    hiddenSize = hidden
  }

  var engine: Engine { Matrix.engine }
  var preactivationStride: Int { input.width + recurrent.width }

  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    let (rows, columns) = (z.rows, 0..<4 * hiddenSize)
    do {
      var product = z.block(rows: 0..<rows, columns: 0..<input.width)
      product.fill(with: 0)
      input.addProduct(of: x, to: &product)
    }
    for row in 0..<rows {
      z.normalize(row: row, columns: columns, epsilon: epsilon)
      for column in columns { z[row, column] = gains.input.span[column] * z[row, column] + bias.span[column] }
    }
  }

  func advance(
    _ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>,
    record: inout MutableMatrixView<Scalar>
  ) {
    addRecurrentProduct(of: state, to: &z)
    record.take(z, columns: 0..<4 * hiddenSize, at: 0)
    apply(activations.gate, to: &z, columns: 0..<2 * hiddenSize)
    apply(activations.candidate, to: &z, columns: 2 * hiddenSize..<3 * hiddenSize)
    apply(activations.gate, to: &z, columns: 3 * hiddenSize..<4 * hiddenSize)
    state.updateUnits(rows: z.rows) { cells, units in advance(&cells, &units, gates: z) }
  }

  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    projectInput(state.input(rows: z.rows), into: &z)
    advance(&state, projected: &z)
  }

  /// z += LN(h·U; γ_h).
  private func addRecurrentProduct(of state: borrowing LayerState<Scalar>, to z: inout MutableMatrixView<Scalar>) {
    let (rows, start, count) = (z.rows, input.width, 4 * hiddenSize)
    do {
      var product = z.block(rows: 0..<rows, columns: start..<preactivationStride)
      product.fill(with: 0)
      recurrent.addProduct(of: state.seenHidden(rows: rows), to: &product)
    }
    for row in 0..<rows {
      z.normalize(row: row, columns: start..<start + count, epsilon: epsilon)
      for column in 0..<count { z[row, column] += gains.recurrent.span[column] * z[row, start + column] }
    }
  }

  private func apply(_ activation: Activation, to z: inout MutableMatrixView<Scalar>, columns: Range<Int>) {
    let rows = z.rows
    var block = z.block(rows: 0..<rows, columns: columns)
    Matrix.apply(activation, to: &block)
  }

  /// C' = f * C + i * g and h' = o * φ(LN(C'; γ_c) + β_c).
  private func advance(
    _ cells: inout MutableMatrixView<Scalar>, _ units: inout MutableMatrixView<Scalar>,
    gates: borrowing MutableMatrixView<Scalar>
  ) {
    let hidden = hiddenSize
    for row in 0..<cells.rows {
      for unit in 0..<hidden {
        let kept = gates[row, hidden + unit] * cells[row, unit]
        cells[row, unit] = kept + gates[row, unit] * gates[row, 2 * hidden + unit]
        units[row, unit] = cells[row, unit]
      }
      units.normalize(row: row, columns: 0..<hidden, epsilon: epsilon)
      for unit in 0..<hidden {
        units[row, unit] = gains.cell.span[unit] * units[row, unit] + gains.cellShift.span[unit]
      }
    }
    Matrix.apply(activations.output, to: &units)
    for row in 0..<cells.rows {
      for unit in 0..<hidden { units[row, unit] *= gates[row, 3 * hidden + unit] }
    }
  }
}
