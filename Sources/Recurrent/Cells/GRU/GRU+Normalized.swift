/// A layer-normalised GRU layer on the engines `naive` and `blas`, for either scalar and every activation.
///
/// A row of pre-activations is two blocks r z n, each as wide as its product: that of the input, and behind it
/// m = LN(h·U; γ_h), of n with + c_n.
struct NormalizedGRU<Matrix: ConstantMatrix>: RecordingEngine {
  typealias Scalar = Matrix.Scalar

  /// [I, r z n].
  private let input: Matrix
  /// [H, r z n].
  private let recurrent: Matrix
  private let bias: Tensor<Scalar>
  private let recurrentBias: Tensor<Scalar>
  private let gains: GRUGains<Scalar>
  private let epsilon: Scalar
  private let activations: GRUActivations
  private let hiddenSize: Int

  /// The layer, or nil where the configuration does not normalise it.
  init?(_ weights: GRUWeights<Scalar>, _ configuration: GRUConfiguration) {
    guard let normalization = configuration.layerNormalization, let gains = weights.gains else { return nil }
    let hidden = configuration.hiddenSize
    input = Matrix(weights.matrix, rows: hidden..<weights.matrix.shape[0], columns: 0..<3 * hidden)
    recurrent = Matrix(weights.matrix, rows: 0..<hidden, columns: 0..<3 * hidden)
    bias = weights.bias
    recurrentBias = weights.recurrentBias ?? Tensor(shape: [hidden])
    self.gains = gains
    epsilon = Scalar(normalization.epsilon)
    activations = configuration.activations
    hiddenSize = hidden
  }

  var engine: Engine { Matrix.engine }
  var preactivationStride: Int { input.width + recurrent.width }

  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    let (rows, columns) = (z.rows, 0..<3 * hiddenSize)
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
    let (rows, hidden, start) = (z.rows, hiddenSize, input.width)
    formRecurrentProduct(of: state, in: &z)
    for row in 0..<rows {
      for column in 0..<2 * hidden { z[row, column] += z[row, start + column] }
    }
    record.take(z, columns: 0..<2 * hidden, at: 0)
    apply(activations.gate, to: &z, columns: 0..<2 * hidden)
    for row in 0..<rows {
      for unit in 0..<hidden { z[row, 2 * hidden + unit] += z[row, unit] * z[row, start + 2 * hidden + unit] }
    }
    record.take(z, columns: 2 * hidden..<3 * hidden, at: 2 * hidden)
    record.take(z, columns: start + 2 * hidden..<start + 3 * hidden, at: 3 * hidden)
    apply(activations.candidate, to: &z, columns: 2 * hidden..<3 * hidden)
    var h = state.mutableHidden(rows: rows)
    for row in 0..<rows {
      for unit in 0..<hidden {
        let (share, n) = (z[row, hidden + unit], z[row, 2 * hidden + unit])
        h[row, unit] = (1 - share) * n + share * h[row, unit]
      }
    }
  }

  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    projectInput(state.input(rows: z.rows), into: &z)
    advance(&state, projected: &z)
  }

  /// m, in the second block.
  private func formRecurrentProduct(of state: borrowing LayerState<Scalar>, in z: inout MutableMatrixView<Scalar>) {
    let (rows, start, hidden) = (z.rows, input.width, hiddenSize)
    do {
      var product = z.block(rows: 0..<rows, columns: start..<preactivationStride)
      product.fill(with: 0)
      recurrent.addProduct(of: state.seenHidden(rows: rows), to: &product)
    }
    for row in 0..<rows {
      z.normalize(row: row, columns: start..<start + 3 * hidden, epsilon: epsilon)
      for column in 0..<3 * hidden { z[row, start + column] *= gains.recurrent.span[column] }
      for unit in 0..<hidden { z[row, start + 2 * hidden + unit] += recurrentBias.span[unit] }
    }
  }

  private func apply(_ activation: Activation, to z: inout MutableMatrixView<Scalar>, columns: Range<Int>) {
    let rows = z.rows
    var block = z.block(rows: 0..<rows, columns: columns)
    Matrix.apply(activation, to: &block)
  }
}
