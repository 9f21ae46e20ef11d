import Recurrent
import RecurrentVerification
import Testing

/// Identities between runs of one model. The engine `naive` adds every sum in one order, so that its identities hold to
/// the last bit (those of `fused` have a suite of their own); `blas` chooses its order by the number of rows, so that
/// there they are a matter of bounds, which the parity tests judge, and of what is not arithmetic: padding, layout, order.
@Suite("Layers: sequences, batches, lengths, layouts")
struct LayerSequenceTests {
  static let some = LayerCase.all.filter { $0.shape.hiddenSize < 64 && $0.stepCount < 50 && $0.batchSize < 70 }
  static let small = LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5)

  @Test("a batch is its sequences alone", arguments: some)
  func batchIsItsSequences(_ example: LayerCase) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let (input, initial) = (example.input(Float.self), example.initialState(layer))
      let together = layer(input, lengths: example.lengths, from: initial)
      for sequence in 0..<example.batchSize {
        let one = sequence..<sequence + 1
        let length = example.lengthOfEach[sequence]
        let alone = layer(input.sequences(one).steps(0..<length), from: initial.sequences(one))
        #expect(together.hidden.sequences(one).steps(0..<length).hasSameBits(as: alone.hidden))
        #expect(together.final.sequences(one).hasSameBits(as: alone.final))
      }
    }
    check(example.layer(Float.self, .naive))
  }

  @Test(
    "NaN in the padding changes nothing, and padded outputs are 0",
    arguments: some.filter { $0.lengths != nil }, Engine.allCases)
  func padding(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let withNaN = example.input(Float.self)
      let withZeros = Tensor(shape: withNaN.shape, elements: withNaN.elements.map { $0.isNaN ? 0 : $0 })
      let output = layer(withNaN, lengths: example.lengths)
      let expected = layer(withZeros, lengths: example.lengths)
      #expect(output.hidden.hasSameBits(as: expected.hidden))
      #expect(output.final.hasSameBits(as: expected.final))
      for (sequence, length) in example.lengthOfEach.enumerated() {
        let padded = output.hidden.sequences(sequence..<sequence + 1).steps(length..<example.stepCount)
        #expect(padded.elements.allSatisfy { $0 == 0 })
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test("a sequence of length 0 keeps its initial state", arguments: small, Engine.allCases)
  func zeroLength(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let initial = example.initialState(layer)
      let input = Tensor<Float>(shape: [6, 3, 3], repeating: .nan)
      let output = layer(input, lengths: [0, 0, 0], from: initial)
      #expect(output.final == initial)
      #expect(output.hidden.elements.allSatisfy { $0 == 0 })
    }
    check(example.layer(Float.self, engine))
  }

  @Test("no steps and no sequences are no trouble", arguments: small, Engine.allCases)
  func empty(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      #expect(layer(Tensor(shape: [0, 2, 3])).hidden.shape == [0, 2, 10])
      #expect(layer(Tensor(shape: [0, 2, 3])).final == layer.zeroState(batchSize: 2))
      #expect(layer(Tensor(shape: [4, 0, 3])).hidden.shape == [4, 0, 10])
      #expect(layer(Tensor(shape: [4, 0, 3]), lengths: []).hidden.shape == [4, 0, 10])
    }
    check(example.layer(Float.self, engine))
  }

  @Test(
    "the reverse direction is the forward one over each sequence backwards, from its own last step",
    arguments: LayerCase.oneOfEach(
      inputSize: 3, hiddenSize: 7, layerCount: 1, stepCount: 9, batchSize: 4, lengths: [9, 0, 4, 7]))
  func reverse(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Float>>(_ both: Layer) {
      var oneWay = both.configuration
      oneWay.isBidirectional = false
      let weights = both.parameters[layer: 0, direction: .reverse]
      let reverse = Layer(oneWay, parameters: LayerParameters(oneWay, weights: [weights]), engine: .naive)
      let input = example.input(Float.self)
      let output = both(input, lengths: example.lengths)
      for (sequence, length) in example.lengthOfEach.enumerated() {
        var flipped = Tensor<Float>(shape: [length, 1, 3])
        for step in 0..<length {
          for feature in 0..<3 { flipped[step, 0, feature] = input[length - 1 - step, sequence, feature] }
        }
        let expected = reverse(flipped)
        for unit in 0..<7 {
          for step in 0..<length {
            #expect(output.hidden[step, sequence, 7 + unit] == expected.hidden[length - 1 - step, 0, unit])
          }
          for (part, wanted) in zip(output.final.components, expected.final.components) {
            #expect(part[1, sequence, unit] == wanted[0, 0, unit])
          }
        }
      }
    }
    check(example.layer(Float.self, .naive))
  }

  @Test("batch-major is time-major with the first two dimensions exchanged", arguments: some, Engine.allCases)
  func layouts(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let input = example.input(Float.self)
      let timeMajor = layer(input, lengths: example.lengths, recordingCells: true)
      let batchMajor = layer(input.swapped, lengths: example.lengths, layout: .batchMajor, recordingCells: true)
      #expect(batchMajor.hidden.swapped.hasSameBits(as: timeMajor.hidden))
      #expect(batchMajor.final == timeMajor.final)
      guard let cells = batchMajor.cells, let wanted = timeMajor.cells else { return }
      for layer in 0..<wanted.shape[0] {
        for step in 0..<example.stepCount {
          for sequence in 0..<example.batchSize {
            for column in 0..<wanted.shape[3] {
              #expect(cells[layer, sequence, step, column] == wanted[layer, step, sequence, column])
            }
          }
        }
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test("chunks that hand their state on are the whole", arguments: LayerCase.streamable.filter { $0.stepCount < 50 })
  func chunks(_ example: LayerCase) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let input = example.input(Float.self)
      let whole = layer(input)
      // A sequence of one step is cut into nothing and itself, every other one in its inside.
      let cut = example.stepCount == 1 ? 0 : max(1, example.stepCount / 3)
      let first = layer(input.steps(0..<cut))
      let second = layer(input.steps(cut..<example.stepCount), from: first.final)
      #expect(whole.hidden.elements == first.hidden.elements + second.hidden.elements)
      #expect(whole.final == second.final)
    }
    check(example.layer(Float.self, .naive))
  }

  @Test(
    "the call over spans is the call over values, and a workspace can be used again",
    arguments: LayerCase.oneOfEach(inputSize: 5, hiddenSize: 9, layerCount: 3), Engine.allCases)
  func spans(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      var workspace = Workspace(for: layer, stepCount: 11, batchSize: 4)
      for (steps, batch, layout) in [(11, 4, SequenceLayout.timeMajor), (6, 3, .batchMajor), (11, 4, .batchMajor)] {
        var example = example
        (example.stepCount, example.batchSize) = (steps, batch)
        example.lengths = (0..<batch).map { steps - $0 }
        let input = layout == .timeMajor ? example.input(Float.self) : example.input(Float.self).swapped
        let expected = layer(input, lengths: example.lengths, layout: layout)
        var state = layer.zeroState(batchSize: batch)
        var hidden = Tensor<Float>(shape: expected.hidden.shape, repeating: .nan)
        layer.run(
          input.span, lengths: example.lengths, state: &state, into: hidden.mutableSpan, layout: layout,
          using: &workspace)
        #expect(hidden.hasSameBits(as: expected.hidden))
        #expect(state == expected.final)
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test(
    "many threads may use one model at once",
    arguments: LayerCase.oneOfEach(inputSize: 17, hiddenSize: 33, isBidirectional: false), Engine.allCases)
  func concurrency(_ example: LayerCase, engine: Engine) async {
    func check(_ layer: some VerifiableLayer<Float>) async {
      let input = Tensor<Float>(shape: [12, 6, 17], repeating: 0.3)
      let expected = layer(input)
      await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 { group.addTask { layer(input).hidden == expected.hidden } }
        for await isEqual in group { #expect(isEqual) }
      }
    }
    await check(example.layer(Float.self, engine))
  }

  @Test("changed parameters take effect", arguments: small, Engine.allCases)
  func changedParameters(_ example: LayerCase, engine: Engine) {
    func check<Layer: VerifiableLayer<Float>>(_ original: Layer) {
      var layer = original
      let input = Tensor<Float>(shape: [4, 2, 3], repeating: 0.5)
      layer.parameters[layer: 0].bias[0] = 2
      let fresh = Layer(layer.configuration, parameters: layer.parameters, engine: engine)
      #expect(layer(input).hidden == fresh(input).hidden)
      #expect(layer(input).hidden != original(input).hidden)
    }
    check(example.layer(Float.self, engine))
  }

  @Test("a change that throws leaves a model that works", arguments: small, Engine.allCases)
  func throwingChange(_ example: LayerCase, engine: Engine) {
    struct Interruption: Error {}
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      func change(_ parameters: inout LayerParameters<Layer.Weights>) throws {
        parameters[layer: 0].bias[0] = 5
        throw Interruption()
      }
      var layer = layer
      #expect(throws: Interruption.self) { try change(&layer.parameters) }
      let fresh = Layer(layer.configuration, parameters: layer.parameters, engine: engine)
      let input = Tensor<Float>(shape: [4, 2, 3], repeating: 0.5)
      #expect(layer(input).hidden == fresh(input).hidden)
    }
    check(example.layer(Float.self, engine))
  }

  @Test("another precision is the same model")
  func converted() {
    let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, layerCount: 2, seed: 1)
    #expect(lstm.converted(to: Double.self).converted(to: Float.self).parameters == lstm.parameters)
    let gru = GRU<Float>(inputSize: 2, hiddenSize: 3, layerCount: 2, seed: 1)
    #expect(gru.converted(to: Double.self).converted(to: Float.self).parameters == gru.parameters)
    let rnn = RNN<Float>(inputSize: 2, hiddenSize: 3, layerCount: 2, activation: .relu, seed: 1)
    #expect(rnn.converted(to: Double.self).converted(to: Float.self).parameters == rnn.parameters)
    #expect(rnn.converted(to: Double.self).configuration == rnn.configuration)
  }
}
