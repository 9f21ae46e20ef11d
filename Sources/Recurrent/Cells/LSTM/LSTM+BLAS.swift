/// An LSTM layer on OpenBLAS: one product for all gates of a step, then one pointwise pass.
///
/// In Float, where OpenBLAS has kernels for small products, every product goes through panels of the weights. Else it is
/// one `sgemm` or `dgemm`, or with one row a `gemv`.
struct BLASLSTM<Scalar: RecurrentScalar>: RecordingEngine {
  let weights: LSTMWeights<Scalar>
  let peephole: Tensor<Scalar>
  let activations: LSTMActivations
  let hiddenSize: Int
  let outputSize: Int
  /// The weights and the projection in panels, where OpenBLAS has kernels for small products.
  let panels: PanelMatrix<Scalar>?
  let projectionPanels: PanelMatrix<Scalar>?
  let preactivationStride: Int

  /// Whether the pointwise pass is that of the vector kernels. They serve the standard activations in Float.
  var usesKernels: Bool { Kernels.serve(Scalar.self) && activations == .standard }

  var engine: Engine { .blas }

  init(_ weights: LSTMWeights<Scalar>, _ configuration: LSTMConfiguration) {
    self.weights = weights
    peephole = weights.peephole ?? Tensor(shape: [0])
    activations = configuration.activations
    hiddenSize = configuration.hiddenSize
    outputSize = configuration.outputSize
    let usesPanels = Scalar.self == Float.self && BLAS.hasUnpackedSmallProducts
    panels = usesPanels ? PanelMatrix(weights.matrix) : nil
    projectionPanels = usesPanels ? weights.projection.map { PanelMatrix($0) } : nil
    preactivationStride = max(panels?.paddedColumns ?? 4 * hiddenSize, projectionPanels?.paddedColumns ?? 0)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    multiply(x, firstWeight: outputSize, into: &z, adding: false)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func advance(
    _ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>,
    record: inout MutableMatrixView<Scalar>
  ) {
    multiply(state.seenHidden(rows: z.rows), firstWeight: 0, into: &z, adding: true)
    record.take(z, columns: 0..<4 * hiddenSize, at: 0)
    record.addToRows(weights.bias.span)
    finish(&state, &z)
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    multiply(state.hiddenAndInput(rows: z.rows), firstWeight: 0, into: &z, adding: false)
    finish(&state, &z)
  }

  /// z = v·W, or z += v·W, with the rows of W from `firstWeight` on.
  private func multiply(
    _ v: borrowing MatrixView<Scalar>, firstWeight: Int, into z: inout MutableMatrixView<Scalar>, adding: Bool
  ) {
    if let panels {
      var padded = z.block(rows: 0..<z.rows, columns: 0..<panels.paddedColumns)
      panels.multiply(v, firstRow: firstWeight, into: &padded, adding: adding)
    } else {
      let columns = 4 * hiddenSize
      let rows = weights.matrix.span.extracting(droppingFirst: firstWeight * columns)
      var gates = z.block(rows: 0..<z.rows, columns: 0..<columns)
      BLAS.multiply(v, MatrixView(rows, rows: v.columns, columns: columns), into: &gates, adding: adding)
    }
  }

  /// Bias, gates, C', o * tanh(C'), and the projection where there is one.
  private func finish(_ state: inout LayerState<Scalar>, _ z: inout MutableMatrixView<Scalar>) {
    if usesKernels {
      state.updateUnits(rows: z.rows) { cells, units in
        Kernels.best.lstmPointwise(z, bias: weights.bias.span, peephole: peephole.span, cells: &cells, units: &units)
      }
    } else {
      activations.advance(&state, z, bias: weights.bias.span, peephole: peephole.span)
    }
    guard let projection = weights.projection else { return }
    state.updateHidden(rows: z.rows) { units, hidden in
      if let projectionPanels {
        // By way of z, which is free again and has room for whole panels: OpenBLAS allocates for a part of one.
        var padded = z.block(rows: 0..<z.rows, columns: 0..<projectionPanels.paddedColumns)
        projectionPanels.multiply(units, firstRow: 0, into: &padded, adding: false)
        hidden.copy(padded)
      } else {
        BLAS.multiply(units, MatrixView(projection.span, rows: hiddenSize, columns: outputSize), into: &hidden)
      }
    }
  }
}
