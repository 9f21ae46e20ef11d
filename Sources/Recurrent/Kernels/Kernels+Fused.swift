internal import CRecurrentKernels

// The fused kernels, called with rows that members of a team share. Sizes have been checked by `FusedEngine`.

extension Kernels {
  /// z = bias + x·W over the input rows of packed weights, behind packs of `gatesBefore` gates.
  @unsafe
  func project(
    _ rows: FusedRows, _ weights: PackedPanels, bias: PackedPanels?, after gatesBefore: Int = 0, inputSize: Int,
    panels: Range<Int>
  ) {
    guard let z = unsafe rows.z else { return }
    var product = unsafe rk_project(
      rows: rows.count, gates: weights.gateCount, hidden: weights.hiddenSize, panel_begin: panels.lowerBound,
      panel_end: panels.upperBound, inputs: inputSize, weight_rows: weights.rowCount, weights: weights.elements.base,
      bias: bias?.elements.base, x: rows.x.start, x_stride: rows.x.stride,
      z: z.pack(weights.gateCount * width, after: gatesBefore * width), z_panel_stride: z.panelStride)
    unsafe table.pointee.project(&product)
  }

  /// Gates, C' and the units o * tanh(C') of one step of an LSTM.
  @unsafe
  func lstmStep(_ cell: FusedLSTMCell, _ rows: FusedRows, units: SharedRows, panels: Range<Int>) {
    var step = unsafe rk_lstm_step(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      inputs: cell.inputSize, recurrent: cell.outputSize, weights: cell.weights.elements.base,
      bias: cell.bias.elements.base, peephole: cell.peephole?.elements.base, z: projected(rows, cell.weights),
      z_panel_stride: rows.z?.panelStride ?? 0, x: rows.x.start, x_stride: rows.x.stride,
      h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride, c_previous: rows.cell.start,
      c_previous_stride: rows.cell.stride, c: rows.cell.start, c_stride: rows.cell.stride, h: units.start,
      h_stride: units.stride, gates: rows.gateRecord?.start,
      gates_stride: rows.gateRecord?.stride ?? 0)
    unsafe table.pointee.lstm_step(&step)
    guard let record = unsafe rows.cellRecord else { return }
    let columns = panels.lowerBound * width..<min(panels.upperBound * width, cell.hiddenSize)
    for row in unsafe 0..<rows.count {
      unsafe (record.from(row).start + columns.lowerBound).update(
        from: rows.cell.from(row).start + columns.lowerBound, count: columns.count)
    }
  }

  /// y = x·W, with packed weights that have one gate.
  @unsafe
  func linear(
    _ weights: PackedPanels, inputSize: Int, outputSize: Int, rows: Int, from x: SharedRows, into y: SharedRows,
    panels: Range<Int>
  ) {
    var step = unsafe rk_rnn_step(
      rows: rows, hidden: outputSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound, inputs: inputSize,
      recurrent: 0, activation: .identity, weights: weights.elements.base, bias: nil, z: nil, z_panel_stride: 0,
      x: x.start, x_stride: x.stride, h_previous: nil, h_previous_stride: 0, h: y.start, h_stride: y.stride)
    unsafe table.pointee.rnn_step(&step)
  }
  /// One step of a GRU that resets after the product.
  @unsafe
  func gruStep(_ cell: FusedGRUCell, _ rows: FusedRows, panels: Range<Int>) {
    var step = unsafe rk_gru_step(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      inputs: cell.inputSize, weights: cell.weights.elements.base, bias: cell.bias.elements.base,
      recurrent_bias: cell.recurrentBias?.elements.base, z: projected(rows, cell.weights),
      z_panel_stride: rows.z?.panelStride ?? 0, x: rows.x.start, x_stride: rows.x.stride,
      h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride, h: rows.hidden.start,
      h_stride: rows.hidden.stride, gates: rows.gateRecord?.start,
      gates_stride: rows.gateRecord?.stride ?? 0)
    unsafe table.pointee.gru_step(&step)
  }

  /// r, z and r * h of one step of a GRU that resets before the product.
  @unsafe
  func gruResetGates(_ cell: FusedResetBeforeGRUCell, _ rows: FusedRows, panels: Range<Int>) {
    var step = unsafe rk_gru_reset_gates(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      inputs: cell.inputSize, weights: cell.gates.elements.base, bias: cell.gateBias.elements.base,
      z: projected(rows, cell.gates), z_panel_stride: rows.z?.panelStride ?? 0, x: rows.x.start,
      x_stride: rows.x.stride, h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride,
      reset_h: rows.scratch.start, reset_h_stride: rows.scratch.stride, update: rows.scratch.start + cell.hiddenSize,
      update_stride: rows.scratch.stride, gates: rows.gateRecord?.start,
      gates_stride: rows.gateRecord?.stride ?? 0)
    unsafe table.pointee.gru_reset_gates(&step)
  }

  /// n and h' of one step of a GRU that resets before the product.
  @unsafe
  func gruCandidate(_ cell: FusedResetBeforeGRUCell, _ rows: FusedRows, panels: Range<Int>) {
    var step = unsafe rk_gru_candidate(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      inputs: cell.inputSize, weights: cell.candidate.elements.base, bias: cell.candidateBias.elements.base,
      z: projected(rows, cell.candidate, after: cell.gates.gateCount), z_panel_stride: rows.z?.panelStride ?? 0,
      x: rows.x.start, x_stride: rows.x.stride, reset_h: rows.scratch.start, reset_h_stride: rows.scratch.stride,
      update: rows.scratch.start + cell.hiddenSize, update_stride: rows.scratch.stride,
      h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride, h: rows.hidden.start,
      h_stride: rows.hidden.stride, gates: rows.gateRecord?.start,
      gates_stride: rows.gateRecord?.stride ?? 0)
    unsafe table.pointee.gru_candidate(&step)
  }

  /// One step of a plain recurrent network.
  @unsafe
  func rnnStep(_ cell: FusedRNNCell, _ rows: FusedRows, panels: Range<Int>) {
    var step = unsafe rk_rnn_step(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      inputs: cell.inputSize, recurrent: cell.hiddenSize, activation: cell.activation,
      weights: cell.weights.elements.base, bias: cell.bias.elements.base, z: projected(rows, cell.weights),
      z_panel_stride: rows.z?.panelStride ?? 0, x: rows.x.start, x_stride: rows.x.stride,
      h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride, h: rows.hidden.start,
      h_stride: rows.hidden.stride)
    unsafe table.pointee.rnn_step(&step)
  }

  /// The projected inputs of a pack of weights, behind packs of `gatesBefore` gates; or nil.
  @unsafe
  private func projected(
    _ rows: FusedRows, _ weights: PackedPanels, after gatesBefore: Int = 0
  ) -> UnsafeMutablePointer<Float>? {
    unsafe rows.z?.pack(weights.gateCount * width, after: gatesBefore * width)
  }
}
