// Whole rows of matrices: what stands around products.

extension MutableMatrixView {
  /// Sets the first columns of every row to `values`, and the others to 0.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func fillRows(with values: Span<Scalar>) {
    require(values.count <= columns, "fillRows: \(values.count) values for rows of \(columns)")
    let (columns, stride) = (columns, stride)
    for row in 0..<rows {
      var part = elements._mutatingExtracting(row * stride..<row * stride + columns)
      for column in values.indices { part[column] = values[column] }
      for column in values.count..<columns { part[column] = 0 }
    }
  }

  /// Copies some columns of `source` to this matrix, from a column on. Where this matrix has no rows, nothing is copied.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func take(_ source: borrowing MutableMatrixView, columns: Range<Int>, at column: Int) {
    for row in 0..<rows {
      let from = source.elements.span.extracting(
        row * source.stride + columns.lowerBound..<row * source.stride + columns.upperBound)
      var to = elements._mutatingExtracting(row * stride + column..<row * stride + column + columns.count)
      for index in from.indices { to[index] = from[index] }
    }
  }

  /// Adds `values` to every row.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func addToRows(_ values: Span<Scalar>) {
    for row in 0..<rows {
      var to = elements._mutatingExtracting(row * stride..<row * stride + values.count)
      for index in values.indices { to[index] += values[index] }
    }
  }

  /// Copies a matrix of the same rows, or the first columns of a wider one.
  mutating func copyRows(of other: borrowing MatrixView<Scalar>) {
    require(other.rows == rows, "copyRows: \(other.rows) rows to \(rows)")
    let part = other.columns(0..<columns)
    for row in 0..<rows { copy(part, row: row, toRow: row, column: 0) }
  }

  /// Adds a matrix of the same rows, or the first columns of a wider one.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func add(_ other: borrowing MatrixView<Scalar>) {
    require(
      other.rows == rows && other.columns >= columns && !other.isTransposed,
      "add: \(other.rows) rows of \(other.columns) to \(rows) of \(columns)")
    for row in 0..<rows {
      let from = other.elements.extracting(row * other.stride..<row * other.stride + columns)
      var to = elements._mutatingExtracting(row * stride..<row * stride + columns)
      for column in from.indices { to[column] += from[column] }
    }
  }
}

extension Tensor {
  /// Adds the sums of a matrix's columns to the elements; the rows come in ascending order.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func addColumnSums(_ matrix: borrowing MatrixView<Scalar>) {
    var sums = mutableSpan
    for row in 0..<matrix.rows {
      let part = matrix.elements.extracting(row * matrix.stride..<row * matrix.stride + matrix.columns)
      for column in part.indices { sums[column] += part[column] }
    }
  }
}
