/// A matrix that somebody else owns, to read: rows of `columns` elements, `stride` elements apart.
///
/// It may stand for the transpose of what is stored, so that one product serves every orientation.
package struct MatrixView<Scalar: RecurrentScalar>: ~Escapable {
  package let elements: Span<Scalar>
  /// Rows of the matrix that this view stands for.
  package let rows: Int
  /// Columns of the matrix that this view stands for.
  package let columns: Int
  /// Elements from one stored row to the next.
  package let stride: Int
  /// Whether the stored rows are this matrix's columns.
  package let isTransposed: Bool

  @_lifetime(copy elements)
  package init(_ elements: Span<Scalar>, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    requireMatrix("MatrixView", rows: rows, columns: columns, stride: stride, count: elements.count)
    self.init(checked: elements, rows: rows, columns: columns, stride: stride, isTransposed: false)
  }

  @_lifetime(copy elements)
  private init(checked elements: Span<Scalar>, rows: Int, columns: Int, stride: Int, isTransposed: Bool) {
    self.elements = elements
    self.rows = rows
    self.columns = columns
    self.stride = stride
    self.isTransposed = isTransposed
  }

  /// The element at a row and column.
  package subscript(row: Int, column: Int) -> Scalar {
    elements[isTransposed ? column * stride + row : row * stride + column]
  }

  /// Some of the rows. The matrix must not stand for a transpose.
  @_lifetime(copy self)
  package func rows(_ range: Range<Int>) -> MatrixView {
    require(!isTransposed, "rows: \(range) of a transposed matrix")
    require(range.lowerBound >= 0 && range.upperBound <= rows, "rows: \(range) of \(rows)")
    return MatrixView(
      elements.extracting(droppingFirst: min(range.lowerBound * stride, elements.count)), rows: range.count,
      columns: columns, stride: stride)
  }

  /// Some of the columns. The matrix must not stand for a transpose.
  @_lifetime(copy self)
  package func columns(_ range: Range<Int>) -> MatrixView {
    require(!isTransposed, "columns: \(range) of a transposed matrix")
    require(range.lowerBound >= 0 && range.upperBound <= columns, "columns: \(range) of \(columns)")
    return MatrixView(
      elements.extracting(droppingFirst: min(range.lowerBound, elements.count)), rows: rows, columns: range.count,
      stride: stride)
  }

  /// The transpose, without moving an element.
  package var transposed: MatrixView {
    @_lifetime(copy self)
    get {
      MatrixView(checked: elements, rows: columns, columns: rows, stride: stride, isTransposed: !isTransposed)
    }
  }
}

/// A matrix that somebody else owns, to read and write: rows of `columns` elements, `stride` elements apart.
package struct MutableMatrixView<Scalar: RecurrentScalar>: ~Escapable, ~Copyable {
  package var elements: MutableSpan<Scalar>
  package let rows: Int
  package let columns: Int
  package let stride: Int

  @_lifetime(copy elements)
  package init(_ elements: consuming MutableSpan<Scalar>, rows: Int, columns: Int, stride: Int? = nil) {
    let stride = stride ?? columns
    requireMatrix("MutableMatrixView", rows: rows, columns: columns, stride: stride, count: elements.count)
    self.elements = elements
    self.rows = rows
    self.columns = columns
    self.stride = stride
  }

  /// The element at a row and column.
  package subscript(row: Int, column: Int) -> Scalar {
    get { elements[row * stride + column] }
    set { elements[row * stride + column] = newValue }
  }

  /// The matrix, to read.
  package var view: MatrixView<Scalar> {
    @_lifetime(borrow self)
    borrowing get { MatrixView(elements.span, rows: rows, columns: columns, stride: stride) }
  }

  /// A rectangle of this matrix.
  @_lifetime(&self)
  package mutating func block(rows: Range<Int>, columns: Range<Int>) -> MutableMatrixView {
    require(rows.lowerBound >= 0 && rows.upperBound <= self.rows, "block: rows \(rows) of \(self.rows)")
    require(
      columns.lowerBound >= 0 && columns.upperBound <= self.columns, "block: columns \(columns) of \(self.columns)")
    guard !rows.isEmpty, !columns.isEmpty else {
      return MutableMatrixView(
        elements._mutatingExtracting(0..<0), rows: rows.count, columns: columns.count, stride: stride)
    }
    let start = rows.lowerBound * stride + columns.lowerBound
    let end = (rows.upperBound - 1) * stride + columns.upperBound
    return MutableMatrixView(
      elements._mutatingExtracting(start..<end), rows: rows.count, columns: columns.count, stride: stride)
  }

  /// Copies one whole row of `source` to a row of this matrix, from `column` on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func copy(_ source: borrowing MatrixView<Scalar>, row: Int, toRow target: Int, column: Int) {
    require(
      !source.isTransposed && column >= 0 && source.columns <= columns - column,
      "copy: \(source.columns) columns to column \(column) of \(columns)")
    let from = source.elements.extracting(row * source.stride..<row * source.stride + source.columns)
    let start = target * stride + column
    var to = elements._mutatingExtracting(start..<start + from.count)
    for index in from.indices { to[index] = from[index] }
  }

  /// Copies as much of `source` as this matrix has rows and columns.
  package mutating func copy(_ source: borrowing MutableMatrixView) {
    require(source.rows >= rows, "copy: \(source.rows) rows to a matrix of \(rows)")
    let columns = columns
    let view = MatrixView(source.elements.span, rows: rows, columns: columns, stride: source.stride)
    for row in 0..<rows { copy(view, row: row, toRow: row, column: 0) }
  }

  /// Sets every element to `value`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package mutating func fill(with value: Scalar) {
    for row in 0..<rows {
      var part = elements._mutatingExtracting(row * stride..<row * stride + columns)
      part.update(repeating: value)
    }
  }
}

/// Traps unless `rows` × `columns` at `stride` fits in `count` elements.
@inline(always)
private func requireMatrix(_ name: StaticString, rows: Int, columns: Int, stride: Int, count: Int) {
  require(rows >= 0 && columns >= 0, "\(name): \(rows) rows and \(columns) columns")
  require(stride >= columns, "\(name): a stride of \(stride) for rows of \(columns) elements")
  guard rows > 0, columns > 0 else { return }
  let (last, overflow) = (rows - 1).multipliedReportingOverflow(by: stride)
  require(
    !overflow && last <= count - columns,
    "\(name): \(rows) rows of \(columns) at stride \(stride) in \(count) elements")
}
