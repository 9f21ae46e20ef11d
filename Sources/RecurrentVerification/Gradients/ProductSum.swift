internal import Recurrent

/// A matrix of sums of products in the making, and of the squares of the errors that they pick up.
///
/// Of a sum y of K terms a·b, `Roundoff` says s² = Σ (inherited)² + u²·Σ_k (p_k² + q_k²), for the partial sums p_k and the
/// roots q_k of the partial sums of squares. One step at a time these cannot be had from matrix products, which is what
/// makes whole batches affordable. But q_k ≤ q_K; and p_k is of the size of q_k where the signs of the terms know nothing
/// of each other, and at most |y| where they agree. So
///
///     s² = Σ (b·s_a)² + Σ (a·s_b)² + K·u²·(Σ (a·b)² + y²)
///
/// which is at most four times as much for terms of one size, hence twice the deviation, and three products of matrices.
///
/// Errors seen in training, on every engine and in h and all gradients, are 0.02 to 0.18 of what passes, for a Double
/// engine too. Gradients through weights that were rounded to 15 of their 24 bits are off by 2 to 5 times of what passes,
/// and gradients of weights that lack one step's part by 10⁴ times.
struct ProductSum {
  private let roundoff: Roundoff
  /// K, of all terms that are to come.
  private let termCount: Int
  private let rows: Int, columns: Int
  private var values: [Double]
  private var squares: [Double]

  init(rows: Int, columns: Int, termCount: Int, roundoff: Roundoff) {
    self.roundoff = roundoff
    self.termCount = termCount
    self.rows = rows
    self.columns = columns
    values = Array(repeating: 0, count: rows * columns)
    squares = values
  }

  /// A part of a matrix that is kept in rows of `stride` numbers, or its transpose.
  struct Part {
    let start: Int
    let rows: Int
    let columns: Int
    let stride: Int
    var isTransposed = false
  }

  /// Adds a·w, for weights w that are exact, and their squares.
  mutating func add(_ a: BoundedMatrix, weights: [Double], squares weightSquares: [Double], _ part: Part) {
    let whole = Part(start: 0, rows: a.rows, columns: a.columns, stride: a.columns)
    multiply(a.values, whole, weights, part, into: &values)
    multiply(noise(a), whole, weightSquares, part, into: &squares)
  }

  /// Adds aᵀ·b, for two matrices with errors of their own.
  mutating func add(transposed a: BoundedMatrix, _ b: BoundedMatrix) {
    let left = Part(start: 0, rows: a.rows, columns: a.columns, stride: a.columns, isTransposed: true)
    let right = Part(start: 0, rows: b.rows, columns: b.columns, stride: b.columns)
    multiply(a.values, left, b.values, right, into: &values)
    multiply(noise(a), left, b.values.map { $0 * $0 }, right, into: &squares)
    let size = a.values.indices.map { a.values[$0] * a.values[$0] + a.deviations[$0] * a.deviations[$0] }
    multiply(size, left, b.deviations.map { $0 * $0 }, right, into: &squares)
  }

  /// The sums.
  var result: BoundedMatrix {
    let flushed = roundoff.leastStep * Double(termCount).squareRoot()
    let deviations = values.indices.map { index in
      (squares[index] + rounding * values[index] * values[index]).squareRoot() + flushed
    }
    return BoundedMatrix(rows: rows, columns: columns, values: values, deviations: deviations)
  }

  /// K·u².
  private var rounding: Double { Double(termCount) * roundoff.unit * roundoff.unit }

  /// What the square of each factor of a brings with it: its own error, and that of the roundings of its terms.
  private func noise(_ a: BoundedMatrix) -> [Double] {
    a.values.indices.map { rounding * a.values[$0] * a.values[$0] + a.deviations[$0] * a.deviations[$0] }
  }

  /// OpenBLAS in Double, shared over all threads: its own rounding is nothing beside that of Float.
  private func multiply(_ a: [Double], _ left: Part, _ b: [Double], _ right: Part, into c: inout [Double]) {
    let x = MatrixView(
      a.span.extracting(droppingFirst: left.start), rows: left.rows, columns: left.columns, stride: left.stride)
    let y = MatrixView(
      b.span.extracting(droppingFirst: right.start), rows: right.rows, columns: right.columns, stride: right.stride)
    var z = MutableMatrixView(c.mutableSpan, rows: rows, columns: columns)
    BLAS.multiply(
      left.isTransposed ? x.transposed : x, right.isTransposed ? y.transposed : y, into: &z, adding: true,
      team: .shared)
  }
}
