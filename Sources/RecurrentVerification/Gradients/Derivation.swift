internal import Recurrent

/// A computation in Double that can be gone back through by the chain rule, operation by operation, every number with its
/// error.
///
/// It knows nothing of recurrent cells: their gradients follow from their equations alone, so that nothing which an engine
/// takes together or works out by hand can be wrong here in the same way.
///
/// Errors follow `Roundoff`, on the way back as on the way there. Products over units and over rows add them in squares;
/// elementwise operations, and gradients that come to a number from several places, add them up. The error of a sum over
/// the rows of all steps takes those of one sequence's steps as independent, which they are not quite: they come back
/// through one another. What comes back, though, was added up on its way.
package final class Derivation {
  let roundoff: Roundoff
  private var wayBack: [() -> Void] = []

  init(_ roundoff: Roundoff) { self.roundoff = roundoff }

  /// Goes back through all that was computed. The gradients of the loss by some quantities must have been added before.
  func goBack() {
    for operation in wayBack.reversed() { operation() }
    wayBack = []
  }

  // MARK: - Products

  /// A factor of a product with weights: v meets the rows of a parameter from `firstRow` on, and its columns from
  /// `firstColumn` on.
  struct Term {
    let v: Quantity
    let parameter: Parameter
    var firstRow = 0
    var firstColumn = 0
  }

  /// Σ v·W over the terms, each with so many columns.
  func products(_ terms: [Term], columnCount: Int) -> Quantity {
    let rows = terms[0].v.value.rows
    var sum = ProductSum(
      rows: rows, columns: columnCount, termCount: terms.reduce(0) { $0 + $1.v.value.columns }, roundoff: roundoff)
    for term in terms {
      sum.add(
        term.v.value, weights: term.parameter.values, squares: term.parameter.squares, term.part(columnCount))
    }
    let z = Quantity(sum.result)
    for term in terms { term.parameter.note(term, z) }
    wayBack.append { [roundoff] in
      guard let gradient = z.gradient else { return }
      for term in terms {
        var part = term.part(columnCount)
        part.isTransposed = true
        var sum = ProductSum(
          rows: rows, columns: term.v.value.columns, termCount: columnCount, roundoff: roundoff)
        sum.add(gradient, weights: term.parameter.values, squares: term.parameter.squares, part)
        term.v.add(sum.result, roundoff)
      }
    }
    return z
  }

  // MARK: - Elementwise

  func product(_ a: Quantity, _ b: Quantity) -> Quantity {
    operation(Quantity(a.value.combined(with: b.value, roundoff.product))) { gradient, roundoff in
      a.add(gradient.combined(with: b.value, roundoff.product), roundoff)
      b.add(gradient.combined(with: a.value, roundoff.product), roundoff)
    }
  }

  func sum(_ a: Quantity, _ b: Quantity) -> Quantity {
    operation(Quantity(a.value.combined(with: b.value, roundoff.sum))) { gradient, roundoff in
      a.add(gradient, roundoff)
      b.add(gradient, roundoff)
    }
  }

  /// 1 − a.
  func complement(_ a: Quantity) -> Quantity {
    func negative(_ a: Bounded) -> Bounded { Bounded(-a.value, deviation: a.deviation) }
    return operation(Quantity(a.value.map { roundoff.sum(Bounded(1), negative($0)) })) { gradient, roundoff in
      a.add(gradient.map(negative), roundoff)
    }
  }

  func apply(_ activation: Activation, _ z: Quantity) -> Quantity {
    operation(Quantity(z.value.map { roundoff.apply(activation, $0) })) { gradient, roundoff in
      z.add(
        gradient.combined(with: z.value) { roundoff.product($0, roundoff.slope(activation, $1)) }, roundoff)
    }
  }

  // MARK: - Places

  /// The columns in so many blocks of one size.
  func split(_ a: Quantity, _ count: Int) -> [Quantity] {
    let width = a.value.columns / count
    let parts = (0..<count).map { Quantity(a.value.columns($0 * width..<($0 + 1) * width)) }
    wayBack.append { [roundoff] in a.add(Self.beside(parts.map(\.gradientOrZero)), roundoff) }
    return parts
  }

  /// Columns side by side.
  func joined(_ parts: [Quantity]) -> Quantity {
    operation(Quantity(Self.beside(parts.map(\.value)))) { gradient, roundoff in
      var start = 0
      for part in parts {
        let end = start + part.value.columns
        part.add(gradient.columns(start..<end), roundoff)
        start = end
      }
    }
  }

  /// The rows of a where `isNew` says so, and those of b elsewhere.
  func choose(_ isNew: [Bool], _ a: Quantity, _ b: Quantity) -> Quantity {
    func rows(of a: BoundedMatrix, _ b: BoundedMatrix) -> BoundedMatrix {
      var result = b
      for row in isNew.indices where isNew[row] {
        result.copy(a, row: row, columns: 0..<a.columns, toRow: row, column: 0)
      }
      return result
    }
    guard isNew.contains(false) else { return a }
    return operation(Quantity(rows(of: a.value, b.value))) { gradient, roundoff in
      let zero = BoundedMatrix(rows: gradient.rows, columns: gradient.columns)
      a.add(rows(of: gradient, zero), roundoff)
      b.add(rows(of: zero, gradient), roundoff)
    }
  }

  private static func beside(_ parts: [BoundedMatrix]) -> BoundedMatrix {
    var result = BoundedMatrix(rows: parts[0].rows, columns: parts.reduce(0) { $0 + $1.columns })
    var start = 0
    for part in parts {
      for row in 0..<part.rows {
        result.copy(part, row: row, columns: 0..<part.columns, toRow: row, column: start)
      }
      start += part.columns
    }
    return result
  }

  /// A result, and what to do with its gradient where it has one.
  private func operation(_ result: Quantity, _ back: @escaping (BoundedMatrix, Roundoff) -> Void) -> Quantity {
    wayBack.append { [roundoff] in
      if let gradient = result.gradient { back(gradient, roundoff) }
    }
    return result
  }
}

extension Derivation.Term {
  /// The part of the weights that it meets.
  fileprivate func part(_ columnCount: Int) -> ProductSum.Part {
    ProductSum.Part(
      start: firstRow * parameter.columns + firstColumn, rows: v.value.columns, columns: columnCount,
      stride: parameter.columns)
  }
}
