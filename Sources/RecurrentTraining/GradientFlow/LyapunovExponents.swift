internal import Recurrent

extension StateJacobians {
  /// The Lyapunov exponents along the sequence, the largest first: the rates, in the natural logarithm a step, at which
  /// volumes of 1, 2, … dimensions of gradients grow, each less the one before.
  ///
  /// Above 0 gradients explode, below 0 they vanish: by half in ln 2 / −λ steps. Rows of gradients, orthonormal at first, are
  /// pulled back a step at a time and made orthonormal again, before the largest can drown the others or anything
  /// overflows; the diagonals of R say how much each has grown (Benettin, Galgani, Giorgilli & Strelcyn, "Lyapunov
  /// characteristic exponents", 1980). Going back in place of forward gives the exponents of the transposed product, which
  /// are the same: Engelken, Wolf & Abbott, "Lyapunov spectra of chaotic recurrent neural networks", 2023.
  ///
  /// They are averages over a sequence that ends. The first rows point anywhere: until they have turned to where gradients
  /// go, what they grow by says nothing, and the error that stays of it falls as 1/T. `discarding` leaves those steps out of
  /// the average.
  ///
  /// - Parameters:
  ///   - count: how many, from 1 to S; all of them where nil.
  ///   - limit: over how many steps, those at the end, they are taken at most.
  ///   - transient: how many steps, of those walked back first, are left out; fewer than there are.
  ///   - seed: of the first rows.
  /// - Returns: −∞ for a direction in which a step lets nothing through; NaN all of them where the layer itself gave NaN.
  /// - Complexity: that of `count` sequences over all steps of training, and O(T·S·count²).
  public func lyapunovExponents(
    count: Int? = nil, lastSteps limit: Int = .max, discarding transient: Int = 0, seed: UInt64 = 1
  ) -> [Double] {
    let (count, steps) = (count ?? size, max(0, stepCount - max(0, limit))..<stepCount)
    require(count > 0 && count <= size, "lyapunovExponents: \(count) exponents of \(size)")
    require(
      transient >= 0 && transient < steps.count, "lyapunovExponents: \(transient) steps left out of \(steps.count)")
    var generator = SeededGenerator(seed: seed)
    var rows = (0..<count * size).map { _ in Scalar(generator.normal()) }
    // Row by row is the transpose column by column: its columns are made orthonormal, and they are our rows.
    _ = LAPACK.orthonormalize(&rows, rows: size, columns: count)
    var sums = [Double](repeating: 0, count: count)
    var walked = 0
    let start = Tensor(shape: [count, size], elements: rows)
    pull(start, backThrough: steps) { rows in
      var elements = rows.elements
      walked += 1
      guard elements.allSatisfy(\.isFinite) else {
        sums = sums.map { _ in .nan }
        return rows = start
      }
      let growth = LAPACK.orthonormalize(&elements, rows: size, columns: count)
      rows = Tensor(shape: rows.shape, elements: elements)
      guard walked > transient else { return }
      for (index, factor) in growth.enumerated() { sums[index] += Double._log(Double(factor)) }
    }
    return sums.map { $0 / Double(steps.count - transient) }.sorted(by: >)
  }
}
