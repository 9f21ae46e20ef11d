/// A plain recurrent network in the fused kernels, walked back. What a step needs is its h, so that the forward run
/// records nothing.
struct FusedRNNRetreat: FusedRetreat {
  private let cell: FusedRNNCell
  let recurrent: PackedPanels
  /// From the gradient of z to that of x.
  private let input: PackedPanels
  let panelCounts: [Int]

  init(_ cell: FusedRNNCell, _ weights: RNNWeights<Float>, room: PackingRoom) {
    let (matrix, hidden, width) = (weights.matrix, cell.hiddenSize, cell.kernels.width)
    self.cell = cell
    recurrent = PackedPanels(
      transposeOf: matrix.span, stride: hidden, rows: 0..<hidden, columns: 0..<hidden, width: width, room: room)
    input = PackedPanels(
      transposeOf: matrix.span, stride: hidden, rows: hidden..<matrix.shape[0], columns: 0..<hidden, width: width,
      room: room)
    panelCounts = [recurrent.panelCount]
  }

  var kernels: Kernels { cell.kernels }
  var carriesHidden: Bool { false }
  var gradientSize: Int { cell.hiddenSize }
  var keptSize: Int { 0 }

  @unsafe
  func perform(phase: Int, _ rows: FusedRetreatRows, panels: Range<Int>) {
    unsafe kernels.rnnStepBack(cell, rows, hiddenGradient(rows), panels: panels)
  }

  func formGates(
    _ known: borrowing BlockValues<Float>, record: borrowing MatrixView<Float>,
    into gates: inout MutableMatrixView<Float>
  ) {
    gates.copyRows(of: known.hidden)
  }

  func collect(
    _ known: borrowing BlockValues<Float>, gradients: borrowing MatrixView<Float>, kept: borrowing MatrixView<Float>,
    inputGradient: inout MutableMatrixView<Float>, weights: inout RNNWeights<Float>, adding: Bool,
    desk: inout AlignedBuffer<Float>, team: ThreadTeam
  ) {
    kernels.addProduct(
      transposed: known.hiddenBefore, known.x, gradients, to: &weights.matrix, sums: &weights.bias, adding: adding,
      desk: &desk, team: team)
    kernels.multiply(gradients, gradients.columns(0..<0), input, into: &inputGradient, team: team)
  }
}
