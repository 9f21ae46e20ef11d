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
      gradients: rows.gradients.start, gradients_stride: rows.gradients.stride,
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
      gates_stride: rows.record.stride, gradients: rows.gradients.start, gradients_stride: rows.gradients.stride)
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
      gates_stride: rows.record.stride, gradients: rows.gradients.start, gradients_stride: rows.gradients.stride)
    unsafe table.pointee.gru_candidate_back(&step)
  }

  /// r of one step of a GRU that resets before the product, and r * h once more.
  @unsafe
  func gruResetGatesBack(
    _ cell: FusedResetBeforeGRUCell, _ rows: FusedRetreatRows, candidate: PackedPanels, panels: Range<Int>
  ) {
    var step = unsafe rk_gru_reset_gates_back(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      ds: candidate.sum(SharedRows(start: rows.gradients.start + 2 * cell.hiddenSize, stride: rows.gradients.stride)),
      h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride,
      carry: rows.hiddenGradient.start, carry_stride: rows.hiddenGradient.stride, gates: rows.record.start,
      gates_stride: rows.record.stride, gradients: rows.gradients.start,
      gradients_stride: rows.gradients.stride, reset_h: rows.kept.start, reset_h_stride: rows.kept.stride)
    unsafe table.pointee.gru_reset_gates_back(&step)
  }

  /// One step of a plain recurrent network.
  @unsafe
  func rnnStepBack(_ cell: FusedRNNCell, _ rows: FusedRetreatRows, _ sum: rk_gradient_sum, panels: Range<Int>) {
    var step = unsafe rk_rnn_step_back(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      activation: cell.activation, dh: sum, h: rows.hidden.start, h_stride: rows.hidden.stride,
      dz: rows.gradients.start, dz_stride: rows.gradients.stride)
    unsafe table.pointee.rnn_step_back(&step)
  }
}
