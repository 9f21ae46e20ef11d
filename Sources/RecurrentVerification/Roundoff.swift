internal import Recurrent

/// The rounding of a precision and of its functions, and arithmetic on numbers that carry what it may do to them.
///
/// A running error analysis after Higham & Mary, "A new approach to probabilistic rounding error analysis" (SIAM J. Sci.
/// Comput. 41, 2019): rounding errors are taken as independent with mean zero, so that those of a long sum add up in
/// squares, where a bound that lets all of them conspire grows as K and, through the recurrence, exponentially with T.
/// For each number s is the root mean square of its error:
///
///  - a pre-activation, K terms w·v from the bias on, with the partial sums p_k: s² = Σ (w·s_v)² + u²·Σ_k (p_k² + q_k²)
///    where q_k² = Σ_{i≤k} (w_i·v_i)². The first part is the inherited error. The second is that of one rounding a term,
///    at most u times the partial sum. An engine that adds in another order has other partial sums, but the same terms:
///    of k of them with signs that know nothing of each other the sum is of the size q_k, and where the signs agree, of
///    the size p_k. (With fused multiply-adds a term has one rounding; one more for the product, u·|w_k·v_k|, is
///    within q_k.)
///  - an activation a(z): the larger of |a(z ± s) − a(z)|, plus its own relative error (`activation`);
///  - the few elementwise terms that follow may depend on one another, so theirs are added up, not squared;
///  - a row that is normalised: what its numbers' errors do to it by its derivative, added up, and the roundings of mean
///    and variance, which are chains of additions (`normalized`).
///
/// A result below the smallest normal number ℓ has no such relative error: it may be flushed to 0, an error below ℓ. So
/// every operation counts ℓ more, and a chain of K multiply-adds ℓ·√K, since what it loses at each of them, a partial sum
/// that is too small, is of the sign of that sum, and the terms' signs know nothing of each other. An operand that is
/// flushed as it is read was an input, whose whole value is then its error, or a result, for which ℓ was counted when it
/// was made. Weights are 0 or at least ℓ. Where states decay the bound thus ends at some ℓ·√K, and not at 0.
///
/// A result passes within 6 deviations (`ErrorReport.confidence`); for a sum of bounded independent errors Hoeffding's
/// inequality gives odds of less than 2·exp(−18) = 3·10⁻⁸ against, and the bound on each rounding (u for what on average
/// is u/√3, and partial sums counted twice) leaves more. Errors seen, on every engine, are 0.02 to 0.06 of what passes on
/// average, and 0.15 at most: 4·10⁻⁷ against 6·10⁻⁶ for an LSTM with I = H = 512 in Float. A wrong weight, gate or step is
/// far beyond it; so are weights that were rounded to 15 of their 24 bits, with 3 to 5 times of what passes.
package struct Roundoff: Sendable {
  /// u: half a unit in the last place of 1.
  package let unit: Double
  /// The largest relative error of an activation, in u: twice its ulp bound.
  package let activation: Double
  /// ℓ, an error that is always allowed for: below it relative errors mean nothing.
  package let leastStep: Double

  /// Float with the vector kernels' activations, at most 2.7 ulp off. What is denormal may be flushed to zero.
  package static let float = Roundoff(unit: 0x1p-24, activation: 6, leastStep: Double(Float.leastNormalMagnitude))
  /// Double with the mathematical library's activations, good to about one ulp. The definition itself is computed in
  /// Double, so that its own rounding counts a second time.
  package static let double = Roundoff(unit: 2 * 0x1p-53, activation: 4, leastStep: Double.leastNonzeroMagnitude)
}

extension Roundoff {
  /// bias + Σ v·W over some columns of a matrix, chained over the terms in their order: a term's v meets the rows of the
  /// matrix from its `firstRow` on.
  func products(
    _ terms: [(v: [Bounded], firstRow: Int)], _ matrix: Tensor<Double>, columns: Range<Int>, bias: ArraySlice<Double>?
  ) -> [Bounded] {
    let w = matrix.span
    var chains = bias.map { $0.map(Chain.init) } ?? [Chain](repeating: Chain(start: 0), count: columns.count)
    for (v, firstRow) in terms {
      for k in v.indices {
        let (value, square) = (v[k].value, v[k].deviation * v[k].deviation)
        let start = (firstRow + k) * matrix.shape[1] + columns.lowerBound
        for column in chains.indices {
          let weight = w[start + column]
          chains[column].add(weight * value, inherited: weight * weight * square)
        }
      }
    }
    let flushed = leastStep * Double(1 + terms.reduce(0) { $0 + $1.v.count }).squareRoot()
    return chains.map { chain in
      let square = chain.inherited + unit * unit * chain.roundings
      return Bounded(chain.sum, deviation: square.squareRoot() + flushed)
    }
  }

  /// A number that an engine is given: exact, but that one below ℓ may be read as 0.
  func input(_ value: Double) -> Bounded {
    Bounded(value, deviation: value.magnitude < leastStep ? value.magnitude : 0)
  }

  /// A sum that goes on, and the squares of the errors that it picks up on its way.
  private struct Chain {
    var sum: Double
    private var squares: Double
    var roundings: Double
    var inherited = 0.0

    init(start: Double) {
      sum = start
      squares = start * start
      roundings = squares
    }

    @inline(__always)
    mutating func add(_ term: Double, inherited: Double) {
      sum += term
      squares += term * term
      roundings += sum * sum + squares
      self.inherited += inherited
    }
  }

  func apply(_ activation: Activation, _ z: Bounded) -> Bounded {
    let value = activation(z.value)
    // The secant over at least 10⁻⁶ is as good as the slope, and free of cancellation where the deviation is tiny.
    let distance = max(z.deviation, 1e-6)
    let changes = (up: activation(z.value + distance) - value, down: activation(z.value - distance) - value)
    let change = max(changes.up.magnitude, changes.down.magnitude)
    return Bounded(
      value,
      deviation: change * (z.deviation / distance) + self.activation * unit * value.magnitude + leastStep)
  }

  /// The derivative of an activation a(z), as engines work it out from a(z) or z.
  ///
  /// To what the error of z does to it, here over as much as passes, so that a kink within reach counts in full, come the
  /// rounding of a few operations on numbers up to 1, and the error of a(z) itself: with σ' = σ·(1 − σ) and
  /// tanh' = 1 − tanh², at most twice as large as |a(z)|·its relative error.
  func slope(_ activation: Activation, _ z: Bounded) -> Bounded {
    func derivative(_ z: Double) -> (slope: Double, value: Double) {
      let value = activation(z)
      return (activation.slope(at: z, value: value), value)
    }
    let (slope, value) = derivative(z.value)
    let reach = ErrorReport.confidence * z.deviation
    let changes = [derivative(z.value + reach), derivative(z.value - reach)].map { ($0.slope - slope).magnitude }
    return Bounded(
      slope,
      deviation: changes.max()! / ErrorReport.confidence
        + 2 * self.activation * unit * min(value.magnitude, 1) + 3 * unit * slope.magnitude + leastStep)
  }

  func product(_ a: Bounded, _ b: Bounded) -> Bounded {
    let value = a.value * b.value
    return Bounded(
      value,
      deviation: a.value.magnitude * b.deviation + b.value.magnitude * a.deviation + unit * value.magnitude + leastStep)
  }

  func sum(_ a: Bounded, _ b: Bounded) -> Bounded {
    let value = a.value + b.value
    return Bounded(value, deviation: a.deviation + b.deviation + unit * value.magnitude + leastStep)
  }
}
