// One row normalised, and the way back.
//
//     v̂ = (v − mean(v)) · s       s = 1 / √(mean((v − mean(v))²) + ε)
//     dv = s · (d − mean(d) − v̂ · mean(d * v̂))       where d is the gradient of v̂

extension MutableMatrixView {
  /// Replaces some columns v of a row with v̂, and returns s.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @discardableResult
  mutating func normalize(row: Int, columns: Range<Int>, epsilon: Scalar) -> Scalar {
    let (start, count) = (row * stride + columns.lowerBound, Scalar(columns.count))
    var v = elements._mutatingExtracting(start..<start + columns.count)
    let mean = interleavedSum(v.indices) { v[$0] } / count
    for index in v.indices { v[index] -= mean }
    let variance = interleavedSum(v.indices) { v[$0] * v[$0] } / count
    let scale = 1 / (variance + epsilon).squareRoot()
    for index in v.indices { v[index] *= scale }
    return scale
  }

  /// Replaces some columns v̂ of a row with dv, where `scale` is s and `gradient` gives d of each column, counted from the
  /// first of them.
  @inline(__always)
  mutating func retreatNormalized(row: Int, columns: Range<Int>, scale: Scalar, gradient: (_ column: Int) -> Scalar) {
    let (start, count) = (row * stride + columns.lowerBound, Scalar(columns.count))
    var v = elements._mutatingExtracting(start..<start + columns.count)
    let mean = interleavedSum(v.indices) { gradient($0) } / count
    let slope = interleavedSum(v.indices) { gradient($0) * v[$0] } / count
    for index in v.indices { v[index] = scale * (gradient(index) - mean - v[index] * slope) }
  }
}

/// The sum of some terms in four sums side by side, which need not wait for each other, and are added at the end.
@inline(__always)
private func interleavedSum<Scalar: RecurrentScalar>(_ range: Range<Int>, _ term: (Int) -> Scalar) -> Scalar {
  var (a, b, c, d): (Scalar, Scalar, Scalar, Scalar) = (0, 0, 0, 0)
  var index = range.lowerBound
  while index + 4 <= range.upperBound {
    a += term(index)
    b += term(index + 1)
    c += term(index + 2)
    d += term(index + 3)
    index += 4
  }
  while index < range.upperBound {
    a += term(index)
    index += 1
  }
  return (a + b) + (c + d)
}
