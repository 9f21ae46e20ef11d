internal import CRecurrentKernels

/// c += aᵀ·b over some rows of a and b, on a desk for what is packed of them: b in panels, and a transposed, so that a
/// chain walks down a column of each.
@safe
struct RowSum: @unchecked Sendable {
  private let kernels: Kernels
  private let rows: Range<Int>
  private let columns: (a: Int, b: Int)
  private let a, b, c: SharedRows
  private let panels, transpose: SharedRows

  /// The rows of a piece at most. A chain goes on from piece to piece, so that no bit depends on it.
  private static var rowLimit: Int { 512 }
  /// What one part of packing takes.
  private static var panelsOfPart: Int { 8 }
  private static var columnsOfPart: Int { 64 }
  /// The floats of the widest vectors.
  private static var widest: Int { 16 }

  @unsafe
  init(
    kernels: Kernels, rows: Range<Int>, columns: (a: Int, b: Int), a: SharedRows, b: SharedRows, c: SharedRows,
    desk: UnsafeMutablePointer<Float>
  ) {
    self.kernels = kernels
    self.rows = rows
    self.columns = columns
    unsafe (self.a, self.b, self.c) = (a, b, c)
    let panelSize = rows.count * kernels.width
    unsafe panels = SharedRows(start: desk, stride: panelSize)
    let panelCount = (columns.b + kernels.width - 1) / kernels.width
    unsafe transpose = SharedRows(
      start: desk + panelCount * panelSize, stride: Self.transposedStride(rows: rows.count))
  }

  /// The pieces that many rows are taken in.
  static func pieces(of rows: Int) -> some Sequence<Range<Int>> {
    let count = (rows + rowLimit - 1) / rowLimit
    return (0..<count).lazy.map { rows * $0 / count..<rows * ($0 + 1) / count }
  }

  /// The floats of a desk for up to so many rows.
  static func deskCount(rows: Int, columns: (a: Int, b: Int)) -> Int {
    let rows = min(rows, rowLimit)
    return (columns.b + widest - 1) / widest * widest * rows + columns.a * transposedStride(rows: rows)
  }

  /// An odd number of lines: columns that are a power of two apart drive each other from the cache.
  private static func transposedStride(rows: Int) -> Int { (rows + 31) / 32 * 32 + 16 }

  var panelCount: Int { (columns.b + kernels.width - 1) / kernels.width }

  private var panelParts: Int { (panelCount + Self.panelsOfPart - 1) / Self.panelsOfPart }

  /// The parts that packing is shared out in.
  var packingCount: Int { panelParts + (columns.a + Self.columnsOfPart - 1) / Self.columnsOfPart }

  /// Packs one of them: first come those of b.
  func pack(_ part: Int) {
    guard part < panelParts else { return transposeColumns(part - panelParts) }
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
    }
  }

  private func transposeColumns(_ part: Int) {
    let first = part * Self.columnsOfPart
    var pack = unsafe rk_transposed_pack(
      units: rows.count, columns: min(Self.columnsOfPart, columns.a - first),
      matrix: a.from(rows.lowerBound).start + first, stride: a.stride, packed: transpose.from(first).start,
      width: transpose.stride)
    unsafe rk_pack_transposed(&pack)
  }

  /// Adds the products of some columns of a and some panels of b.
  func add(_ part: (rows: Range<Int>, panels: Range<Int>)) {
    let control = rk_flush_denormals_begin()
    defer { rk_flush_denormals_end(control) }
    let (x, y) = unsafe (transpose.from(part.rows.lowerBound), c.from(part.rows.lowerBound))
    var product = unsafe rk_add_product(
      rows: part.rows.count, hidden: columns.b, panel_begin: part.panels.lowerBound,
      panel_end: part.panels.upperBound, inputs: rows.count, weights: panels.start, x: x.start, x_stride: x.stride,
      y: y.start, y_stride: y.stride)
    unsafe kernels.table.pointee.add_product(&product)
  }
}
