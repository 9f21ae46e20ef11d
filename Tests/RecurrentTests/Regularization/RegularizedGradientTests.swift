import Recurrent
import RecurrentVerification
import Testing

@Suite("Regularisation: gradients against central differences")
struct RegularizedGradientTests {
  static let ragged = LayerCase.oneOfEach(
    inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: true, stepCount: 7, batchSize: 5,
    lengths: [4, 0, 7, 1, 4]
  ).withNormalized
  static let deep = LayerCase.oneOfEach(
    inputSize: 7, hiddenSize: 3, layerCount: 3, isBidirectional: false, stepCount: 5, batchSize: 2, lengths: [3, 5]
  ).withNormalized

  @Test("every option in every cell", arguments: ragged + deep, Regularization.each)
  func options(_ example: LayerCase, _ regularization: Regularization) {
    expectDifferences(example.regularized(regularization), masks: Masks(seed: 3))
  }

  @Test("with peepholes and a projection", arguments: Regularization.each)
  func projection(_ regularization: Regularization) {
    let example = LayerCase(
      options: .lstm(
        LSTMConfiguration(
          inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: true, projectionSize: 2, hasPeepholes: true)),
      stepCount: 6, batchSize: 3, lengths: [6, 2, 5], seed: 21)
    expectDifferences(example.regularized(regularization), masks: Masks(seed: 4))
  }

  @Test("DropConnect adds to gradients where asked")
  func accumulating() {
    for example in Self.deep {
      func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
        let probe = TrainingProbe(example, layer, masks: Masks(seed: 8))
        var tape = Tape(for: layer, steps: example.stepCount, batchSize: example.batchSize)
        var gradients = layer.parameters.zeros()
        var once: [Tensor<Double>] = []
        for isSecond in [false, true] {
          _ = layer.forward(
            probe.input, lengths: probe.lengths, from: probe.initial, recording: &tape, masks: probe.masks)
          layer.backward(probe.outputs, through: &tape, into: &gradients, accumulating: isSecond)
          if !isSecond { gradients.forEach { once.append($1) } }
        }
        var index = 0
        gradients.forEach { name, tensor in
          let doubled = Tensor(shape: tensor.shape, elements: once[index].elements.map { 2 * $0 })
          #expect(tensor == doubled, "\(name)")
          index += 1
        }
      }
      check(example.regularized(Regularization(dropConnect: 0.5)).layer(Double.self, .naive))
    }
  }
}
