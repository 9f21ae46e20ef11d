import Recurrent
import RecurrentVerification
import Testing

/// Every gradient against central differences (L(p + h·v) − L(p − h·v)) / 2h in Double.
///
/// They are taken along random directions v in each tensor, of length 1, in which every element takes part: a single
/// wrong element shows in each of them. The truncation error is h²/6·L''' and the rounding error some u·ΣΣ|terms| / h; with
/// h = 10⁻⁵ these are 10⁻¹⁰/6 times a third derivative of order 1 to 10, and 10⁻¹⁶·10²/10⁻⁵ = 10⁻⁹ for losses of some
/// hundred terms. Against 10⁻⁷ of the gradient's length, which is above 0.1 in every case, that leaves a factor of ten.
/// (h = 10⁻⁵ is also so small that no pre-activation comes by a kink of an activation on the way.)
@Suite("Training: gradients against central differences")
struct GradientTests {
  static let odd = LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, layerCount: 1, isBidirectional: false)
  static let ragged = LayerCase.oneOfEach(
    inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: true, stepCount: 7, batchSize: 5,
    lengths: [4, 0, 7, 1, 4])
  static let deep = LayerCase.oneOfEach(
    inputSize: 7, hiddenSize: 3, layerCount: 3, isBidirectional: false, stepCount: 5, batchSize: 2, lengths: [3, 5])

  @Test("every cell, one layer and many, both directions, ragged", arguments: odd + ragged + deep)
  func cells(_ example: LayerCase) { judge(example) }

  @Test("every subset of the outputs", arguments: LossParts.subsets)
  func subsets(_ parts: LossParts) {
    for example in LayerCase.oneOfEach(inputSize: 2, hiddenSize: 3, stepCount: 4, batchSize: 3, lengths: [2, 4, 0]) {
      judge(example, parts)
    }
  }

  @Test("peepholes and projections", arguments: [nil, 2], [false, true])
  func options(projectionSize: Int?, hasPeepholes: Bool) {
    for isBidirectional in [false, true] {
      judge(
        LayerCase(
          options: .lstm(
            LSTMConfiguration(
              inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: isBidirectional,
              projectionSize: projectionSize, hasPeepholes: hasPeepholes)),
          stepCount: 6, batchSize: 3, lengths: [6, 2, 5], seed: 21))
    }
  }

  static let activations: [Activation] = [
    .sigmoid, .tanh, .relu, .identity, .affine(alpha: 0.6, beta: 0.1), .leakyReLU(alpha: 0.2),
    .leakyReLU(alpha: -0.3), .thresholdedReLU(alpha: 0.1), .thresholdedReLU(alpha: -0.2),
    .scaledTanh(alpha: 1.7159, beta: 2.0 / 3), .scaledTanh(alpha: 0, beta: 1), .hardSigmoid(alpha: 0.2, beta: 0.5),
    .hardSigmoid(alpha: 3, beta: 0.5), .elu(alpha: 0.7), .elu(alpha: -0.4), .softsign, .softplus,
  ]

  @Test("every activation, in every place", arguments: activations)
  func activation(_ activation: Activation) {
    func example(_ options: CellOptions) -> LayerCase {
      LayerCase(options: options, stepCount: 4, batchSize: 3, lengths: [4, 1, 3], seed: 31)
    }
    for activations in [
      LSTMActivations(gate: activation), LSTMActivations(candidate: activation), LSTMActivations(output: activation),
    ] {
      judge(
        example(
          .lstm(
            LSTMConfiguration(
              inputSize: 3, hiddenSize: 4, projectionSize: 3, hasPeepholes: true, activations: activations))))
    }
    for reset in [GRUReset.afterProduct, .beforeProduct] {
      for activations in [GRUActivations(gate: activation), GRUActivations(candidate: activation)] {
        judge(example(.gru(GRUConfiguration(inputSize: 3, hiddenSize: 4, reset: reset, activations: activations))))
      }
    }
    judge(example(.rnn(RNNConfiguration(inputSize: 3, hiddenSize: 4, activation: activation))))
  }

  private func judge(_ example: LayerCase, _ parts: LossParts = .all) {
    func check(_ layer: some VerifiableLayer<Double>) {
      let probe = TrainingProbe(example, layer, parts)
      let step = 1e-5
      var generator = SeededGenerator(seed: 5)
      for (name, gradient) in probe.gradients().tensors {
        let length = gradient.elements.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for _ in 0..<2 {
          let random = gradient.elements.map { _ in generator.uniform(-1, 1) }
          let scale = 1 / random.reduce(0) { $0 + $1 * $1 }.squareRoot()
          let direction = random.map { $0 * scale }
          let up = probe.moved(name, along: direction, by: step).loss()
          let down = probe.moved(name, along: direction, by: -step).loss()
          let numeric = (up - down) / (2 * step)
          let analytic = zip(gradient.elements, direction).reduce(0) { $0 + $1.0 * $1.1 }
          #expect(
            (numeric - analytic).magnitude <= 1e-7 * max(length, 0.1),
            "\(example) \(parts), \(name): \(analytic), by differences \(numeric), length \(length)")
        }
      }
    }
    check(example.layer(Double.self, .naive))
  }
}
