public import Recurrent

/// A matrix whose numbers may be far beyond those that Float and Double know: a product of many Jacobians.
public struct ScaledMatrix<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// The numbers without their common factor; the largest magnitude is from ½ to 1, unless all are 0 or one is not finite.
  public private(set) var mantissa: Tensor<Scalar>
  /// The matrix is `mantissa` times 2 to the power of this.
  public private(set) var exponent: Int

  /// A matrix, brought to scale. Powers of 2 change no digit.
  public init(_ matrix: Tensor<Scalar>, exponent: Int = 0) {
    require(matrix.shape.count == 2, "ScaledMatrix: a tensor of \(matrix.shape.count) dimensions in place of 2")
    mantissa = matrix
    self.exponent = exponent
    let largest = matrix.elements.reduce(Scalar(0)) { max($0, $1.magnitude) }
    guard largest > 0, largest.isFinite else { return }
    let shift = Int(largest.exponent) + 1
    // In two steps, since 2 to the power of −shift may itself be beyond the reach of the scalar.
    let half = Self.power(-(shift / 2))
    let rest = Self.power(shift / 2 - shift)
    mantissa = Tensor(shape: matrix.shape, elements: matrix.elements.map { $0 * half * rest })
    self.exponent += shift
  }

  /// 2 to the power of `exponent`.
  private static func power(_ exponent: Int) -> Scalar {
    Scalar(sign: .plus, exponent: Scalar.Exponent(exponent), significand: 1)
  }

  /// The matrix itself, ∞ and 0 where its numbers are beyond the scalar.
  public var matrix: Tensor<Scalar> {
    let bounded = max(-1 << 14, min(exponent, 1 << 14))
    return Tensor(
      shape: mantissa.shape,
      elements: mantissa.elements.map { Scalar(sign: .plus, exponent: Scalar.Exponent(bounded), significand: $0) })
  }

  /// ln σ of every singular value, the largest first; −∞ for one of 0.
  ///
  /// What is below some ε of the largest one (10⁻⁷ of it in Float, 10⁻¹⁶ in Double) is rounding; `lyapunovExponents` know
  /// the small ones, too. NaN all of them where a number of the matrix is not finite.
  ///
  /// - Complexity: O(rows · columns · min(rows, columns)).
  public func logSingularValues() -> [Double] {
    let (rows, columns) = (mantissa.shape[0], mantissa.shape[1])
    guard mantissa.elements.allSatisfy(\.isFinite) else {
      return [Double](repeating: .nan, count: min(rows, columns))
    }
    // Row by row is the transpose column by column, with the same singular values.
    return LAPACK.singularValues(mantissa.elements, rows: columns, columns: rows).map { value in
      Double._log(Double(value)) + Double(exponent) * Double._log(2)
    }
  }
}

extension Tensor {
  /// A matrix product, [m, k] times [k, n].
  func multiplied(by other: Tensor) -> Tensor {
    let (rows, inner, columns) = (shape[0], shape[1], other.shape[1])
    var product = Tensor(shape: [rows, columns])
    var target = MutableMatrixView(product.mutableSpan, rows: rows, columns: columns)
    BLAS.multiply(
      MatrixView(span, rows: rows, columns: inner), MatrixView(other.span, rows: other.shape[0], columns: columns),
      into: &target)
    return product
  }
}

extension StateJacobians {
  /// The product of the Jacobians of some steps, the latest first: ∂s after the last of them / ∂s before the first of them.
  ///
  /// It is brought to scale after each step, so that nothing overflows and nothing vanishes.
  ///
  /// - Complexity: that of S sequences over those steps of training.
  public func product(of steps: Range<Int>) -> ScaledMatrix<Scalar> {
    var identity = Tensor<Scalar>(shape: [size, size])
    for index in 0..<size { identity[index, index] = 1 }
    var product = ScaledMatrix(identity)
    pull(product.mantissa, backThrough: steps) { rows in
      product = ScaledMatrix(rows, exponent: product.exponent)
      rows = product.mantissa
    }
    return product
  }
}
