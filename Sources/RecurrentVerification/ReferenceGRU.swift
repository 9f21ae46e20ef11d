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
    guard weights.gains == nil else {
      state[0] = normalized(weights, configuration, x, state[0], roundoff)
      return
    }
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
    state[0] = mix(h, update: z, preactivations, activations, roundoff)
  }

  /// The step of a layer whose products are normalised.
  private static func normalized(
    _ weights: GRUWeights<Double>, _ configuration: GRUConfiguration, _ x: [Bounded], _ h: [Bounded],
    _ roundoff: Roundoff
  ) -> [Bounded] {
    let (size, activations) = (configuration.hiddenSize, configuration.activations)
    let (gains, epsilon) = (weights.gains!, configuration.layerNormalization!.epsilon)
    func part(_ v: [Bounded], firstRow: Int, gain: Tensor<Double>) -> [Bounded] {
      let product = roundoff.products([(v, firstRow: firstRow)], weights.matrix, columns: 0..<3 * size, bias: nil)
      return roundoff.normalized(product[...], gain: gain, epsilon: epsilon)
    }
    let input = zip(part(x, firstRow: size, gain: gains.input), weights.bias.elements)
      .map { roundoff.sum($0, Bounded($1)) }
    let recurrent = part(h, firstRow: 0, gain: gains.recurrent)
    let gates = (0..<2 * size).map { roundoff.apply(activations.gate, roundoff.sum(input[$0], recurrent[$0])) }
    let preactivations = weights.recurrentBias!.elements.enumerated().map { unit, bias in
      let product = roundoff.sum(recurrent[2 * size + unit], Bounded(bias))
      return roundoff.sum(input[2 * size + unit], roundoff.product(gates[unit], product))
    }
    return mix(h, update: Array(gates[size...]), preactivations, activations, roundoff)
  }

  /// h' = (1 − z) * n + z * h.
  private static func mix(
    _ h: [Bounded], update z: [Bounded], _ preactivations: [Bounded], _ activations: GRUActivations,
    _ roundoff: Roundoff
  ) -> [Bounded] {
    h.indices.map { unit in
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
    precondition(weights["inputGain"] == nil, "ReferenceGRU: gradients through normalised products")
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
