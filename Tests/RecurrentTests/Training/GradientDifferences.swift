import Recurrent
import RecurrentVerification
import Testing

/// Expects every gradient to be the central difference (L(p + h·v) − L(p − h·v)) / 2h in Double.
///
/// They are taken along random directions v in each tensor, of length 1, in which every element takes part: a single
/// wrong element shows in each of them. The truncation error is h²/6·L''' and the rounding error some u·ΣΣ|terms| / h; with
/// h = 10⁻⁵ these are 10⁻¹⁰/6 times a third derivative of order 1 to 10, and 10⁻¹⁶·10²/10⁻⁵ = 10⁻⁹ for losses of some
/// hundred terms. Against 10⁻⁷ of the gradient's length, which is above 0.1 in every case, that leaves a factor of ten.
/// Where a third derivative is larger, as behind a normalisation by a small deviation σ, which it has as 1/σ³, the
/// difference over 2h takes it out (Richardson): (4·D(h) − D(2h)) / 3 has a truncation error of h⁴/30·L⁽⁵⁾.
/// (h = 10⁻⁵ is also so small that no pre-activation comes by a kink of an activation on the way.)
func expectDifferences(
  _ example: LayerCase, _ parts: LossParts = .all, masks: Masks? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  func check(_ layer: some VerifiableLayer<Double>) {
    let probe = TrainingProbe(example, layer, parts, masks: masks)
    let step = 1e-5
    var generator = SeededGenerator(seed: 5)
    for (name, gradient) in probe.gradients().tensors {
      let length = gradient.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
      for _ in 0..<2 {
        let random = gradient.elements.map { _ in generator.uniform(-1, 1) }
        let scale = 1 / random.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let direction = random.map { $0 * scale }
        func difference(_ step: Double) -> Double {
          let up = probe.moved(name, along: direction, by: step).loss()
          return (up - probe.moved(name, along: direction, by: -step).loss()) / (2 * step)
        }
        let analytic = zip(gradient.elements, direction).reduce(0) { $0 + $1.0 * $1.1 }
        let tolerance = 1e-7 * max(length, 0.1)
        var numeric = difference(step)
        if (numeric - analytic).magnitude > tolerance { numeric = (4 * numeric - difference(2 * step)) / 3 }
        #expect(
          (numeric - analytic).magnitude <= tolerance,
          "\(example) \(parts), \(name): \(analytic), by differences \(numeric), length \(length)",
          sourceLocation: sourceLocation)
      }
    }
  }
  check(example.layer(Double.self, .naive))
}
