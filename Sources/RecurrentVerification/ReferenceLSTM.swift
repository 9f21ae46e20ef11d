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
    let preactivations = preactivations(weights, configuration, x, h, roundoff)
    var gates: [Bounded] = []
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
      gates.append(o)
    }
    let shown = shown(weights, configuration, cells: state[1], roundoff)
    let units = zip(gates, shown).map { roundoff.product($0, roundoff.apply(activations.output, $1)) }
    state[0] =
      weights.projection.map {
        roundoff.products([(units, firstRow: 0)], $0, columns: 0..<configuration.outputSize, bias: nil)
      } ?? units
  }

  /// The pre-activations of all gates, without peepholes: of one product, or of two that are normalised.
  private static func preactivations(
    _ weights: LSTMWeights<Double>, _ configuration: LSTMConfiguration, _ x: [Bounded], _ h: [Bounded],
    _ roundoff: Roundoff
  ) -> [Bounded] {
    let (columns, bias) = (0..<4 * configuration.hiddenSize, weights.bias.elements)
    guard let gains = weights.gains, let normalization = configuration.layerNormalization else {
      return roundoff.products(
        [(x, firstRow: h.count), (h, firstRow: 0)], weights.matrix, columns: columns, bias: bias[...])
    }
    func part(_ v: [Bounded], firstRow: Int, gain: Tensor<Double>) -> [Bounded] {
      let product = roundoff.products([(v, firstRow: firstRow)], weights.matrix, columns: columns, bias: nil)
      return roundoff.normalized(product[...], gain: gain, epsilon: normalization.epsilon)
    }
    let (input, recurrent) = (
      part(x, firstRow: h.count, gain: gains.input), part(h, firstRow: 0, gain: gains.recurrent)
    )
    return columns.map { roundoff.sum(roundoff.sum(input[$0], recurrent[$0]), Bounded(bias[$0])) }
  }

  /// C' on its way into h': itself, or normalised.
  private static func shown(
    _ weights: LSTMWeights<Double>, _ configuration: LSTMConfiguration, cells: [Bounded], _ roundoff: Roundoff
  ) -> [Bounded] {
    guard let gains = weights.gains, let normalization = configuration.layerNormalization else { return cells }
    let shift = gains.cellShift.elements
    return zip(roundoff.normalized(cells[...], gain: gains.cell, epsilon: normalization.epsilon), shift).map {
      roundoff.sum($0, Bounded($1))
    }
  }

  package static func advance(
    _ weights: [String: Parameter], _ configuration: LSTMConfiguration, _ x: Quantity, _ state: inout [Quantity],
    _ derivation: Derivation
  ) {
    precondition(
      weights["peephole"] == nil && weights["projection"] == nil && weights["inputGain"] == nil
        && !configuration.activations.couplesForget,
      "ReferenceLSTM: gradients through peepholes, projections, normalised products or coupled gates")
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
