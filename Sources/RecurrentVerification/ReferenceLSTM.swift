package import Recurrent

/// The rounding of a precision and of its functions.
package struct Roundoff: Sendable {
  /// u: half a unit in the last place of 1.
  package let unit: Double
  /// The largest relative error of an activation, in u: twice its ulp bound.
  package let activation: Double
  /// The smallest step between two numbers, below which relative errors mean nothing.
  package let leastStep: Double

  /// Float with the vector kernels' activations.
  package static let float = Roundoff(unit: 0x1p-24, activation: 10, leastStep: Double(Float.leastNonzeroMagnitude))
  /// Double with the mathematical library's activations, good to about one ulp. The definition itself is computed in
  /// Double, so that its own rounding counts a second time.
  package static let double = Roundoff(unit: 2 * 0x1p-53, activation: 4, leastStep: Double.leastNonzeroMagnitude)
}

/// An LSTM in Double that also says how far rounding in another precision may take each of its numbers.
///
/// **Values.** One sequence at a time, the equations as they stand; the weights are those of the model that is judged,
/// widened exactly.
///
/// **Deviations.** A running error analysis after Higham & Mary, "A new approach to probabilistic rounding error
/// analysis" (SIAM J. Sci. Comput. 41, 2019): rounding errors are taken as independent with mean zero, so that those of
/// a long sum add up in squares, where a bound that lets all of them conspire grows as K and, through the recurrence,
/// exponentially with T. For each number s, the root mean square of its error:
///
///  - a pre-activation, K terms w·v, in any order: s² = Σ (w·s_v)² + (u·√(K+1)·(|b| + Σ|w·v|))². The first part is the
///    inherited error; the second bounds the K+1 roundings, each at most u times a partial sum of at most Σ|w·v|;
///  - an activation a(z): the larger of |a(z ± s) − a(z)|, plus its own relative error (`Roundoff.activation`);
///  - the few elementwise terms of C' and h' may depend on one another, so theirs are added up, not squared.
///
/// A result passes within 6 deviations (`ErrorReport.confidence`); for a sum of bounded independent errors Hoeffding's
/// inequality gives odds of less than 2·exp(−18) = 3·10⁻⁸ against, and the bounds on each rounding (u for what on
/// average is u/√3, and Σ|w·v| for every partial sum) leave more: errors seen are around a hundredth of the bound, 10⁻⁷
/// against 10⁻⁵ in Float. A wrong weight, gate or step is far beyond it, and so is a sum that lost its precision.
package struct ReferenceLSTM: Sendable {
  /// What comes out of a sequence.
  package struct Output: Sendable {
    /// h of the last layer at every step, the directions side by side.
    package var hidden: [[Bounded]] = []
    /// C of each layer at every step, the directions side by side.
    package var cells: [[[Bounded]]] = []
    /// h of each layer and direction after its last step.
    package var finalHidden: [[Bounded]] = []
    /// C of each layer and direction after its last step.
    package var finalCell: [[Bounded]] = []
  }

  private let configuration: LSTMConfiguration
  private let weights: [LSTMWeights<Double>]
  private let roundoff: Roundoff

  /// The reference for a model in some precision.
  package init<Scalar>(
    _ configuration: LSTMConfiguration, _ parameters: LSTMParameters<Scalar>, roundoff: Roundoff
  ) {
    self.configuration = configuration
    self.roundoff = roundoff
    weights = parameters.weights.map { $0.converted(to: Double.self) }
  }

  /// Runs one sequence, from the given h and C of each layer and direction or from zeros.
  package func run(steps: [[Double]], hidden: [[Double]]? = nil, cell: [[Double]]? = nil) -> Output {
    let directionCount = configuration.isBidirectional ? 2 : 1
    var output = Output()
    var sequence = steps.map { $0.map { Bounded($0) } }
    for layer in 0..<configuration.layerCount {
      var hiddenOfLayer = [[Bounded]](repeating: [], count: steps.count)
      var cellsOfLayer = hiddenOfLayer
      for direction in 0..<directionCount {
        let index = layer * directionCount + direction
        var h = hidden?[index].map { Bounded($0) } ?? zeros(configuration.outputSize)
        var c = cell?[index].map { Bounded($0) } ?? zeros(configuration.hiddenSize)
        for step in direction == 0 ? Array(steps.indices) : steps.indices.reversed() {
          advance(weights[index], sequence[step], &h, &c)
          hiddenOfLayer[step] += h
          cellsOfLayer[step] += c
        }
        output.finalHidden.append(h)
        output.finalCell.append(c)
      }
      sequence = hiddenOfLayer
      output.cells.append(cellsOfLayer)
    }
    output.hidden = sequence
    return output
  }

  private func zeros(_ count: Int) -> [Bounded] { [Bounded](repeating: Bounded(0), count: count) }

  /// One step of one layer and direction.
  private func advance(
    _ weights: LSTMWeights<Double>, _ x: [Bounded], _ h: inout [Bounded], _ c: inout [Bounded]
  ) {
    let size = configuration.hiddenSize
    let activations = configuration.activations
    let preactivations = products(h + x, weights.matrix, bias: weights.bias.elements)
    var units = zeros(size)
    for unit in 0..<size {
      func z(_ gate: LSTMGate) -> Bounded { preactivations[gate.rawValue * size + unit] }
      func p(_ gate: LSTMGate) -> Double {
        guard let peephole = weights.peephole, let block = gate.peepholeBlock else { return 0 }
        return peephole.elements[block * size + unit]
      }
      let i = apply(activations.gate, sum(z(.input), product(Bounded(p(.input)), c[unit])))
      let f = apply(activations.gate, sum(z(.forget), product(Bounded(p(.forget)), c[unit])))
      let g = apply(activations.candidate, z(.candidate))
      c[unit] = sum(product(f, c[unit]), product(i, g))
      let o = apply(activations.gate, sum(z(.output), product(Bounded(p(.output)), c[unit])))
      units[unit] = product(o, apply(activations.output, c[unit]))
    }
    h = weights.projection.map { products(units, $0, bias: nil) } ?? units
  }

  /// v·W + b.
  private func products(_ v: [Bounded], _ matrix: Tensor<Double>, bias: [Double]?) -> [Bounded] {
    let columns = matrix.shape[1]
    var sums = bias ?? [Double](repeating: 0, count: columns)
    var magnitudes = sums.map(\.magnitude)
    var inherited = [Double](repeating: 0, count: columns)
    let w = matrix.span
    for k in v.indices {
      let (value, square) = (v[k].value, v[k].deviation * v[k].deviation)
      for column in 0..<columns {
        let weight = w[k * columns + column]
        sums[column] += weight * value
        magnitudes[column] += (weight * value).magnitude
        inherited[column] += weight * weight * square
      }
    }
    let roundings = roundoff.unit * Double(v.count + 1).squareRoot()
    return (0..<columns).map { column in
      let own = roundings * magnitudes[column]
      return Bounded(sums[column], deviation: (inherited[column] + own * own).squareRoot() + roundoff.leastStep)
    }
  }

  private func apply(_ activation: Activation, _ z: Bounded) -> Bounded {
    let value = activation(z.value)
    // The secant over at least 10⁻⁶ is as good as the slope, and free of cancellation where the deviation is tiny.
    let distance = max(z.deviation, 1e-6)
    let changes = (up: activation(z.value + distance) - value, down: activation(z.value - distance) - value)
    let change = max(changes.up.magnitude, changes.down.magnitude)
    return Bounded(
      value,
      deviation: change * (z.deviation / distance) + roundoff.activation * roundoff.unit * value.magnitude
        + roundoff.leastStep)
  }

  private func product(_ a: Bounded, _ b: Bounded) -> Bounded {
    let value = a.value * b.value
    return Bounded(
      value,
      deviation: a.value.magnitude * b.deviation + b.value.magnitude * a.deviation + roundoff.unit * value.magnitude
        + roundoff.leastStep)
  }

  private func sum(_ a: Bounded, _ b: Bounded) -> Bounded {
    let value = a.value + b.value
    return Bounded(value, deviation: a.deviation + b.deviation + roundoff.unit * value.magnitude)
  }
}
