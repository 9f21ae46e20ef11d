internal import Recurrent

extension Roundoff {
  /// LN(v; γ) = γ * (v − mean(v)) / √(variance(v) + ε) of a row, and its errors.
  ///
  /// With y the row that is normalised and s the root, an error d of v becomes (d − mean(d) − y * mean(y * d)) / s. The
  /// errors of a product's columns may all come from the same h, so they are added up: s_k + Σ_j |1 + y_k·y_j|·s_j / n,
  /// over s. To these come the engine's own: the mean, a sum of n terms over n, moves all of y by its error over s; the
  /// variance, a sum of n squares, each with the rounding of a difference and of a product, changes y by half its relative
  /// error; difference, root and quotients round y a few times more.
  func normalized(_ v: ArraySlice<Bounded>, gain: Tensor<Double>, epsilon: Double) -> [Bounded] {
    let count = Double(v.count)
    let mean = chain(v.map(\.value))
    let differences = v.map { $0.value - mean.sum / count }
    let squares = chain(differences.map { $0 * $0 })
    let root = (squares.sum / count + epsilon).squareRoot()
    let y = differences.map { $0 / root }

    let meanError = unit * mean.roundings.squareRoot() / count + unit * (mean.sum / count).magnitude
    let squareError = unit * squares.roundings.squareRoot() / count + 3 * unit * squares.sum / count
    let rootError = squareError / (2 * root * root)
    let inherited = v.map(\.deviation)
    let common = inherited.reduce(0, +) / count
    let along = zip(y, inherited).reduce(0) { $0 + $1.0.magnitude * $1.1 } / count
    return v.indices.enumerated().map { column, index in
      let fromRow = (inherited[column] + common + y[column].magnitude * along) / root
      let own =
        y[column].magnitude * (rootError + 4 * unit) + (unit * v[index].value.magnitude + meanError) / root + leastStep
      return product(Bounded(gain.elements[column]), Bounded(y[column], deviation: fromRow + own))
    }
  }

  /// A sum, and the squares of the roundings on its way in units of u.
  private func chain(_ terms: [Double]) -> (sum: Double, roundings: Double) {
    var (sum, squares, roundings) = (0.0, 0.0, 0.0)
    for term in terms {
      sum += term
      squares += term * term
      roundings += sum * sum + squares
    }
    return (sum, roundings)
  }
}
