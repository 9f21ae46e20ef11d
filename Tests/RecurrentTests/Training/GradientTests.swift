import Recurrent
import RecurrentVerification
import Testing

/// Every gradient of every cell and option against central differences.
@Suite("Training: gradients against central differences")
struct GradientTests {
  static let odd = LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, layerCount: 1, isBidirectional: false)
    .withNormalized
  static let ragged = LayerCase.oneOfEach(
    inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: true, stepCount: 7, batchSize: 5,
    lengths: [4, 0, 7, 1, 4]
  ).withNormalized
  static let deep = LayerCase.oneOfEach(
    inputSize: 7, hiddenSize: 3, layerCount: 3, isBidirectional: false, stepCount: 5, batchSize: 2, lengths: [3, 5]
  ).withNormalized

  @Test("every cell, one layer and many, both directions, ragged", arguments: odd + ragged + deep)
  func cells(_ example: LayerCase) { expectDifferences(example) }

  @Test("every subset of the outputs", arguments: LossParts.subsets)
  func subsets(_ parts: LossParts) {
    for example in LayerCase.oneOfEach(
      inputSize: 2, hiddenSize: 3, stepCount: 4, batchSize: 3, lengths: [2, 4, 0]
    ).withNormalized {
      expectDifferences(example, parts)
    }
  }

  @Test("peepholes and projections", arguments: [nil, 2], [false, true])
  func options(projectionSize: Int?, hasPeepholes: Bool) {
    for isBidirectional in [false, true] {
      expectDifferences(
        LayerCase(
          options: .lstm(
            LSTMConfiguration(
              inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: isBidirectional,
              projectionSize: projectionSize, hasPeepholes: hasPeepholes)),
          stepCount: 6, batchSize: 3, lengths: [6, 2, 5], seed: 21))
    }
  }

  @Test("a forget gate that is 1 - i", arguments: [nil, 2], [false, true])
  func coupled(projectionSize: Int?, hasPeepholes: Bool) {
    for activations in [
      LSTMActivations(couplesForget: true),
      LSTMActivations(gate: .clipped(.sigmoid, bound: 0.5), candidate: .softsign, couplesForget: true),
    ] {
      expectDifferences(
        LayerCase(
          options: .lstm(
            LSTMConfiguration(
              inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: true, projectionSize: projectionSize,
              hasPeepholes: hasPeepholes, activations: activations)),
          stepCount: 6, batchSize: 3, lengths: [6, 2, 5], seed: 23))
    }
  }

  static let activations: [Activation] = [
    .sigmoid, .tanh, .relu, .identity, .affine(alpha: 0.6, beta: 0.1), .leakyReLU(alpha: 0.2),
    .leakyReLU(alpha: -0.3), .thresholdedReLU(alpha: 0.1), .thresholdedReLU(alpha: -0.2),
    .scaledTanh(alpha: 1.7159, beta: 2.0 / 3), .scaledTanh(alpha: 0, beta: 1), .hardSigmoid(alpha: 0.2, beta: 0.5),
    .hardSigmoid(alpha: 3, beta: 0.5), .elu(alpha: 0.7), .elu(alpha: -0.4), .softsign, .softplus,
    .clipped(.tanh, bound: 0.3), .clipped(.sigmoid, bound: 0.2), .clipped(.leakyReLU(alpha: 0.2), bound: 0.4),
  ]

  @Test("every activation, in every place", arguments: activations)
  func activation(_ activation: Activation) {
    func example(_ options: CellOptions) -> LayerCase {
      LayerCase(options: options, stepCount: 4, batchSize: 3, lengths: [4, 1, 3], seed: 31)
    }
    for activations in [
      LSTMActivations(gate: activation), LSTMActivations(candidate: activation), LSTMActivations(output: activation),
    ] {
      let plain = LSTMConfiguration(inputSize: 3, hiddenSize: 4, activations: activations)
      expectDifferences(example(.lstm(plain)).normalized!)
      expectDifferences(
        example(
          .lstm(
            LSTMConfiguration(
              inputSize: 3, hiddenSize: 4, projectionSize: 3, hasPeepholes: true, activations: activations))))
    }
    for reset in [GRUReset.afterProduct, .beforeProduct] {
      for activations in [GRUActivations(gate: activation), GRUActivations(candidate: activation)] {
        expectDifferences(
          example(.gru(GRUConfiguration(inputSize: 3, hiddenSize: 4, reset: reset, activations: activations))))
      }
    }
    expectDifferences(example(.rnn(RNNConfiguration(inputSize: 3, hiddenSize: 4, activation: activation))))
  }
}
