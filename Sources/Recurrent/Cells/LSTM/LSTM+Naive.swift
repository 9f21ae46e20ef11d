/// The definition of an LSTM layer: loops that read like the equations, for either scalar and every option.
///
/// Each pre-activation is one sum in one order: the bias, the inputs ascending, the recurrent inputs ascending.
struct NaiveLSTM<Scalar: RecurrentScalar>: RecordingEngine {
  /// [I, i f g o].
  private let input: PlainMatrix<Scalar>
  /// [R, i f g o].
  private let recurrent: PlainMatrix<Scalar>
  /// [H, P], or nil.
  private let projection: PlainMatrix<Scalar>?
  private let bias: Tensor<Scalar>
  private let peephole: Tensor<Scalar>
  private let activations: LSTMActivations
  private let hiddenSize: Int

  var engine: Engine { .naive }

  init(_ weights: LSTMWeights<Scalar>, _ configuration: LSTMConfiguration) {
    let (hidden, output) = (configuration.hiddenSize, configuration.outputSize)
    input = PlainMatrix(weights.matrix, rows: output..<weights.matrix.shape[0], columns: 0..<4 * hidden)
    recurrent = PlainMatrix(weights.matrix, rows: 0..<output, columns: 0..<4 * hidden)
    projection = weights.projection.map { PlainMatrix($0, rows: 0..<hidden, columns: 0..<output) }
    bias = weights.bias
    peephole = weights.peephole ?? Tensor(shape: [0])
    activations = configuration.activations
    hiddenSize = hidden
  }

  var preactivationStride: Int { 4 * hiddenSize }

  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    z.fillRows(with: bias.span)
    input.addProduct(of: x, to: &z)
  }

  func advance(
    _ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>,
    record: inout MutableMatrixView<Scalar>
  ) {
    recurrent.addProduct(of: state.seenHidden(rows: z.rows), to: &z)
    record.take(z, columns: 0..<4 * hiddenSize, at: 0)
    activations.advance(&state, z, bias: Span(), peephole: peephole.span)
    guard let projection else { return }
    state.updateHidden(rows: z.rows) { units, hidden in
      hidden.fill(with: 0)
      projection.addProduct(of: units, to: &hidden)
    }
  }

  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    projectInput(state.input(rows: z.rows), into: &z)
    advance(&state, projected: &z)
  }
}
