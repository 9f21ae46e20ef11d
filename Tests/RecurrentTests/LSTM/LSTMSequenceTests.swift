import Recurrent
import Testing

/// Identities between runs of one model. The engine `naive` adds every sum in one order, so that its identities hold to
/// the last bit; `blas` chooses its order by the number of rows, so that there they are a matter of bounds, which the
/// parity tests judge, and of what is not arithmetic: padding, layout, order.
@Suite("LSTM: sequences, batches, lengths, layouts")
struct LSTMSequenceTests {
  static let some = LSTMCase.all.filter { $0.configuration.hiddenSize < 64 && $0.stepCount < 50 }

  @Test("a batch is its sequences alone", arguments: some)
  func batchIsItsSequences(_ example: LSTMCase) {
    let lstm = LSTM<Float>(example.configuration, seed: example.seed, engine: .naive)
    let input = example.input(Float.self)
    let initial = example.initialState(Float.self)
    let together = lstm(input, lengths: example.lengths, from: initial, recordingCells: true)
    for sequence in 0..<example.batchSize {
      let one = sequence..<sequence + 1
      let length = example.lengthOfEach[sequence]
      let state = LSTM<Float>.State(hidden: initial.hidden.sequences(one), cell: initial.cell.sequences(one))
      let alone = lstm(input.sequences(one).steps(0..<length), from: state)
      #expect(together.hidden.sequences(one).steps(0..<length).hasSameBits(as: alone.hidden))
      #expect(together.final.hidden.sequences(one).hasSameBits(as: alone.final.hidden))
      #expect(together.final.cell.sequences(one).hasSameBits(as: alone.final.cell))
    }
  }

  @Test("NaN in the padding changes nothing, and padded outputs are 0", arguments: some, Engine.allCases)
  func padding(_ example: LSTMCase, engine: Engine) {
    guard let lengths = example.lengths else { return }
    let lstm = LSTM<Float>(example.configuration, seed: example.seed, engine: engine)
    let withNaN = example.input(Float.self)
    let withZeros = Tensor(shape: withNaN.shape, elements: withNaN.elements.map { $0.isNaN ? 0 : $0 })
    let output = lstm(withNaN, lengths: lengths)
    let expected = lstm(withZeros, lengths: lengths)
    #expect(output.hidden.hasSameBits(as: expected.hidden))
    #expect(output.final.hidden.hasSameBits(as: expected.final.hidden))
    #expect(output.final.cell.hasSameBits(as: expected.final.cell))
    for (sequence, length) in lengths.enumerated() {
      let padded = output.hidden.sequences(sequence..<sequence + 1).steps(length..<example.stepCount)
      #expect(padded.elements.allSatisfy { $0 == 0 })
    }
  }

  @Test("a sequence of length 0 keeps its initial state", arguments: Engine.allCases)
  func zeroLength(engine: Engine) {
    let lstm = LSTM<Float>(inputSize: 3, hiddenSize: 5, layerCount: 2, isBidirectional: true, seed: 4, engine: engine)
    let initial = LSTM<Float>.State(
      hidden: Tensor(shape: [4, 3, 5], repeating: 0.25), cell: Tensor(shape: [4, 3, 5], repeating: -0.5))
    let input = Tensor<Float>(shape: [6, 3, 3], repeating: .nan)
    let output = lstm(input, lengths: [0, 0, 0], from: initial)
    #expect(output.final == initial)
    #expect(output.hidden.elements.allSatisfy { $0 == 0 })
  }

  @Test("no steps and no sequences are no trouble", arguments: Engine.allCases)
  func empty(engine: Engine) {
    let lstm = LSTM<Float>(inputSize: 3, hiddenSize: 5, seed: 4, engine: engine)
    #expect(lstm(Tensor(shape: [0, 2, 3])).hidden.shape == [0, 2, 5])
    #expect(lstm(Tensor(shape: [0, 2, 3])).final == lstm.zeroState(batchSize: 2))
    #expect(lstm(Tensor(shape: [4, 0, 3])).hidden.shape == [4, 0, 5])
    #expect(lstm(Tensor(shape: [4, 0, 3]), lengths: []).hidden.shape == [4, 0, 5])
  }

  @Test("the reverse direction is the forward one over each sequence backwards, from its own last step")
  func reverse() {
    let example = LSTMCase(
      configuration: LSTMConfiguration(inputSize: 3, hiddenSize: 7, isBidirectional: true), stepCount: 9, batchSize: 4,
      lengths: [9, 0, 4, 7], seed: 5)
    let both = LSTM<Float>(example.configuration, seed: 5, engine: .naive)
    var oneWay = example.configuration
    oneWay.isBidirectional = false
    let reverse = LSTM(
      oneWay, parameters: LSTMParameters(oneWay, weights: [both.parameters[layer: 0, direction: .reverse]]),
      engine: .naive)
    let input = example.input(Float.self)
    let output = both(input, lengths: example.lengths)
    for (sequence, length) in example.lengthOfEach.enumerated() {
      var flipped = Tensor<Float>(shape: [length, 1, 3])
      for step in 0..<length {
        for feature in 0..<3 { flipped[step, 0, feature] = input[length - 1 - step, sequence, feature] }
      }
      let expected = reverse(flipped)
      for step in 0..<length {
        for unit in 0..<7 {
          #expect(output.hidden[step, sequence, 7 + unit] == expected.hidden[length - 1 - step, 0, unit])
        }
      }
      for unit in 0..<7 {
        #expect(output.final.hidden[1, sequence, unit] == expected.final.hidden[0, 0, unit])
      }
    }
  }

  @Test("batch-major is time-major with the first two dimensions exchanged", arguments: some, Engine.allCases)
  func layouts(_ example: LSTMCase, engine: Engine) {
    let lstm = LSTM<Float>(example.configuration, seed: example.seed, engine: engine)
    let input = example.input(Float.self)
    let timeMajor = lstm(input, lengths: example.lengths, recordingCells: true)
    let batchMajor = lstm(input.swapped, lengths: example.lengths, layout: .batchMajor, recordingCells: true)
    #expect(batchMajor.hidden.swapped.hasSameBits(as: timeMajor.hidden))
    #expect(batchMajor.final == timeMajor.final)
    let (layers, width) = (timeMajor.cells!.shape[0], timeMajor.cells!.shape[3])
    for layer in 0..<layers {
      for step in 0..<example.stepCount {
        for sequence in 0..<example.batchSize {
          for column in 0..<width {
            let expected = timeMajor.cells![layer, step, sequence, column]
            #expect(batchMajor.cells![layer, sequence, step, column] == expected)
          }
        }
      }
    }
  }

  @Test("chunks that hand their state on are the whole", arguments: some)
  func chunks(_ example: LSTMCase) {
    guard !example.configuration.isBidirectional, example.lengths == nil else { return }
    let lstm = LSTM<Float>(example.configuration, seed: example.seed, engine: .naive)
    let input = example.input(Float.self)
    let whole = lstm(input)
    let cut = example.stepCount / 3
    let first = lstm(input.steps(0..<cut))
    let second = lstm(input.steps(cut..<example.stepCount), from: first.final)
    #expect(whole.hidden.elements == first.hidden.elements + second.hidden.elements)
    #expect(whole.final == second.final)
  }

  @Test("the call over spans is the call over values, and a workspace can be used again", arguments: Engine.allCases)
  func spans(engine: Engine) {
    let lstm = LSTM<Float>(inputSize: 5, hiddenSize: 9, layerCount: 3, isBidirectional: true, seed: 8, engine: engine)
    var workspace = Workspace(for: lstm, stepCount: 11, batchSize: 4)
    for (steps, batch, layout) in [(11, 4, SequenceLayout.timeMajor), (6, 3, .batchMajor), (11, 4, .batchMajor)] {
      let example = LSTMCase(
        configuration: lstm.configuration, stepCount: steps, batchSize: batch,
        lengths: (0..<batch).map { steps - $0 }, seed: 3)
      let input = layout == .timeMajor ? example.input(Float.self) : example.input(Float.self).swapped
      let expected = lstm(input, lengths: example.lengths, layout: layout)
      var state = lstm.zeroState(batchSize: batch)
      var hidden = Tensor<Float>(shape: expected.hidden.shape, repeating: .nan)
      lstm.run(
        input.span, lengths: example.lengths, state: &state, into: hidden.mutableSpan, layout: layout,
        using: &workspace)
      #expect(hidden.hasSameBits(as: expected.hidden))
      #expect(state == expected.final)
    }
  }

  @Test("many threads may use one model at once", arguments: Engine.allCases)
  func concurrency(engine: Engine) async {
    let lstm = LSTM<Float>(inputSize: 17, hiddenSize: 33, layerCount: 2, seed: 8, engine: engine)
    let input = Tensor<Float>(shape: [12, 6, 17], repeating: 0.3)
    let expected = lstm(input)
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 { group.addTask { lstm(input).hidden == expected.hidden } }
      for await isEqual in group { #expect(isEqual) }
    }
  }

  @Test("changed parameters take effect", arguments: Engine.allCases)
  func changedParameters(engine: Engine) {
    var lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1, engine: engine)
    let input = Tensor<Float>(shape: [4, 2, 2], repeating: 0.5)
    let copy = lstm
    lstm.parameters[layer: 0].bias[0] = 2
    let fresh = LSTM(lstm.configuration, parameters: lstm.parameters, engine: engine)
    #expect(lstm(input).hidden == fresh(input).hidden)
    #expect(lstm(input).hidden != copy(input).hidden)
  }

  @Test("a change that throws leaves a model that works", arguments: Engine.allCases)
  func throwingChange(engine: Engine) {
    struct Interruption: Error {}
    func change(_ parameters: inout LSTMParameters<Float>) throws {
      parameters[layer: 0].bias[0] = 5
      throw Interruption()
    }
    var lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1, engine: engine)
    #expect(throws: Interruption.self) { try change(&lstm.parameters) }
    let fresh = LSTM(lstm.configuration, parameters: lstm.parameters, engine: engine)
    let input = Tensor<Float>(shape: [4, 2, 2], repeating: 0.5)
    #expect(lstm(input).hidden == fresh(input).hidden)
  }

  @Test("another precision is the same model")
  func converted() {
    let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 3, layerCount: 2, seed: 1)
    #expect(lstm.converted(to: Double.self).converted(to: Float.self).parameters == lstm.parameters)
  }
}
