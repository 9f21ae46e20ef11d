/// Numbers of the Double definition in rows, one for each sequence, and how far rounding may take each of them.
struct BoundedMatrix: Sendable {
  let rows: Int
  let columns: Int
  var values: [Double]
  /// The root mean square of each number's error.
  var deviations: [Double]

  /// Zeros that everybody knows exactly.
  init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, values: Array(repeating: 0, count: rows * columns))
  }

  /// Numbers that everybody knows exactly, unless deviations say otherwise.
  init(rows: Int, columns: Int, values: [Double], deviations: [Double]? = nil) {
    precondition(values.count == rows * columns, "BoundedMatrix: \(values.count) numbers for \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.values = values
    self.deviations = deviations ?? Array(repeating: 0, count: values.count)
  }

  /// Matrices over one another.
  init(stacking parts: [BoundedMatrix]) {
    self.init(
      rows: parts.reduce(0) { $0 + $1.rows }, columns: parts[0].columns, values: parts.flatMap(\.values),
      deviations: parts.flatMap(\.deviations))
  }

  /// The number at an index over all rows.
  subscript(index: Int) -> Bounded {
    get { Bounded(values[index], deviation: deviations[index]) }
    set { (values[index], deviations[index]) = (newValue.value, newValue.deviation) }
  }

  subscript(row: Int, column: Int) -> Bounded {
    get { self[row * columns + column] }
    set { self[row * columns + column] = newValue }
  }

  /// What `body` makes of each number.
  func map(_ body: (Bounded) -> Bounded) -> BoundedMatrix {
    var result = BoundedMatrix(rows: rows, columns: columns)
    for index in values.indices { result[index] = body(self[index]) }
    return result
  }

  /// What `body` makes of each number and that of another matrix in the same place.
  func combined(with other: BoundedMatrix, _ body: (Bounded, Bounded) -> Bounded) -> BoundedMatrix {
    precondition(rows == other.rows && columns == other.columns, "BoundedMatrix: two matrices of different sizes")
    var result = BoundedMatrix(rows: rows, columns: columns)
    for index in values.indices { result[index] = body(self[index], other[index]) }
    return result
  }

  /// Some of the columns.
  func columns(_ range: Range<Int>) -> BoundedMatrix {
    var result = BoundedMatrix(rows: rows, columns: range.count)
    for row in 0..<rows {
      result.copy(self, row: row, columns: range, toRow: row, column: 0)
    }
    return result
  }

  /// Copies some columns of a row to a row of this matrix, from `column` on.
  mutating func copy(_ source: BoundedMatrix, row: Int, columns: Range<Int>, toRow target: Int, column: Int) {
    let from = row * source.columns + columns.lowerBound
    let to = target * self.columns + column
    for index in 0..<columns.count { values[to + index] = source.values[from + index] }
    for index in 0..<columns.count { deviations[to + index] = source.deviations[from + index] }
  }
}
