package import Recurrent

extension LSTM: VerifiableLayer {
  package typealias Cell = ReferenceLSTM
  package var wideParameters: LSTMParameters<Double> { parameters.converted(to: Double.self) }
}

/// The equations of an LSTM on numbers that carry their error.
package enum ReferenceLSTM: ReferenceCell {
  package static func advance(
    _ weights: LSTMWeights<Double>, _ configuration: LSTMConfiguration, _ x: [Bounded], _ state: inout [[Bounded]],
    _ roundoff: Roundoff
  ) {
    let (size, activations) = (configuration.hiddenSize, configuration.activations)
    let h = state[0]
    let preactivations = roundoff.products(
      [(x, firstRow: h.count), (h, firstRow: 0)], weights.matrix, columns: 0..<4 * size,
      bias: weights.bias.elements[...])
    var units: [Bounded] = []
    for unit in 0..<size {
      let c = state[1][unit]
      func z(_ gate: LSTMGate, seeing cell: Bounded) -> Bounded {
        let z = preactivations[gate.rawValue * size + unit]
        guard let peephole = weights.peephole, let block = gate.peepholeBlock else { return z }
        return roundoff.sum(z, roundoff.product(Bounded(peephole.elements[block * size + unit]), cell))
      }
      let i = roundoff.apply(activations.gate, z(.input, seeing: c))
      let f =
        activations.couplesForget
        ? roundoff.sum(Bounded(1), Bounded(-i.value, deviation: i.deviation))
        : roundoff.apply(activations.gate, z(.forget, seeing: c))
      let g = roundoff.apply(activations.candidate, z(.candidate, seeing: c))
      let next = roundoff.sum(roundoff.product(f, c), roundoff.product(i, g))
      let o = roundoff.apply(activations.gate, z(.output, seeing: next))
      state[1][unit] = next
      units.append(roundoff.product(o, roundoff.apply(activations.output, next)))
    }
    state[0] =
      weights.projection.map {
        roundoff.products([(units, firstRow: 0)], $0, columns: 0..<configuration.outputSize, bias: nil)
      } ?? units
  }

  package static func advance(
    _ weights: [String: Parameter], _ configuration: LSTMConfiguration, _ x: Quantity, _ state: inout [Quantity],
    _ derivation: Derivation
  ) {
    precondition(
      weights["peephole"] == nil && weights["projection"] == nil,
      "ReferenceLSTM: gradients through peepholes or projections")
    let (size, activations) = (configuration.hiddenSize, configuration.activations)
    let (matrix, bias) = (weights["matrix"]!, weights["bias"]!)
    let z = derivation.products(
      [
        .init(v: state[0], parameter: matrix), .init(v: x, parameter: matrix, firstRow: size),
        .init(v: .ones(as: x), parameter: bias),
      ], columnCount: 4 * size)
    let gates = derivation.split(z, 4)
    func gate(_ gate: LSTMGate) -> Quantity { derivation.apply(activations.gate, gates[gate.rawValue]) }
    let candidate = derivation.apply(activations.candidate, gates[LSTMGate.candidate.rawValue])
    let next = derivation.sum(
      derivation.product(gate(.forget), state[1]), derivation.product(gate(.input), candidate))
    state = [derivation.product(gate(.output), derivation.apply(activations.output, next)), next]
  }
}
