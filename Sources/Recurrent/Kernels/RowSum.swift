internal import CRecurrentKernels

/// c += aᵀ·b, or c = aᵀ·b, over some rows of a and b, on a desk for what is packed of them: b in panels, and a transposed,
/// so that a chain walks down a column of each. The columns of a are those of two matrices, one behind the other. While b
/// is at hand, its columns are summed up.
@safe
package struct RowSum: @unchecked Sendable {
  /// The columns of the three matrices.
  struct Columns {
    let first, second, b: Int

    /// Those of both matrices of a.
    var a: Int { first + second }
  }

  private let kernels: Kernels
  private let rows: Range<Int>
  private let columns: Columns
  private let first, second, b, c: SharedRows
  /// The sums of the columns of b, to which the rows are added, or nil.
  private let sums: UnsafeMutablePointer<Float>?
  private let panels, transpose: SharedRows
  let panelCount: Int

  /// The rows of a piece at most. A chain goes on from piece to piece, so that no bit depends on it.
  private static var rowLimit: Int { 512 }
  /// The same with some kernels: the columns of a that share some panels must stay in the core's own cache, which without
  /// AVX-512 may be half as large.
  private static func rowLimit(_ kernels: Kernels) -> Int { kernels.width < widest ? rowLimit / 2 : rowLimit }
  /// What one part of packing takes.
  private static var panelsOfPart: Int { 8 }
  private static var columnsOfPart: Int { 64 }
  /// The floats of the widest vectors.
  private static var widest: Int { 16 }

  @unsafe
  init(
    kernels: Kernels, rows: Range<Int>, columns: Columns, first: SharedRows, second: SharedRows, b: SharedRows,
    c: SharedRows, sums: UnsafeMutablePointer<Float>?, desk: UnsafeMutablePointer<Float>
  ) {
    self.kernels = kernels
    self.rows = rows
    self.columns = columns
    unsafe (self.first, self.second, self.b, self.c, self.sums) = (first, second, b, c, sums)
    panelCount = (columns.b + kernels.width - 1) / kernels.width
    let panelSize = rows.count * kernels.width
    unsafe panels = SharedRows(start: desk, stride: panelSize)
    unsafe transpose = SharedRows(
      start: desk + panelCount * panelSize, stride: MatrixView<Float>.stride(of: rows.count))
  }

  /// The pieces that many rows are taken in.
  static func pieces(of rows: Int, _ kernels: Kernels) -> some Sequence<Range<Int>> {
    let limit = rowLimit(kernels)
    let count = (rows + limit - 1) / limit
    return (0..<count).lazy.map { rows * $0 / count..<rows * ($0 + 1) / count }
  }

  /// The floats of a desk for up to so many rows of matrices with so many columns.
  package static func deskCount(rows: Int, columns: (a: Int, b: Int)) -> Int {
    let rows = min(rows, rowLimit)
    return (columns.b + widest - 1) / widest * widest * rows + columns.a * MatrixView<Float>.stride(of: rows)
  }

  private var panelParts: Int { (panelCount + Self.panelsOfPart - 1) / Self.panelsOfPart }
  private var firstParts: Int { (columns.first + Self.columnsOfPart - 1) / Self.columnsOfPart }
  private var secondParts: Int { (columns.second + Self.columnsOfPart - 1) / Self.columnsOfPart }

  /// The parts that packing is shared out in.
  var packingCount: Int { panelParts + firstParts + secondParts }

  /// Packs one of them: first come those of b.
  func pack(_ part: Int) {
    let part = (panel: part, first: part - panelParts, second: part - panelParts - firstParts)
    if part.second >= 0 {
      unsafe transposeColumns(part.second, of: second, count: columns.second, to: columns.first)
    } else if part.first >= 0 {
      unsafe transposeColumns(part.first, of: first, count: columns.first, to: 0)
    } else {
      packPanels(part.panel)
    }
  }

  private func packPanels(_ part: Int) {
    let control = rk_flush_denormals_begin()
    defer { rk_flush_denormals_end(control) }
    let width = kernels.width
    for panel in part * Self.panelsOfPart..<min((part + 1) * Self.panelsOfPart, panelCount) {
      let column = panel * width
      unsafe withUnsafePointer(to: 0) { offset in
        var pack = unsafe rk_panel_pack(
          rows: rows.count, gates: 1, units: min(width, columns.b - column),
          matrix: b.from(rows.lowerBound).start + column, stride: b.stride, gate_offsets: offset,
          packed: panels.from(panel).start, gate_stride: width, row_stride: width)
        unsafe rk_pack_panel(&pack)
      }
      guard let sums = unsafe sums else { continue }
      var sum = unsafe rk_panel_sum(
        rows: rows.count, units: min(width, columns.b - column), width: width, packed: panels.from(panel).start,
        sums: sums + column)
      unsafe rk_sum_panel(&sum)
    }
  }

  /// Transposes some of the `count` columns of a matrix, the first of which is the column `column` of a.
  private func transposeColumns(_ part: Int, of matrix: SharedRows, count: Int, to column: Int) {
    let begin = part * Self.columnsOfPart
    var pack = unsafe rk_transposed_pack(
      units: rows.count, columns: min(Self.columnsOfPart, count - begin),
      matrix: matrix.from(rows.lowerBound).start + begin, stride: matrix.stride,
      packed: transpose.from(column + begin).start, width: transpose.stride)
    unsafe rk_pack_transposed(&pack)
  }

  /// Forms the products of some columns of a and some panels of b, and adds them to c, or puts them in its place.
  func form(_ part: (rows: Range<Int>, panels: Range<Int>), adding: Bool) {
    let control = rk_flush_denormals_begin()
    defer { rk_flush_denormals_end(control) }
    let (x, y) = unsafe (transpose.from(part.rows.lowerBound), c.from(part.rows.lowerBound))
    var product = unsafe rk_add_product(
      rows: part.rows.count, hidden: columns.b, panel_begin: part.panels.lowerBound,
      panel_end: part.panels.upperBound, inputs: rows.count, weights: panels.start, x: x.start, x_stride: x.stride,
      y: y.start, y_stride: y.stride, adds: adding)
    unsafe kernels.table.pointee.add_product(&product)
  }
}
