extension BLAS {
  /// `c = a·b`, or `c += a·b` where `adding`, shared out over a team.
  ///
  /// c is cut into tiles whose places follow from its size alone, and each tile is one product on one thread: so the bits
  /// do not depend on how many threads there are, or on which of them did what.
  package static func multiply<Scalar>(
    _ a: MatrixView<Scalar>, _ b: MatrixView<Scalar>, into c: inout MutableMatrixView<Scalar>, adding: Bool,
    team: ThreadTeam
  ) {
    require(a.columns == b.rows, "multiply: \(a.columns) columns of a for \(b.rows) rows of b")
    require(c.rows == a.rows, "multiply: \(c.rows) rows of the result for \(a.rows) rows of a")
    require(c.columns == b.columns, "multiply: \(c.columns) columns of the result for \(b.columns) columns of b")
    guard c.rows > 0, c.columns > 0 else { return }
    guard a.columns > 0 else {
      if !adding { c.fill(with: 0) }
      return
    }
    let tiling = Tiling(rows: c.rows, columns: c.columns)
    let isWorthIt = 2 * Double(c.rows) * Double(c.columns) * Double(a.columns) > leastSharedWork
    CBLAS.gemm(
      a, b, into: &c, adding: adding, tiling: tiling, team: team,
      members: isWorthIt ? min(team.memberCount, tiling.count) : 1)
  }

  /// Operations from which on a product is worth waking other threads for: some 20 µs of one.
  private static var leastSharedWork: Double { 2e6 }
}

/// A matrix cut into rectangles, row by row of them.
struct Tiling: Sendable {
  let rows: Int
  let columns: Int

  // Large enough for OpenBLAS to copy its operands together without losing time, small enough to be shared out.
  private static var tileRows: Int { 128 }
  private static var tileColumns: Int { 384 }

  private var columnCount: Int { (columns + Self.tileColumns - 1) / Self.tileColumns }
  var count: Int { (rows + Self.tileRows - 1) / Self.tileRows * columnCount }

  /// The rows and columns of a tile.
  func tile(_ index: Int) -> (rows: Range<Int>, columns: Range<Int>) {
    let (row, column) = (index / columnCount * Self.tileRows, index % columnCount * Self.tileColumns)
    return (row..<min(row + Self.tileRows, rows), column..<min(column + Self.tileColumns, columns))
  }
}
