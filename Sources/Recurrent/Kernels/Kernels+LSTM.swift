internal import CRecurrentKernels

extension Kernels {
  /// The part of an LSTM step that follows the matrix product: bias, gates, cell state and hidden state of `rows` rows.
  ///
  ///     i = σ(z_i + p_i·C)   f = σ(z_f + p_f·C)   g = tanh(z_g)   C' = f·C + i·g
  ///     o = σ(z_o + p_o·C')  h' = o·tanh(C')
  ///
  /// - Parameters:
  ///   - rows: Rows of the batch.
  ///   - hidden: Hidden units H.
  ///   - z: [rows, 4·H], gate blocks in the order i f g o: the products of the step, without the bias.
  ///   - zStride: Elements from one row of `z` to the next, at least 4·H. So for the other strides, with H.
  ///   - bias: [4·H], gate blocks i f g o.
  ///   - peephole: [3·H], blocks p_i p_f p_o, or empty for a cell without peephole connections.
  ///   - cell: [rows, H]: C, replaced with C'.
  ///   - hiddenState: [rows, H]: overwritten with h', never read.
  ///
  /// - Complexity: O(`rows` · `hidden`).
  package func lstmPointwise(
    rows: Int, hidden: Int, z: Span<Float>, zStride: Int, bias: Span<Float>, peephole: Span<Float>,
    cell: inout MutableSpan<Float>, cellStride: Int, hiddenState: inout MutableSpan<Float>, hiddenStride: Int
  ) {
    require(rows >= 0 && hidden >= 0, "lstmPointwise: \(rows) rows of \(hidden) units")
    require(bias.count == 4 * hidden, "lstmPointwise: \(bias.count) biases for 4 gates of \(hidden) units")
    require(
      peephole.isEmpty || peephole.count == 3 * hidden,
      "lstmPointwise: \(peephole.count) peephole weights for 3 gates of \(hidden) units")
    requireRows("z", rows, of: 4 * hidden, stride: zStride, in: z.count)
    requireRows("cell", rows, of: hidden, stride: cellStride, in: cell.count)
    requireRows("hiddenState", rows, of: hidden, stride: hiddenStride, in: hiddenState.count)
    // Nothing to do, and an empty span may have no address.
    guard rows > 0, hidden > 0 else { return }

    unsafe withPointers(z, bias, peephole, &cell, &hiddenState) { z, bias, peephole, cell, hiddenState in
      var pass = unsafe rk_lstm_pointwise(
        rows: rows, hidden: hidden, z: z, z_stride: zStride, bias: bias, peephole: peephole, c: cell,
        c_stride: cellStride, h: hiddenState, h_stride: hiddenStride)
      unsafe table.pointee.lstm_pointwise(&pass)
    }
  }
}

/// Traps unless `rows` rows of `columns` elements, `stride` apart, lie within `count` elements. The last row needs no
/// room behind its last element.
private func requireRows(_ name: StaticString, _ rows: Int, of columns: Int, stride: Int, in count: Int) {
  require(stride >= columns, "lstmPointwise: stride \(stride) of \(name) for rows of \(columns) elements")
  guard rows > 0 else { return }
  let (start, overflow) = (rows - 1).multipliedReportingOverflow(by: stride)
  require(
    !overflow && start <= count - columns,
    "lstmPointwise: \(count) elements of \(name) for \(rows) rows of \(columns), \(stride) apart")
}

/// The addresses of five spans, the third of which is null if it is empty. The others must not be empty.
@unsafe
private func withPointers(
  _ z: Span<Float>, _ bias: Span<Float>, _ peephole: Span<Float>, _ cell: inout MutableSpan<Float>,
  _ hiddenState: inout MutableSpan<Float>,
  _ body: (
    UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>?, UnsafeMutablePointer<Float>,
    UnsafeMutablePointer<Float>
  ) -> Void
) {
  unsafe z.withUnsafeBufferPointer { z in
    unsafe bias.withUnsafeBufferPointer { bias in
      unsafe peephole.withUnsafeBufferPointer { peephole in
        unsafe cell.withUnsafeMutableBufferPointer { cell in
          unsafe hiddenState.withUnsafeMutableBufferPointer { hiddenState in
            unsafe body(
              z.baseAddress!, bias.baseAddress!, peephole.isEmpty ? nil : peephole.baseAddress, cell.baseAddress!,
              hiddenState.baseAddress!)
          }
        }
      }
    }
  }
}
