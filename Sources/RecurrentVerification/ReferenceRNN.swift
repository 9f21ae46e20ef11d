package import Recurrent

extension RNN: VerifiableLayer {
  package typealias Cell = ReferenceRNN
  package var wideParameters: RNNParameters<Double> { parameters.converted(to: Double.self) }
}

/// The equation of a plain recurrent network on numbers that carry their error.
package enum ReferenceRNN: ReferenceCell {
  package static func advance(
    _ weights: RNNWeights<Double>, _ configuration: RNNConfiguration, _ x: [Bounded], _ state: inout [[Bounded]],
    _ roundoff: Roundoff
  ) {
    let size = configuration.hiddenSize
    state[0] = roundoff.products(
      [(x, firstRow: size), (state[0], firstRow: 0)], weights.matrix, columns: 0..<size,
      bias: weights.bias.elements[...]
    ).map { roundoff.apply(configuration.activation, $0) }
  }

  package static func advance(
    _ weights: [String: Parameter], _ configuration: RNNConfiguration, _ x: Quantity, _ state: inout [Quantity],
    _ derivation: Derivation
  ) {
    let (size, matrix) = (configuration.hiddenSize, weights["matrix"]!)
    let z = derivation.products(
      [
        .init(v: state[0], parameter: matrix), .init(v: x, parameter: matrix, firstRow: size),
        .init(v: .ones(as: x), parameter: weights["bias"]!),
      ], columnCount: size)
    state = [derivation.apply(configuration.activation, z)]
  }
}
