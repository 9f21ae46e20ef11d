/// An LSTM in the fused kernels, walked back.
///
/// The record is i f g o, and so are the gradients. With a projection a step has a phase for the gradient of h before
/// that of the units; both of them are kept for the gradient of the projection.
struct FusedLSTMRetreat: FusedRetreat {
  private let cell: FusedLSTMCell
  let recurrent: PackedPanels
  /// From the gradients of i f g o to that of x.
  private let input: PackedPanels
  /// From the gradient of h to that of the units, or nil.
  private let projection: PackedPanels?
  let panelCounts: [Int]

  init(_ cell: FusedLSTMCell, _ weights: LSTMWeights<Float>, room: PackingRoom) {
    let (matrix, width) = (weights.matrix, cell.kernels.width)
    let columns = 4 * cell.hiddenSize
    self.cell = cell
    recurrent = PackedPanels(
      transposeOf: matrix.span, stride: columns, rows: 0..<cell.outputSize, columns: 0..<columns, width: width,
      room: room)
    input = PackedPanels(
      transposeOf: matrix.span, stride: columns, rows: cell.outputSize..<matrix.shape[0], columns: 0..<columns,
      width: width, room: room)
    projection = weights.projection.map {
      PackedPanels(
        transposeOf: $0.span, stride: cell.outputSize, rows: 0..<cell.hiddenSize, columns: 0..<cell.outputSize,
        width: width, room: room)
    }
    panelCounts = [recurrent.panelCount] + (projection.map { [$0.panelCount] } ?? [])
  }

  var kernels: Kernels { cell.kernels }
  var carriesHidden: Bool { false }
  var gradientSize: Int { 4 * cell.hiddenSize }
  /// The units and the gradient of h.
  var keptSize: Int { projection == nil ? 0 : cell.hiddenSize + cell.outputSize }

  @unsafe
  func perform(phase: Int, _ rows: FusedRetreatRows, panels: Range<Int>) {
    guard let projection else {
      return unsafe kernels.lstmStepBack(cell, rows, hiddenGradient(rows), units: nil, panels: panels)
    }
    let gradient = unsafe SharedRows(start: rows.kept.start + cell.hiddenSize, stride: rows.kept.stride)
    if phase == 0 {
      unsafe kernels.formHiddenGradient(hiddenGradient(rows), rows, recurrent, into: gradient, panels: panels)
    } else {
      unsafe kernels.lstmStepBack(
        cell, rows, projection.sum(gradient), units: rows.kept, panels: panels)
    }
  }

  func collect(
    _ known: borrowing BlockValues<Float>, gradients: borrowing MatrixView<Float>, kept: borrowing MatrixView<Float>,
    inputGradient: inout MutableMatrixView<Float>, weights: inout LSTMWeights<Float>, adding: Bool,
    desk: inout AlignedBuffer<Float>, team: ThreadTeam
  ) {
    let (hidden, output) = (cell.hiddenSize, cell.outputSize)
    kernels.addProduct(
      transposed: known.hiddenBefore, known.x, gradients, to: &weights.matrix, sums: &weights.bias, adding: adding,
      desk: &desk, team: team)
    kernels.multiply(gradients, gradients.columns(0..<0), input, into: &inputGradient, team: team)
    if weights.peephole != nil {
      known.addPeepholeGradients(gradients, hiddenSize: hidden, to: &weights.peephole!, adding: adding)
    }
    if weights.projection != nil {
      var none = Tensor<Float>(shape: [0])
      kernels.addProduct(
        transposed: kept.columns(0..<hidden), kept.columns(0..<0), kept.columns(hidden..<hidden + output),
        to: &weights.projection!, sums: &none, adding: adding, desk: &desk, team: team)
    }
  }
}
