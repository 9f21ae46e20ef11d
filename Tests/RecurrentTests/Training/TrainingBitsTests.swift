import Recurrent
import RecurrentVerification
import Testing

/// What must not change a bit of the gradients: memory, threads, padding, an earlier run on the same tape.
@Suite("Training: bits")
struct TrainingBitsTests {
  /// Cut into many blocks: more than 128 sequences are worked on one step at a time, 100 in twos.
  static let long =
    (LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: false, stepCount: 9, batchSize: 130,
      lengths: (0..<130).map { $0 * 7 % 10 })
    + LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 2, layerCount: 3, isBidirectional: true, stepCount: 7, batchSize: 130,
      lengths: (0..<130).map { $0 * 5 % 8 })
    + LayerCase.oneOfEach(
      inputSize: 1, hiddenSize: 3, layerCount: 1, isBidirectional: true, stepCount: 11, batchSize: 100)).withNormalized
    + [
      LayerCase(
        options: .lstm(
          LSTMConfiguration(inputSize: 2, hiddenSize: 3, layerCount: 2, projectionSize: 2, hasPeepholes: true)),
        stepCount: 9, batchSize: 80, lengths: nil, seed: 9)
    ]

  @Test("a tape with less memory gives the same bits", arguments: long, Engine.allCases)
  func checkpoints(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer)
      let expected = probe.gradients()
      let (steps, batch) = (example.stepCount, example.batchSize)
      let full = Tape(for: layer, steps: steps, batchSize: batch).byteCount
      let least = Tape.leastByteCount(for: layer, steps: steps, batchSize: batch)
      #expect(least < full)
      for limit in [least, (least + full) / 2, full - 1] {
        let tape = Tape(for: layer, steps: steps, batchSize: batch, memoryLimit: .bytes(limit))
        #expect(tape.byteCount <= limit)
        let differences = probe.gradients(memoryLimit: .bytes(limit)).differences(from: expected)
        #expect(differences.isEmpty, "\(example) in \(limit) bytes: \(differences)")
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test("any number of threads gives the same bits", arguments: [Engine.blas, .fused])
  func threads(engine: Engine) {
    // Large enough to be shared out, in several tiles each.
    for example in LayerCase.oneOfEach(
      inputSize: 130, hiddenSize: 140, layerCount: 1, isBidirectional: false, stepCount: 4, batchSize: 64,
      lengths: (0..<64).map { $0 % 5 }
    ).withNormalized {
      func check(_ layer: some VerifiableLayer<Float>) {
        func gradients(_ threads: Int) -> NamedGradients<Float> {
          var layer = layer
          layer.team = ThreadTeam(memberCount: threads)
          return TrainingProbe(example, layer).gradients()
        }
        let expected = gradients(1)
        for threads in 2...4 {
          #expect(gradients(threads).differences(from: expected).isEmpty, "\(example), \(threads) threads")
        }
      }
      check(example.layer(Float.self, engine))
    }
  }

  @Test(
    "padding changes nothing",
    arguments: LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, stepCount: 6, batchSize: 4, lengths: [6, 0, 2, 6])
      .withNormalized,
    Engine.allCases)
  func padding(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let probe = TrainingProbe(example, layer)
      func gradients(padding: Int) -> (NamedGradients<Float>, Tensor<Float>) {
        func padded(_ tensor: Tensor<Float>?) -> Tensor<Float>? {
          guard let tensor else { return nil }
          var shape = tensor.shape
          let count = shape.count
          shape[count - 3] += padding
          let run = tensor.shape[(count - 3)...].reduce(1, *)
          let filler = [Float](repeating: .nan, count: padding * shape[(count - 2)...].reduce(1, *))
          let elements = stride(from: 0, to: tensor.count, by: run).flatMap {
            tensor.elements[$0..<$0 + run] + filler
          }
          return Tensor(shape: shape, elements: elements)
        }
        let input = padded(probe.input)!
        var tape = Tape(for: layer, steps: input.shape[0], batchSize: input.shape[1])
        var gradients = layer.parameters.zeros()
        _ = layer.forward(input, lengths: probe.lengths, from: probe.initial, recording: &tape)
        let outputs = OutputGradients(
          hidden: padded(probe.outputs.hidden), cells: padded(probe.outputs.cells), final: probe.outputs.final)
        let inputs = layer.backward(outputs, through: &tape, into: &gradients)
        let real = InputGradients(input: inputs.input.steps(0..<probe.input.shape[0]), initial: inputs.initial)
        return (NamedGradients(gradients, real), inputs.input)
      }
      let expected = gradients(padding: 0)
      let result = gradients(padding: 5)
      #expect(result.0.differences(from: expected.0).isEmpty, "\(example)")
      let behind = result.1.steps(probe.input.shape[0]..<probe.input.shape[0] + 5)
      #expect(behind.elements.allSatisfy { $0 == 0 })
      #expect(result.0.tensors.allSatisfy { $0.tensor.elements.allSatisfy(\.isFinite) })
    }
    check(example.layer(Float.self, engine))
  }
}
