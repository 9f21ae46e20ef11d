/// A GRU that resets after the product, in the fused kernels, walked back.
///
/// The record is r z n m, and the gradients are dr dz dm dn: the first three are those of what h was multiplied for.
struct FusedGRURetreat: FusedRetreat {
  private let cell: FusedGRUCell
  let recurrent: PackedPanels
  /// From dr dz, and dn, to the gradient of x.
  private let input: PackedPanels
  let panelCounts: [Int]

  init(_ cell: FusedGRUCell, _ weights: GRUWeights<Float>, room: PackingRoom) {
    self.cell = cell
    recurrent = weights.packTransposed(rows: 0..<cell.hiddenSize, gates: 0..<3, width: cell.kernels.width, room: room)
    input = weights.packTransposed(
      rows: cell.hiddenSize..<weights.matrix.shape[0], gates: 0..<3, width: cell.kernels.width, room: room)
    panelCounts = [recurrent.panelCount]
  }

  var kernels: Kernels { cell.kernels }
  var carriesHidden: Bool { true }
  var gradientSize: Int { 4 * cell.hiddenSize }
  var keptSize: Int { 0 }

  @unsafe
  func perform(phase: Int, _ rows: FusedRetreatRows, panels: Range<Int>) {
    unsafe kernels.gruStepBack(cell, rows, hiddenGradient(rows), panels: panels)
  }

  func collect(
    _ known: borrowing BlockValues<Float>, gradients: borrowing MatrixView<Float>, kept: borrowing MatrixView<Float>,
    inputGradient: inout MutableMatrixView<Float>, weights: inout GRUWeights<Float>, adding: Bool,
    desk: inout AlignedBuffer<Float>, team: ThreadTeam
  ) {
    let hidden = cell.hiddenSize
    let (gates, candidate) = (gradients.columns(0..<2 * hidden), gradients.columns(3 * hidden..<4 * hidden))
    let recurrentCandidate = gradients.columns(2 * hidden..<3 * hidden)
    let nothing = known.x.columns(0..<0)
    kernels.addProduct(
      transposed: known.hiddenBefore, known.x, gates, to: &weights.matrix, sums: &weights.bias, adding: adding,
      desk: &desk, team: team)
    kernels.addProduct(
      transposed: known.hiddenBefore, nothing, recurrentCandidate, to: &weights.matrix, firstColumn: 2 * hidden,
      sums: &weights.recurrentBias!, adding: adding, desk: &desk, team: team)
    kernels.addProduct(
      transposed: known.x, nothing, candidate, to: &weights.matrix, firstRow: hidden, firstColumn: 2 * hidden,
      sums: &weights.bias, firstSum: 2 * hidden, adding: adding, desk: &desk, team: team)
    kernels.multiply(gates, candidate, input, into: &inputGradient, team: team)
  }
}

/// A GRU that resets before the product, in the fused kernels, walked back: the gradients of n and z in one phase, and in
/// a second one, which walks all of that of n, r.
///
/// The record is r z n, and so are the gradients. r * h is kept.
struct FusedResetBeforeGRURetreat: FusedRetreat {
  private let cell: FusedResetBeforeGRUCell
  /// From dr dz.
  let recurrent: PackedPanels
  /// From dn to the gradient of r * h.
  private let candidate: PackedPanels
  private let input: PackedPanels
  let panelCounts: [Int]

  init(_ cell: FusedResetBeforeGRUCell, _ weights: GRUWeights<Float>, room: PackingRoom) {
    let (hidden, width) = (cell.hiddenSize, cell.kernels.width)
    self.cell = cell
    recurrent = weights.packTransposed(rows: 0..<hidden, gates: 0..<2, width: width, room: room)
    candidate = weights.packTransposed(rows: 0..<hidden, gates: 2..<3, width: width, room: room)
    input = weights.packTransposed(rows: hidden..<weights.matrix.shape[0], gates: 0..<3, width: width, room: room)
    panelCounts = [recurrent.panelCount, candidate.panelCount]
  }

  var kernels: Kernels { cell.kernels }
  var carriesHidden: Bool { true }
  var gradientSize: Int { 3 * cell.hiddenSize }
  var keptSize: Int { cell.hiddenSize }

  @unsafe
  func perform(phase: Int, _ rows: FusedRetreatRows, panels: Range<Int>) {
    if phase == 0 {
      unsafe kernels.gruCandidateBack(cell, rows, hiddenGradient(rows), panels: panels)
    } else {
      unsafe kernels.gruResetGatesBack(cell, rows, candidate: candidate, panels: panels)
    }
  }

  func collect(
    _ known: borrowing BlockValues<Float>, gradients: borrowing MatrixView<Float>, kept: borrowing MatrixView<Float>,
    inputGradient: inout MutableMatrixView<Float>, weights: inout GRUWeights<Float>, adding: Bool,
    desk: inout AlignedBuffer<Float>, team: ThreadTeam
  ) {
    let hidden = cell.hiddenSize
    let (gates, candidate) = (gradients.columns(0..<2 * hidden), gradients.columns(2 * hidden..<3 * hidden))
    kernels.addProduct(
      transposed: known.hiddenBefore, known.x, gates, to: &weights.matrix, sums: &weights.bias, adding: adding,
      desk: &desk, team: team)
    kernels.addProduct(
      transposed: kept, known.x, candidate, to: &weights.matrix, firstColumn: 2 * hidden, sums: &weights.bias,
      firstSum: 2 * hidden, adding: adding, desk: &desk, team: team)
    kernels.multiply(gates, candidate, input, into: &inputGradient, team: team)
  }
}

extension GRUWeights where Scalar == Float {
  /// The transpose of some rows of the matrix, over some of the blocks r z n.
  fileprivate func packTransposed(
    rows: Range<Int>, gates: Range<Int>, width: Int, room: PackingRoom
  ) -> PackedPanels {
    let stride = matrix.shape[1]
    let size = stride / GRUGate.allCases.count
    return PackedPanels(
      transposeOf: matrix.span, stride: stride, rows: rows,
      columns: gates.lowerBound * size..<gates.upperBound * size, width: width, room: room)
  }
}
