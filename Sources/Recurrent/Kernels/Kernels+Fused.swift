internal import CRecurrentKernels

// The fused kernels, called with rows that members of a team share. Sizes have been checked by `FusedEngine`.

extension Kernels {
  /// z = bias + x·W over the input rows of packed weights.
  @unsafe
  func project(_ rows: FusedRows, _ weights: PackedPanels, bias: PackedPanels?, inputSize: Int, panels: Range<Int>) {
    guard let z = unsafe rows.z else { return }
    var product = unsafe rk_project(
      rows: rows.count, gates: weights.gateCount, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      inputs: inputSize, weight_rows: weights.rowCount, weights: weights.elements.base, bias: bias?.elements.base,
      x: rows.x.start, x_stride: rows.x.stride, z: z, z_panel_stride: rows.zPanelStride)
    unsafe table.pointee.project(&product)
  }

  /// Gates, C' and the units o * tanh(C') of one step of an LSTM.
  @unsafe
  func lstmStep(_ cell: FusedLSTMCell, _ rows: FusedRows, units: SharedRows, panels: Range<Int>) {
    var step = unsafe rk_lstm_step(
      rows: rows.count, hidden: cell.hiddenSize, panel_begin: panels.lowerBound, panel_end: panels.upperBound,
      inputs: cell.inputSize, recurrent: cell.outputSize, weights: cell.weights.elements.base,
      bias: cell.bias.elements.base, peephole: cell.peephole?.elements.base, z: rows.z,
      z_panel_stride: rows.zPanelStride, x: rows.x.start, x_stride: rows.x.stride,
      h_previous: rows.hiddenBefore.start, h_previous_stride: rows.hiddenBefore.stride, c_previous: rows.cell.start,
      c_previous_stride: rows.cell.stride, c: rows.cell.start, c_stride: rows.cell.stride, h: units.start,
      h_stride: units.stride, gates: nil, gates_stride: 0)
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
}
