/// A plain recurrent layer on the engines `naive` and `blas`, for either scalar and every activation.
///
/// Each pre-activation is the bias, plus the product of the input, plus the recurrent product.
struct HoistingRNN<Matrix: ConstantMatrix>: RecordingEngine {
  typealias Scalar = Matrix.Scalar

  /// [I, H].
  private let input: Matrix
  /// [H, H].
  private let recurrent: Matrix
  private let bias: Tensor<Scalar>
  private let activation: Activation
  private let hiddenSize: Int

  init(_ weights: RNNWeights<Scalar>, _ configuration: RNNConfiguration) {
    let hidden = configuration.hiddenSize
    input = Matrix(weights.matrix, rows: hidden..<weights.matrix.shape[0], columns: 0..<hidden)
    recurrent = Matrix(weights.matrix, rows: 0..<hidden, columns: 0..<hidden)
    bias = weights.bias
    activation = configuration.activation
    hiddenSize = hidden
  }

  var engine: Engine { Matrix.engine }
  var preactivationStride: Int { input.width }

  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    z.fillRows(with: bias.span)
    input.addProduct(of: x, to: &z)
  }

  func advance(
    _ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>,
    record: inout MutableMatrixView<Scalar>
  ) {
    recurrent.addProduct(of: state.seenHidden(rows: z.rows), to: &z)
    record.take(z, columns: 0..<hiddenSize, at: 0)
    Matrix.apply(activation, to: &z)
    var h = state.mutableHidden(rows: z.rows)
    for row in 0..<z.rows {
      for unit in 0..<hiddenSize { h[row, unit] = z[row, unit] }
    }
  }

  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    projectInput(state.input(rows: z.rows), into: &z)
    advance(&state, projected: &z)
  }
}
