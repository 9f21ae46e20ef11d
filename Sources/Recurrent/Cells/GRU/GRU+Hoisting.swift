/// A GRU layer on the engines `naive` and `blas`, for either scalar, both kinds and every activation.
///
/// Each pre-activation is the bias, plus the product of the input, plus the recurrent product. A row of pre-activations
/// is three blocks, each as wide as its products: r z, then n, then where the reset comes after the product
/// m = U_n·h + c_n.
struct HoistingGRU<Matrix: ConstantMatrix>: RecordingEngine {
  typealias Scalar = Matrix.Scalar

  /// [I, r z] and [I, n].
  private let inputGates: Matrix, inputCandidate: Matrix
  /// [H, r z] and [H, n].
  private let recurrentGates: Matrix, recurrentCandidate: Matrix
  private let bias: Tensor<Scalar>
  private let recurrentBias: Tensor<Scalar>?
  private let activations: GRUActivations
  private let hiddenSize: Int

  init(_ weights: GRUWeights<Scalar>, _ configuration: GRUConfiguration) {
    let (matrix, hidden) = (weights.matrix, configuration.hiddenSize)
    let (recurrent, input) = (0..<hidden, hidden..<matrix.shape[0])
    let (gates, candidate) = (0..<2 * hidden, 2 * hidden..<3 * hidden)
    inputGates = Matrix(matrix, rows: input, columns: gates)
    inputCandidate = Matrix(matrix, rows: input, columns: candidate)
    recurrentGates = Matrix(matrix, rows: recurrent, columns: gates)
    recurrentCandidate = Matrix(matrix, rows: recurrent, columns: candidate)
    bias = weights.bias
    recurrentBias = weights.recurrentBias
    activations = configuration.activations
    hiddenSize = hidden
  }

  var engine: Engine { Matrix.engine }

  // Where the blocks of a row begin.
  private var candidateStart: Int { inputGates.width }
  private var recurrentStart: Int { candidateStart + inputCandidate.width }
  var preactivationStride: Int { recurrentStart + (recurrentBias == nil ? 0 : recurrentCandidate.width) }

  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    let rows = z.rows
    do {
      var gates = z.block(rows: 0..<rows, columns: 0..<candidateStart)
      gates.fillRows(with: bias.span.extracting(0..<2 * hiddenSize))
      inputGates.addProduct(of: x, to: &gates)
    }
    var n = z.block(rows: 0..<rows, columns: candidateStart..<recurrentStart)
    n.fillRows(with: bias.span.extracting(2 * hiddenSize..<3 * hiddenSize))
    inputCandidate.addProduct(of: x, to: &n)
  }

  func advance(
    _ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>,
    record: inout MutableMatrixView<Scalar>
  ) {
    let (rows, hidden) = (z.rows, hiddenSize)
    do {
      var gates = z.block(rows: 0..<rows, columns: 0..<candidateStart)
      recurrentGates.addProduct(of: state.seenHidden(rows: rows), to: &gates)
    }
    record.take(z, columns: 0..<2 * hidden, at: 0)
    apply(activations.gate, to: &z, columns: 0..<2 * hidden)
    if let recurrentBias {
      resetAfterProduct(recurrentBias.span, state, &z)
    } else {
      resetBeforeProduct(&state, &z)
    }
    record.take(z, columns: candidateStart..<candidateStart + hidden, at: 2 * hidden)
    if recurrentBias != nil { record.take(z, columns: recurrentStart..<recurrentStart + hidden, at: 3 * hidden) }
    apply(activations.candidate, to: &z, columns: candidateStart..<candidateStart + hidden)
    var h = state.mutableHidden(rows: rows)
    for row in 0..<rows {
      for unit in 0..<hidden {
        let (share, n) = (z[row, hidden + unit], z[row, candidateStart + unit])
        h[row, unit] = (1 - share) * n + share * h[row, unit]
      }
    }
  }

  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    projectInput(state.input(rows: z.rows), into: &z)
    advance(&state, projected: &z)
  }

  /// n += r * (U_n·h + c_n).
  private func resetAfterProduct(
    _ recurrentBias: Span<Scalar>, _ state: borrowing LayerState<Scalar>, _ z: inout MutableMatrixView<Scalar>
  ) {
    let rows = z.rows
    do {
      var m = z.block(rows: 0..<rows, columns: recurrentStart..<preactivationStride)
      m.fillRows(with: recurrentBias)
      recurrentCandidate.addProduct(of: state.seenHidden(rows: rows), to: &m)
    }
    for row in 0..<rows {
      for unit in 0..<hiddenSize { z[row, candidateStart + unit] += z[row, unit] * z[row, recurrentStart + unit] }
    }
  }

  /// n += U_n·(r * h).
  private func resetBeforeProduct(_ state: inout LayerState<Scalar>, _ z: inout MutableMatrixView<Scalar>) {
    let rows = z.rows
    state.updateUnitsFromHidden(rows: rows) { h, units in
      for row in 0..<rows {
        for unit in 0..<hiddenSize { units[row, unit] = z[row, unit] * h[row, unit] }
      }
    }
    var n = z.block(rows: 0..<rows, columns: candidateStart..<recurrentStart)
    recurrentCandidate.addProduct(of: state.units(rows: rows), to: &n)
  }

  private func apply(_ activation: Activation, to z: inout MutableMatrixView<Scalar>, columns: Range<Int>) {
    let rows = z.rows
    var block = z.block(rows: 0..<rows, columns: columns)
    Matrix.apply(activation, to: &block)
  }
}
