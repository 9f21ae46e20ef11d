import Recurrent
import Testing

/// The contract on bits: on the engine `fused`, the bits of a sequence's results depend on its inputs and the weights
/// alone. Every comparison here is of bits.
@Suite("LSTM: the contract on bits")
struct LSTMBitsTests {
  static let cases: [LSTMCase] = [
    (1, 1, 1, 1, nil), (3, 17, 2, 6, nil), (64, 64, 1, 9, nil), (17, 33, 3, 13, nil), (40, 100, 1, 7, nil),
    (5, 64, 2, 16, 20), (100, 37, 1, 33, 50),
  ].enumerated().map { index, sizes in
    let (inputSize, hiddenSize, layerCount, batchSize, projectionSize) = sizes
    let stepCount = 11
    return LSTMCase(
      configuration: LSTMConfiguration(
        inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: index % 2 == 1,
        projectionSize: projectionSize, hasPeepholes: index % 3 == 2),
      stepCount: stepCount, batchSize: batchSize,
      lengths: index % 2 == 0 ? nil : (0..<batchSize).map { ($0 * 5) % (stepCount + 1) }, seed: UInt64(70 + index))
  }

  private func model(_ example: LSTMCase, threads: Int = 1, _ isa: InstructionSet = .best) throws -> LSTM<Float> {
    var lstm = LSTM(
      example.configuration, parameters: example.parameters(Float.self), engine: .fused,
      kernels: try #require(Kernels(isa)))
    #expect(lstm.runningEngine == .fused)
    lstm.team = ThreadTeam(memberCount: threads)
    return lstm
  }

  private func expectSame(
    _ a: SequenceOutput<LSTM<Float>.State>, _ b: SequenceOutput<LSTM<Float>.State>, _ comment: Comment
  ) {
    #expect(a.hidden.hasSameBits(as: b.hidden), comment)
    #expect(a.final.hidden.hasSameBits(as: b.final.hidden), comment)
    #expect(a.final.cell.hasSameBits(as: b.final.cell), comment)
    if let cells = a.cells, let others = b.cells { #expect(cells.hasSameBits(as: others), comment) }
  }

  @Test("1 to 4 threads", arguments: cases)
  func threads(_ example: LSTMCase) throws {
    let (input, initial) = (example.input(Float.self), example.initialState(Float.self))
    let expected = try model(example)(input, lengths: example.lengths, from: initial, recordingCells: true)
    for threads in 2...4 {
      let lstm = try model(example, threads: threads)
      for _ in 0..<3 {
        let output = lstm(input, lengths: example.lengths, from: initial, recordingCells: true)
        expectSame(output, expected, "\(example) on \(threads) threads")
      }
    }
  }

  @Test("every instruction set of this machine", arguments: cases)
  func instructionSets(_ example: LSTMCase) throws {
    let (input, initial) = (example.input(Float.self), example.initialState(Float.self))
    let expected = try model(example)(input, lengths: example.lengths, from: initial)
    for isa in InstructionSet.available {
      let output = try model(example, threads: 2, isa)(input, lengths: example.lengths, from: initial)
      expectSame(output, expected, "\(example) in \(isa)")
    }
  }

  @Test("alone or in a batch, in any row, beside NaN", arguments: cases)
  func neighbours(_ example: LSTMCase) throws {
    let lstm = try model(example, threads: 2)
    var (input, initial) = (example.input(Float.self), example.initialState(Float.self))
    let together = lstm(input, lengths: example.lengths, from: initial)
    for sequence in 0..<example.batchSize {
      let one = sequence..<sequence + 1
      let length = example.lengthOfEach[sequence]
      let state = LSTM<Float>.State(hidden: initial.hidden.sequences(one), cell: initial.cell.sequences(one))
      let alone = lstm(input.sequences(one).steps(0..<length), from: state)
      #expect(together.hidden.sequences(one).steps(0..<length).hasSameBits(as: alone.hidden), "\(example)")
      #expect(together.final.cell.sequences(one).hasSameBits(as: alone.final.cell), "\(example)")
    }
    // Every sequence but the last becomes NaN.
    let last = example.batchSize - 1
    for sequence in 0..<last {
      for step in 0..<example.stepCount { input[step, sequence, 0] = .nan }
      initial.hidden[0, sequence, 0] = .nan
    }
    let poisoned = lstm(input, lengths: example.lengths, from: initial)
    #expect(
      poisoned.hidden.sequences(last..<last + 1).hasSameBits(as: together.hidden.sequences(last..<last + 1)),
      "\(example)")
  }

  @Test("whole, in chunks, step by step", arguments: cases.filter { !$0.configuration.isBidirectional })
  func chunks(_ example: LSTMCase) throws {
    let lstm = try model(example, threads: 2)
    let (input, initial) = (example.input(Float.self), example.initialState(Float.self))
    let whole = lstm(input, from: initial)
    for size in [1, 2, 5] {
      var (state, rows) = (initial, [Float]())
      for start in stride(from: 0, to: example.stepCount, by: size) {
        let chunk = lstm(input.steps(start..<min(start + size, example.stepCount)), from: state)
        state = chunk.final
        rows += chunk.hidden.elements
      }
      #expect(Tensor(shape: whole.hidden.shape, elements: rows).hasSameBits(as: whole.hidden), "\(example)")
      #expect(state.cell.hasSameBits(as: whole.final.cell), "\(example)")
    }
    var stream = lstm.stream(batchSize: example.batchSize)
    stream.state = initial
    var hidden = Tensor<Float>(shape: [example.batchSize, example.configuration.outputSize])
    for step in 0..<example.stepCount {
      stream.step(input.steps(step..<step + 1).span, into: hidden.mutableSpan)
      #expect(hidden.elements == whole.hidden.steps(step..<step + 1).elements, "\(example) step \(step)")
    }
    #expect(stream.state.cell.hasSameBits(as: whole.final.cell), "\(example)")
  }

  @Test("padded or not", arguments: cases.filter { $0.lengths != nil })
  func padding(_ example: LSTMCase) throws {
    let lstm = try model(example, threads: 2)
    let input = example.input(Float.self)
    let longest = example.lengthOfEach.max()!
    let output = lstm(input, lengths: example.lengths)
    let shorter = lstm(input.steps(0..<longest), lengths: example.lengths)
    #expect(output.hidden.steps(0..<longest).hasSameBits(as: shorter.hidden))
    let batchMajor = lstm(input.swapped, lengths: example.lengths, layout: .batchMajor)
    #expect(batchMajor.hidden.swapped.hasSameBits(as: output.hidden))
  }

  @Test("sizes that change how work is shared out", arguments: [1, 2, 4, 5, 11, 12, 24, 40], [1, 2, 3])
  func sharing(batchSize: Int, threads: Int) throws {
    // Hoisted or not, by panels or by rows, in one block or in several: a sequence alone on one thread is the measure.
    let example = LSTMCase(
      configuration: LSTMConfiguration(inputSize: 24, hiddenSize: 72), stepCount: 60, batchSize: batchSize,
      lengths: nil, seed: 9)
    let input = example.input(Float.self)
    let output = try model(example, threads: threads)(input)
    let alone = try model(example)(input.sequences(batchSize - 1..<batchSize))
    #expect(output.hidden.sequences(batchSize - 1..<batchSize).hasSameBits(as: alone.hidden))
  }

  @Test("denormals are flushed within a call, and the caller's arithmetic is as before")
  func denormals() throws {
    // Without input and bias, C halves with every step, and is denormal, or zero, after some 150.
    let configuration = LSTMConfiguration(inputSize: 2, hiddenSize: 20)
    var parameters = LSTMParameters<Float>(configuration, initialization: .uniform, seed: 3)
    parameters[layer: 0].bias = Tensor(shape: [80])
    var lstm = LSTM(configuration, parameters: parameters)
    lstm.team = ThreadTeam(memberCount: 2)
    let initial = LSTM<Float>.State(
      hidden: Tensor(shape: [1, 1, 20], repeating: 0.5), cell: Tensor(shape: [1, 1, 20], repeating: 0.5))
    let output = lstm(Tensor(shape: [400, 1, 2]), from: initial, recordingCells: true)
    #expect(output.cells!.elements.allSatisfy { $0 == 0 || $0.magnitude >= Float.leastNormalMagnitude })
    #expect(output.final.cell.elements.allSatisfy { $0 == 0 })
    let least = initial.cell[0, 0, 0] * 2 * Float.leastNormalMagnitude
    #expect(least / 2 > 0)
  }
}
