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
  /// - Returns: −∞ for a direction in which a step lets nothing through, or what cannot be told from that: less than S·ε of
  ///   what it lets through in the others. NaN all of them where the layer itself gave NaN or ∞.
  /// - Complexity: that of `count` sequences over all steps of training, and O(T·S·count²).
  public func lyapunovExponents(
    count: Int? = nil, lastSteps limit: Int = .max, discarding transient: Int = 0, seed: UInt64 = 1
  ) -> [Double] {
    let (count, steps) = (count ?? size, max(0, stepCount - max(0, limit))..<stepCount)
    require(count > 0 && count <= size, "lyapunovExponents: \(count) exponents of \(size)")
    require(
      transient >= 0 && transient < steps.count, "lyapunovExponents: \(transient) steps left out of \(steps.count)")
    var generator = SeededGenerator(seed: seed)
    var start = Tensor(shape: [count, size], elements: (0..<count * size).map { _ in Scalar(generator.normal()) })
    _ = start.orthonormalizeRows()
    var sums = [Double](repeating: 0, count: count)
    var walked = 0
    pull(start, backThrough: steps) { rows in
      walked += 1
      guard rows.elements.allSatisfy(\.isFinite) else {
        sums = sums.map { _ in .nan }
        return rows = start
      }
      let growth = rows.orthonormalizeRows()
      guard walked > transient else { return }
      for (index, growth) in growth.enumerated() { sums[index] += growth }
    }
    return sums.map { $0 / Double(steps.count - transient) }.sorted(by: >)
  }
}

extension Tensor {
  /// Makes the rows of a matrix of finite numbers orthonormal, one after another, and returns the logarithm of what of each
  /// stood at right angles to those before it: −∞ where that is rounding.
  fileprivate mutating func orthonormalizeRows() -> [Double] {
    let (count, size) = (shape[0], shape[1])
    // Each row by itself is brought to scale, so that none overflows in between, or is lost beside a larger one. Q is the
    // same, and R has those powers of 2 in its columns.
    let rows = (0..<count).map { row in
      ScaledMatrix(Tensor(shape: [1, size], elements: Array(elements[row * size..<(row + 1) * size])))
    }
    // Row by row is the transpose column by column: its columns are made orthonormal, and they are our rows.
    var columns = rows.flatMap(\.mantissa.elements)
    let diagonal = LAPACK.orthonormalize(&columns, rows: size, columns: count)
    self = Tensor(shape: shape, elements: columns)
    return zip(rows, diagonal).map { row, factor in
      let rounding = Double(size) * Double(Scalar.ulpOfOne) * row.mantissa.elements.norm
      guard Double(factor) > rounding else { return -.infinity }
      return Double._log(Double(factor)) + Double(row.exponent) * Double._log(2)
    }
  }
}
