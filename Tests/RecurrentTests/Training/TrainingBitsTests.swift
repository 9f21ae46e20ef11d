import Recurrent
import RecurrentVerification
import Testing

/// What must not change a bit of the gradients: memory, threads, padding, what stood in their place, an earlier run on
/// the same tape.
@Suite("Training: bits")
struct TrainingBitsTests {
  /// Cut into many blocks: more than 200 sequences are worked on one step at a time, 160 in twos.
  static let long =
    (LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: false, stepCount: 9, batchSize: 210,
      lengths: (0..<210).map { $0 * 7 % 10 })
    + LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 2, layerCount: 3, isBidirectional: true, stepCount: 7, batchSize: 210,
      lengths: (0..<210).map { $0 * 5 % 8 })
    + LayerCase.oneOfEach(
      inputSize: 1, hiddenSize: 3, layerCount: 1, isBidirectional: true, stepCount: 11, batchSize: 160)).withNormalized
    + [
      LayerCase(
        options: .lstm(
          LSTMConfiguration(inputSize: 2, hiddenSize: 3, layerCount: 2, projectionSize: 2, hasPeepholes: true)),
        stepCount: 9, batchSize: 120, lengths: nil, seed: 9)
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

  @Test(
    "gradients take the place of what stood there, unless they are added to it", arguments: replaced, Engine.allCases)
  func accumulation(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      let masks = Masks(seed: 5)
      let probe = TrainingProbe(example, layer, masks: masks)
      func gradients(over value: Float, accumulating: Bool) -> NamedGradients<Float> {
        var gradients = layer.parameters.zeros()
        gradients.updateEach { $1 = Tensor(shape: $1.shape, repeating: value) }
        var tape = Tape(for: layer, steps: example.stepCount, batchSize: example.batchSize)
        _ = layer.forward(probe.input, lengths: probe.lengths, from: probe.initial, recording: &tape, masks: masks)
        let inputs = layer.backward(probe.outputs, through: &tape, into: &gradients, accumulating: accumulating)
        return NamedGradients(gradients, inputs)
      }
      let expected = gradients(over: .nan, accumulating: false)
      #expect(gradients(over: 0, accumulating: true).differences(from: expected).isEmpty, "\(example)")
      // Far from any sum of gradients, near enough to 0 for them to be seen.
      for (name, tensor) in gradients(over: 1024, accumulating: true).tensors
      where name != "input" && !name.hasPrefix("initial") {
        let alone = expected.tensors.first { $0.name == name }!.tensor
        let farthest = zip(tensor.elements, alone.elements).map { ($0 - $1 - 1024).magnitude }.max() ?? 0
        #expect(farthest < 0.5, "\(example): \(name)")
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test(
    "a tape that has served other weights gives the same bits",
    // Both of a cell's transposed packs are as large as each other, and their last panels narrow.
    arguments: LayerCase.oneOfEach(inputSize: 19, hiddenSize: 19, layerCount: 1, isBidirectional: false).withNormalized,
    Engine.allCases)
  func reuse(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer)
      var other = layer.parameters
      other.updateEach { $1 = Tensor(shape: $1.shape, repeating: .nan) }
      let broken = Layer(layer.configuration, parameters: other, engine: layer.engine)
      var tape = Tape(for: layer, steps: example.stepCount, batchSize: example.batchSize)
      for layer in [broken, layer, broken, broken, layer] {
        var gradients = layer.parameters.zeros()
        _ = layer.forward(probe.input, lengths: probe.lengths, from: probe.initial, recording: &tape)
        let inputs = layer.backward(probe.outputs, through: &tape, into: &gradients)
        guard layer.parameters == probe.layer.parameters else { continue }
        let differences = NamedGradients(gradients, inputs).differences(from: probe.gradients())
        #expect(differences.isEmpty, "\(example): \(differences)")
      }
    }
    check(example.layer(Float.self, engine))
  }

  /// Several blocks of a stack, one direction and two; no steps at all; a mask between the gradients and the weights.
  static let replaced =
    LayerCase.oneOfEach(inputSize: 3, hiddenSize: 19, isBidirectional: false, stepCount: 4, batchSize: 150)
    .withNormalized
    + LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 5, isBidirectional: true, stepCount: 4, batchSize: 150,
      lengths: (0..<150).map { $0 * 3 % 5 })
    + LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, stepCount: 4, batchSize: 2, lengths: [0, 0])
    + LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, stepCount: 4, batchSize: 2)
    .map { $0.regularized(Regularization(dropConnect: 0.5)) }
    + [
      LayerCase(
        options: .lstm(LSTMConfiguration(inputSize: 2, hiddenSize: 3, projectionSize: 2, hasPeepholes: true)),
        stepCount: 5, batchSize: 120, lengths: nil, seed: 9)
    ]

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
