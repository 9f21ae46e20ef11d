import Recurrent
import RecurrentVerification
import Testing

/// Gradients of h that are clipped on their way through time.
@Suite("Training: clipping inside the recurrence")
struct HiddenClippingTests {
  static let cases =
    (LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, layerCount: 1, isBidirectional: false)
    + LayerCase.oneOfEach(inputSize: 5, hiddenSize: 9, stepCount: 8, batchSize: 6, lengths: [8, 3, 0, 5, 8, 1]))
    .withNormalized
    + [
      LayerCase(
        options: .lstm(
          LSTMConfiguration(
            inputSize: 4, hiddenSize: 9, layerCount: 2, isBidirectional: true, projectionSize: 5, hasPeepholes: true)),
        stepCount: 7, batchSize: 3, lengths: [2, 7, 4], seed: 17)
    ]

  /// The losses' gradients by h are from (−1, 1), so that 0.3 clips most of what arrives, and 1.5 some.
  static let limits = [0.3, 1.5]

  /// `scale` is what numbers may be off, relative to the largest of a tensor.
  private func compare<Scalar: RecurrentScalar>(
    _ found: NamedGradients<Scalar>, _ expected: NamedGradients<Double>, _ tolerance: Double, _ example: LayerCase
  ) {
    for (wanted, found) in zip(expected.tensors, found.tensors) {
      let scale = wanted.tensor.elements.map(\.magnitude).max() ?? 0
      for (a, b) in zip(wanted.tensor.elements, found.tensor.elements) {
        #expect((a - Double(b)).magnitude <= tolerance * max(scale, 1), "\(example) \(wanted.name)")
      }
    }
  }

  @Test("every step clips what arrives at h, and nothing else", arguments: cases, limits)
  func definition(_ example: LayerCase, limit: Double) {
    func check(_ layer: some VerifiableLayer<Double>) {
      let probe = TrainingProbe(example, layer)
      var stepped = SteppedBackward(probe, limit: limit)
      let expected = stepped.run()
      // Up to 40 rows in another order: 40·u of the largest, and what that does some steps further on.
      compare(probe.gradients(clippingHidden: limit), expected, 1e-13, example)
      compare(TrainingProbe(example, layer.on(.blas)).gradients(clippingHidden: limit), expected, 1e-12, example)
      let unclipped = probe.gradients()
      #expect(zip(expected.tensors, unclipped.tensors).contains { $0.tensor != $1.tensor })
    }
    check(example.layer(Double.self, .naive))
  }

  /// A clip passes an error on as it is, or makes it 0: so the bound is that of gradients without it. They are sums of some
  /// 60 terms of factors that are each off by some u: 10 roundings of independent signs for each of up to 8 steps, so
  /// √60·10·u, and six times that.
  @Test("in Float on every engine", arguments: cases, Engine.allCases)
  func float(_ example: LayerCase, engine: Engine) {
    func check(_ wide: some VerifiableLayer<Double>, _ layer: some VerifiableLayer<Float>) {
      for limit in Self.limits {
        var stepped = SteppedBackward(TrainingProbe(example, wide), limit: limit)
        let found = TrainingProbe(example, layer).gradients(clippingHidden: Float(limit))
        compare(found, stepped.run(), 6 * 80 * 0x1p-24, example)
      }
    }
    func pair(_ wide: some VerifiableLayer<Double>) { check(wide, example.layer(Float.self, engine)) }
    pair(example.layer(Double.self, .naive))
  }

  @Test("an infinite limit changes no bit", arguments: cases, Engine.allCases)
  func infinite(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let probe = TrainingProbe(example, layer)
      #expect(probe.gradients(clippingHidden: .infinity).differences(from: probe.gradients()).isEmpty, "\(example)")
    }
    check(example.layer(Float.self, engine))
  }

  @Test("a tape with less memory gives the same bits", arguments: TrainingBitsTests.long, Engine.allCases)
  func checkpoints(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer)
      let least = Tape.leastByteCount(for: layer, steps: example.stepCount, batchSize: example.batchSize)
      let expected = probe.gradients(clippingHidden: 0.5)
      let found = probe.gradients(memoryLimit: .bytes(least), clippingHidden: 0.5)
      #expect(found.differences(from: expected).isEmpty, "\(example)")
    }
    check(example.layer(Float.self, engine))
  }

  @Test("any number of threads gives the same bits", arguments: [Engine.blas, .fused])
  func threads(engine: Engine) {
    for example in LayerCase.oneOfEach(
      inputSize: 130, hiddenSize: 140, layerCount: 1, isBidirectional: false, stepCount: 4, batchSize: 64,
      lengths: (0..<64).map { $0 % 5 })
    {
      func check(_ layer: some VerifiableLayer<Float>) {
        func gradients(_ threads: Int) -> NamedGradients<Float> {
          var layer = layer
          layer.team = ThreadTeam(memberCount: threads)
          return TrainingProbe(example, layer).gradients(clippingHidden: 0.5)
        }
        let expected = gradients(1)
        for threads in 2...4 {
          #expect(gradients(threads).differences(from: expected).isEmpty, "\(example), \(threads) threads")
        }
      }
      check(example.layer(Float.self, engine))
    }
  }

  @Test("with zoneout, before the gradient is split")
  func zoneout() {
    let regularization = Regularization(hiddenZoneout: 1 - 0x1p-31)
    // h keeps its old value at all steps but every other billionth: what arrives goes past them all, clipped at each.
    let layer = linearRNN(width: 2, input: 1, recurrent: 1, regularization)
    var tape = Tape(for: layer, steps: 3, batchSize: 1)
    var gradients = layer.parameters.zeros()
    _ = layer.forward(Tensor(shape: [3, 1, 2]), recording: &tape, masks: Masks(seed: 1))
    let given = Tensor<Double>(shape: [3, 1, 2], elements: [-0.25, 0.5, 0.5, 0.5, 4, -0.125])
    let back = layer.backward(
      OutputGradients(hidden: given), through: &tape, into: &gradients, clippingHidden: 1)
    // 4 → 1, 1.5 → 1, 0.75; and −0.125, 0.375, 0.875.
    #expect(back.initial.hidden.elements == [0.75, 0.875])
  }

  @Test("a limit of 0 stops the program")
  func misuse() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let lstm = LSTM<Float>(inputSize: 4, hiddenSize: 3, seed: 1)
      var tape = Tape(for: lstm, steps: 2, batchSize: 1)
      var gradients = lstm.parameters.zeros()
      _ = lstm.forward(Tensor(shape: [2, 1, 4]), recording: &tape)
      lstm.backward(OutputGradients(), through: &tape, into: &gradients, clippingHidden: 0)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("backward: a limit of 0.0"), "\(message)")
  }
}
