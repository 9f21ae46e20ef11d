internal import Recurrent

/// A matrix in a computation, and the gradient of the loss by it as far as it is known.
package final class Quantity {
  let value: BoundedMatrix
  /// Nil stands for zeros.
  private(set) var gradient: BoundedMatrix?

  init(_ value: BoundedMatrix) { self.value = value }

  /// A column of ones with as many rows as another matrix: what a bias is multiplied with.
  static func ones(as other: Quantity) -> Quantity {
    let rows = other.value.rows
    return Quantity(BoundedMatrix(rows: rows, columns: 1, values: Array(repeating: 1, count: rows)))
  }

  var gradientOrZero: BoundedMatrix { gradient ?? BoundedMatrix(rows: value.rows, columns: value.columns) }

  /// Adds what comes back from one of the places where it was used.
  func add(_ part: BoundedMatrix, _ roundoff: Roundoff) {
    gradient = gradient.map { $0.combined(with: part, roundoff.sum) } ?? part
  }
}

/// Weights in a computation; a vector is a matrix of one row.
package final class Parameter {
  let rows: Int, columns: Int
  let values: [Double]
  let squares: [Double]
  /// The products that it took part in, by the place of the part that did.
  private var uses: [Place: [(v: Quantity, z: Quantity)]] = [:]

  private struct Place: Hashable {
    let firstRow, firstColumn: Int
  }

  init(_ tensor: Tensor<Double>) {
    columns = tensor.shape.last!
    rows = tensor.count / columns
    values = tensor.elements
    squares = values.map { $0 * $0 }
  }

  func note(_ term: Derivation.Term, _ z: Quantity) {
    uses[Place(firstRow: term.firstRow, firstColumn: term.firstColumn), default: []].append((term.v, z))
  }

  /// The gradient, once all was gone back through: for each part that took part one product, over the rows of all steps.
  func gradient(_ roundoff: Roundoff) -> BoundedMatrix {
    var result = BoundedMatrix(rows: rows, columns: columns)
    for (place, uses) in uses {
      let v = BoundedMatrix(stacking: uses.map(\.v.value))
      let dz = BoundedMatrix(stacking: uses.map(\.z.gradientOrZero))
      var sum = ProductSum(rows: v.columns, columns: dz.columns, termCount: v.rows, roundoff: roundoff)
      sum.add(transposed: v, dz)
      let part = sum.result
      for row in 0..<part.rows {
        result.copy(
          part, row: row, columns: 0..<part.columns, toRow: place.firstRow + row, column: place.firstColumn)
      }
    }
    return result
  }
}
