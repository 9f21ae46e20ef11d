internal import CRecurrentKernels

// The kernels that walk back, called with rows that members of a team share. Sizes have been checked by `FusedTrainer`.

extension Kernels {
  /// A gradient of h by itself.
  @unsafe
  func formHiddenGradient(
    _ sum: rk_gradient_sum, _ rows: FusedRetreatRows, _ weights: PackedPanels, into target: SharedRows,
    panels: Range<Int>
  ) {
    var step = unsafe rk_rnn_step_back(
      rows: rows.count, hidden: weights.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      activation: .identity, dh: sum, h: nil, h_stride: 0, dz: target.start, dz_stride: target.stride)
    unsafe table.pointee.rnn_step_back(&step)
  }

  /// One step of an LSTM, from the gradient of its units.
  @unsafe
  func lstmStepBack(
    _ cell: FusedLSTMCell, _ rows: FusedRetreatRows, _ sum: rk_gradient_sum, units: SharedRows?, panels: Range<Int>
  ) {
    var step = unsafe rk_lstm_step_back(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      dh: sum, peephole: cell.peephole?.elements.base, c_previous: rows.cellsBefore.start,
      c_previous_stride: rows.cellsBefore.stride, c: rows.cells.start, c_stride: rows.cells.stride,
      c_given: rows.givenCells?.start, c_given_stride: rows.givenCells?.stride ?? 0, dc: rows.cellGradient.start,
      dc_stride: rows.cellGradient.stride, gates: rows.record.start, gates_stride: rows.record.stride,
      units: units?.start, units_stride: units?.stride ?? 0)
    unsafe table.pointee.lstm_step_back(&step)
  }

  /// One step of a GRU that resets after the product.
  @unsafe
  func gruStepBack(_ cell: FusedGRUCell, _ rows: FusedRetreatRows, _ sum: rk_gradient_sum, panels: Range<Int>) {
    var step = unsafe rk_gru_step_back(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      dh: sum, h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride,
      carry: rows.hiddenGradient.start, carry_stride: rows.hiddenGradient.stride, gates: rows.record.start,
      gates_stride: rows.record.stride)
    unsafe table.pointee.gru_step_back(&step)
  }

  /// n and z of one step of a GRU that resets before the product.
  @unsafe
  func gruCandidateBack(
    _ cell: FusedResetBeforeGRUCell, _ rows: FusedRetreatRows, _ sum: rk_gradient_sum, panels: Range<Int>
  ) {
    var step = unsafe rk_gru_candidate_back(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      dh: sum, h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride,
      carry: rows.hiddenGradient.start, carry_stride: rows.hiddenGradient.stride, gates: rows.record.start,
      gates_stride: rows.record.stride)
    unsafe table.pointee.gru_candidate_back(&step)
  }

  /// r of one step of a GRU that resets before the product, and r * h once more.
  @unsafe
  func gruResetGatesBack(
    _ cell: FusedResetBeforeGRUCell, _ rows: FusedRetreatRows, candidate: PackedPanels, panels: Range<Int>
  ) {
    var step = unsafe rk_gru_reset_gates_back(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      ds: candidate.sum(SharedRows(start: rows.record.start + 2 * cell.hiddenSize, stride: rows.record.stride)),
      h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride,
      carry: rows.hiddenGradient.start, carry_stride: rows.hiddenGradient.stride, gates: rows.record.start,
      gates_stride: rows.record.stride, reset_h: rows.kept.start, reset_h_stride: rows.kept.stride)
    unsafe table.pointee.gru_reset_gates_back(&step)
  }

  /// One step of a plain recurrent network.
  @unsafe
  func rnnStepBack(_ cell: FusedRNNCell, _ rows: FusedRetreatRows, _ sum: rk_gradient_sum, panels: Range<Int>) {
    var step = unsafe rk_rnn_step_back(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      activation: cell.activation, dh: sum, h: rows.hidden.start, h_stride: rows.hidden.stride,
      dz: rows.record.start, dz_stride: rows.record.stride)
    unsafe table.pointee.rnn_step_back(&step)
  }
}

// MARK: - Products over all rows of a block

extension Kernels {
  /// y = v·W, with packed weights that have one gate, shared out over a team. The columns of v are those of `first`, and
  /// behind them those of `second`.
  func multiply(
    _ first: borrowing MatrixView<Float>, _ second: borrowing MatrixView<Float>, _ weights: PackedPanels,
    into y: inout MutableMatrixView<Float>, team: ThreadTeam
  ) {
    require(
      first.columns + second.columns == weights.rowCount && y.columns == weights.hiddenSize,
      "multiply: \(first.columns) and \(second.columns) columns for packed weights of \(weights.rowCount) rows")
    require(
      first.rows == y.rows && (second.rows == y.rows || second.columns == 0),
      "multiply: \(first.rows) and \(second.rows) rows for \(y.rows)")
    guard y.rows > 0, y.columns > 0 else { return }
    let (rows, firstCount, secondCount) = (y.rows, first.columns, second.columns)
    let members = rows * weights.elements.count > Self.leastSharedProduct ? team.memberCount : 1
    let parts = ProductParts(rows: rows, panels: weights.panelCount, members: members)
    unsafe first.withAddress { first in
      unsafe second.withAddress { second in
        unsafe y.withAddress { y in
          let operands = unsafe ProductRows(first: first, second: second, y: y)
          team.run(parts: parts.count, members: members) { part in
            let control = rk_flush_denormals_begin()
            defer { rk_flush_denormals_end(control) }
            let (rows, panels) = parts[part]
            let (first, second, y) = unsafe (
              operands.first.from(rows.lowerBound), operands.second.from(rows.lowerBound),
              operands.y.from(rows.lowerBound)
            )
            var step = unsafe rk_rnn_step(
              rows: rows.count, hidden: weights.hiddenSize, panel_begin: panels.lowerBound,
              panel_end: panels.upperBound, inputs: firstCount, recurrent: secondCount, activation: .identity,
              weights: weights.elements.base, bias: nil, z: nil, z_panel_stride: 0, x: first.start,
              x_stride: first.stride, h_previous: second.start, h_previous_stride: second.stride, h: y.start,
              h_stride: y.stride)
            unsafe table.pointee.rnn_step(&step)
          }
        }
      }
    }
  }

  /// Multiplications from which on a product is worth waking other threads for.
  private static var leastSharedProduct: Int { 1_000_000 }
}

/// How a product is cut into parts that are shared out: some rows, and some panels, as many as make good tiles side by
/// side. While the kernel works on some panels it brings the next ones of the same part near, so that long parts are
/// better, as long as there are enough of them.
private struct ProductParts: Sendable {
  private let rows, panels: Int
  private let rowGroups, panelGroups: Int
  private let panelsOfPart: Int

  /// The rows that the kernels take through some panels together.
  private static var rowsOfPart: Int { 128 }
  /// Parts for each member, so that none waits long for another's last one.
  private static var partsOfMember: Int { 4 }

  init(rows: Int, panels: Int, members: Int) {
    self.rows = rows
    self.panels = panels
    let rowGroups = (rows + Self.rowsOfPart - 1) / Self.rowsOfPart
    let few = (1...4).reversed().map { $0 * 4 }.first { size in
      rowGroups * ((panels + size - 1) / size) >= Self.partsOfMember * members
    }
    panelsOfPart = few ?? 4
    panelGroups = (panels + panelsOfPart - 1) / panelsOfPart
    self.rowGroups = rowGroups
  }

  var count: Int { rowGroups * panelGroups }

  /// The rows and panels of a part.
  subscript(part: Int) -> (rows: Range<Int>, panels: Range<Int>) {
    let (group, first) = (part / panelGroups, part % panelGroups * panelsOfPart)
    return (
      rows * group / rowGroups..<rows * (group + 1) / rowGroups, first..<min(first + panelsOfPart, panels)
    )
  }
}

/// The addresses of a product that members of a team share.
@safe
private struct ProductRows: @unchecked Sendable {
  let first, second, y: SharedRows
}
