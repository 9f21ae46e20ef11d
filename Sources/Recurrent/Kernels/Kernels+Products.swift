internal import CRecurrentKernels

// Products over all rows of a block, shared out over a team.

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

  /// Adds aᵀ·b to a matrix, or puts it there, from a row and a column of it on, and the sums of b's columns to a vector: what
  /// all rows of a block say of weights and biases. The columns of a are those of `first`, and behind them those of `second`.
  ///
  /// OpenBLAS is as fast where it knows the processor. One that it does not know it takes for one with SSE3, as 0.3.21 does
  /// an Emerald Rapids, where a training step that left these sums to it took 1.3 to 2.6 times as long as PyTorch's.
  ///
  /// - Parameters:
  ///   - sums: takes the sums from `firstSum` on; the rows come in ascending order. An empty one takes none.
  ///   - adding: whether what stands in the part of the matrix, and of the sums, counts; else it is not read.
  ///   - desk: room for `RowSum.deskCount` floats, whatever they are.
  package func addProduct(
    transposed first: borrowing MatrixView<Float>, _ second: borrowing MatrixView<Float>,
    _ b: borrowing MatrixView<Float>, to matrix: inout Tensor<Float>, firstRow: Int = 0, firstColumn: Int = 0,
    sums: inout Tensor<Float>, firstSum: Int = 0, adding: Bool, desk: inout AlignedBuffer<Float>, team: ThreadTeam
  ) {
    require(first.rows == b.rows, "addProduct: \(first.rows) rows for \(b.rows) rows")
    require(
      second.rows == b.rows || second.columns == 0, "addProduct: \(second.rows) further rows for \(b.rows) rows")
    let columns = RowSum.Columns(first: first.columns, second: second.columns, b: b.columns)
    let (rows, height, width) = (b.rows, matrix.shape[0], matrix.shape[1])
    var all = MutableMatrixView(matrix.mutableSpan, rows: height, columns: width)
    var c = all.block(
      rows: firstRow..<firstRow + columns.a, columns: firstColumn..<firstColumn + columns.b)
    if !adding && rows == 0 { c.fill(with: 0) }
    let takesSums = sums.count > 0
    var elements = sums.mutableSpan
    var columnSums = elements._mutatingExtracting(firstSum..<firstSum + (takesSums ? columns.b : 0))
    if !adding { columnSums.update(repeating: 0) }
    guard rows > 0, c.columns > 0 else { return }
    let needed = RowSum.deskCount(rows: rows, columns: (columns.a, columns.b))
    require(needed <= desk.count, "addProduct: \(needed) floats on a desk for \(desk.count)")
    let members = rows * columns.a * columns.b > Self.leastSharedProduct ? team.memberCount : 1
    unsafe first.withAddress { first in
      unsafe second.withAddress { second in
        unsafe b.withAddress { b in
          unsafe c.withAddress { c in
            unsafe desk.withAddress { desk in
              unsafe columnSums.withUnsafeMutableBufferPointer { sums in
                let sums = takesSums ? sums.baseAddress : nil
                for piece in RowSum.pieces(of: rows, self) {
                  let sum = unsafe RowSum(
                    kernels: self, rows: piece, columns: columns, first: first, second: second, b: b, c: c, sums: sums,
                    desk: desk)
                  team.run(parts: sum.packingCount, members: members) { sum.pack($0) }
                  let parts = ProductParts(rows: columns.a, panels: sum.panelCount, members: members)
                  let goesOn = adding || piece.lowerBound > 0
                  team.run(parts: parts.count, members: members) { sum.form(parts[$0], adding: goesOn) }
                }
              }
            }
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
struct ProductParts: Sendable {
  private let rows, panels: Int
  private let rowGroups, panelGroups: Int
  private let panelsOfPart: Int

  /// The rows that the kernels take through some panels together.
  private static var rowsOfPart: Int { 128 }
  /// The panels of a part, without a rest for tiles of three and of four if there are enough. On Zen 3 12 are 1.04 to 1.1
  /// times as fast as 16 in sums over 256 rows for 2048 × 3072 weights; 24 and 48 are as fast as 12.
  private static var sizes: [Int] { [12, 8, 4] }
  /// Parts for each member, so that none waits long for another's last one.
  private static var partsOfMember: Int { 4 }

  init(rows: Int, panels: Int, members: Int) {
    self.rows = rows
    self.panels = panels
    let rowGroups = (rows + Self.rowsOfPart - 1) / Self.rowsOfPart
    panelsOfPart =
      Self.sizes.first { rowGroups * ((panels + $0 - 1) / $0) >= Self.partsOfMember * members } ?? Self.sizes.last!
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
