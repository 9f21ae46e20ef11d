package import Recurrent

extension GRU: VerifiableLayer {
  package typealias Cell = ReferenceGRU
  package var wideParameters: GRUParameters<Double> { parameters.converted(to: Double.self) }
}

/// The equations of a GRU, of both kinds, on numbers that carry their error.
package enum ReferenceGRU: ReferenceCell {
  package static func advance(
    _ weights: GRUWeights<Double>, _ configuration: GRUConfiguration, _ x: [Bounded], _ state: inout [[Bounded]],
    _ roundoff: Roundoff
  ) {
    let (size, activations) = (configuration.hiddenSize, configuration.activations)
    let (h, bias) = (state[0], weights.bias.elements)
    let (gateColumns, candidateColumns) = (0..<2 * size, 2 * size..<3 * size)
    let gates = roundoff.products(
      [(x, firstRow: size), (h, firstRow: 0)], weights.matrix, columns: gateColumns, bias: bias[gateColumns]
    ).map { roundoff.apply(activations.gate, $0) }
    let (r, z) = (gates[..<size], Array(gates[size...]))
    let preactivations: [Bounded]
    switch configuration.reset {
    case .afterProduct:
      let input = roundoff.products(
        [(x, firstRow: size)], weights.matrix, columns: candidateColumns, bias: bias[candidateColumns])
      let recurrent = roundoff.products(
        [(h, firstRow: 0)], weights.matrix, columns: candidateColumns, bias: weights.recurrentBias?.elements[...])
      preactivations = (0..<size).map { roundoff.sum(input[$0], roundoff.product(r[$0], recurrent[$0])) }
    case .beforeProduct:
      let kept = (0..<size).map { roundoff.product(r[$0], h[$0]) }
      preactivations = roundoff.products(
        [(x, firstRow: size), (kept, firstRow: 0)], weights.matrix, columns: candidateColumns,
        bias: bias[candidateColumns])
    }
    state[0] = (0..<size).map { unit in
      let n = roundoff.apply(activations.candidate, preactivations[unit])
      let rest = roundoff.sum(Bounded(1), Bounded(-z[unit].value, deviation: z[unit].deviation))
      return roundoff.sum(roundoff.product(rest, n), roundoff.product(z[unit], h[unit]))
    }
  }

  package static func advance(
    _ weights: [String: Parameter], _ configuration: GRUConfiguration, _ x: Quantity, _ state: inout [Quantity],
    _ derivation: Derivation
  ) {
    let (size, activations, h) = (configuration.hiddenSize, configuration.activations, state[0])
    let (matrix, bias, one) = (weights["matrix"]!, weights["bias"]!, Quantity.ones(as: x))
    let candidateColumn = 2 * size
    let gates = derivation.split(
      derivation.products(
        [
          .init(v: h, parameter: matrix), .init(v: x, parameter: matrix, firstRow: size),
          .init(v: one, parameter: bias),
        ], columnCount: 2 * size), 2
    ).map { derivation.apply(activations.gate, $0) }
    let (r, z) = (gates[0], gates[1])
    let input: [Derivation.Term] = [
      .init(v: x, parameter: matrix, firstRow: size, firstColumn: candidateColumn),
      .init(v: one, parameter: bias, firstColumn: candidateColumn),
    ]
    let preactivation: Quantity
    switch configuration.reset {
    case .afterProduct:
      let recurrent = derivation.products(
        [
          .init(v: h, parameter: matrix, firstColumn: candidateColumn),
          .init(v: one, parameter: weights["recurrentBias"]!),
        ], columnCount: size)
      preactivation = derivation.sum(
        derivation.products(input, columnCount: size), derivation.product(r, recurrent))
    case .beforeProduct:
      let kept = Derivation.Term(v: derivation.product(r, h), parameter: matrix, firstColumn: candidateColumn)
      preactivation = derivation.products(input + [kept], columnCount: size)
    }
    let n = derivation.apply(activations.candidate, preactivation)
    state = [
      derivation.sum(derivation.product(derivation.complement(z), n), derivation.product(z, h))
    ]
  }
}
