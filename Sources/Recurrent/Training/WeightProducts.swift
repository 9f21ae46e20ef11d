extension Tensor where Scalar == Float {
  /// Adds aᵀ·b to some rows of a matrix, from `firstRow` on, and to some of its columns; OpenBLAS works it out, shared
  /// over a team.
  mutating func addProduct(
    _ a: borrowing MatrixView<Float>, _ b: borrowing MatrixView<Float>, firstRow: Int, columns: Range<Int>,
    team: ThreadTeam
  ) {
    let (rows, width) = (shape[0], shape[1])
    var all = MutableMatrixView(mutableSpan, rows: rows, columns: width)
    var part = all.block(rows: firstRow..<firstRow + a.columns, columns: columns)
    BLAS.multiply(a.transposed, b, into: &part, adding: true, team: team)
  }
}
