import Recurrent
import RecurrentVerification
import Testing

/// The contract on bits: on the engine `fused`, the bits of a sequence's results depend on its inputs and the weights
/// alone. Every comparison here is of bits.
@Suite("Layers: the contract on bits")
struct LayerBitsTests {
  static let cases: [LayerCase] = [
    (1, 1, 1, 1, nil), (3, 17, 2, 6, nil), (64, 64, 1, 9, nil), (17, 33, 3, 13, nil), (40, 100, 1, 7, nil),
    (5, 64, 2, 16, 20), (100, 37, 1, 33, 50),
  ].enumerated().flatMap { index, sizes in
    let (inputSize, hiddenSize, layerCount, batchSize, projectionSize) = sizes
    let stepCount = 11
    return CellOptions.Kind.allCases.map { kind in
      var options = CellOptions(
        kind, inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: index % 2 == 1)
      if case .lstm(var configuration) = options {
        configuration.projectionSize = projectionSize
        configuration.hasPeepholes = index % 3 == 2
        options = .lstm(configuration)
      }
      return LayerCase(
        options: options, stepCount: stepCount, batchSize: batchSize,
        lengths: index % 2 == 0 ? nil : (0..<batchSize).map { ($0 * 5) % (stepCount + 1) }, seed: UInt64(70 + index))
    }
  }

  private func model(
    _ example: LayerCase, threads: Int = 1, _ isa: InstructionSet = .best
  ) throws -> any VerifiableLayer<Float> {
    var layer = example.layer(Float.self, .fused, kernels: try #require(Kernels(isa)))
    #expect(layer.runningEngine == .fused)
    layer.team = ThreadTeam(memberCount: threads)
    return layer
  }

  /// What a layer makes of a case, its state taken apart.
  private struct Result {
    var hidden: Tensor<Float>
    var final: [Tensor<Float>]
    var cells: Tensor<Float>?
  }

  private func run(_ layer: any VerifiableLayer<Float>, _ example: LayerCase, _ input: Tensor<Float>) -> Result {
    func run(_ layer: some VerifiableLayer<Float>) -> Result {
      let output = layer(
        input, lengths: example.lengths, from: example.initialState(layer), recordingCells: true)
      return Result(hidden: output.hidden, final: output.final.components, cells: output.cells)
    }
    return run(layer)
  }

  private func expectSame(_ a: Result, _ b: Result, _ comment: Comment) {
    #expect(a.hidden.hasSameBits(as: b.hidden), comment)
    for (part, other) in zip(a.final, b.final) { #expect(part.hasSameBits(as: other), comment) }
    if let cells = a.cells, let others = b.cells { #expect(cells.hasSameBits(as: others), comment) }
  }

  @Test("1 to 4 threads", arguments: cases)
  func threads(_ example: LayerCase) throws {
    let input = example.input(Float.self)
    let expected = run(try model(example), example, input)
    for threads in 2...4 {
      let layer = try model(example, threads: threads)
      for _ in 0..<3 { expectSame(run(layer, example, input), expected, "\(example) on \(threads) threads") }
    }
  }

  @Test("every instruction set of this machine", arguments: cases)
  func instructionSets(_ example: LayerCase) throws {
    let input = example.input(Float.self)
    let expected = run(try model(example), example, input)
    for isa in InstructionSet.available {
      expectSame(run(try model(example, threads: 2, isa), example, input), expected, "\(example) in \(isa)")
    }
  }

  @Test("alone or in a batch, in any row, beside NaN", arguments: cases)
  func neighbours(_ example: LayerCase) throws {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      var input = example.input(Float.self)
      let initial = example.initialState(layer)
      let together = layer(input, lengths: example.lengths, from: initial)
      for sequence in 0..<example.batchSize {
        let one = sequence..<sequence + 1
        let length = example.lengthOfEach[sequence]
        let alone = layer(input.sequences(one).steps(0..<length), from: initial.sequences(one))
        #expect(together.hidden.sequences(one).steps(0..<length).hasSameBits(as: alone.hidden), "\(example)")
        #expect(together.final.sequences(one).hasSameBits(as: alone.final), "\(example)")
      }
      // Every sequence but the last becomes NaN.
      let last = example.batchSize - 1
      var poison = initial.components
      for sequence in 0..<last {
        for step in 0..<example.stepCount { input[step, sequence, 0] = .nan }
        poison[0][0, sequence, 0] = .nan
      }
      let poisoned = layer(input, lengths: example.lengths, from: Layer.State(components: poison))
      #expect(
        poisoned.hidden.sequences(last..<last + 1).hasSameBits(as: together.hidden.sequences(last..<last + 1)),
        "\(example)")
    }
    check(try model(example, threads: 2))
  }

  @Test("whole, in chunks, step by step", arguments: cases.filter { !$0.isBidirectional })
  func chunks(_ example: LayerCase) throws {
    func check(_ layer: some VerifiableLayer<Float>) {
      let (input, initial) = (example.input(Float.self), example.initialState(layer))
      let whole = layer(input, from: initial)
      for size in [1, 2, 5] {
        var (state, rows) = (initial, [Float]())
        for start in stride(from: 0, to: example.stepCount, by: size) {
          let chunk = layer(input.steps(start..<min(start + size, example.stepCount)), from: state)
          state = chunk.final
          rows += chunk.hidden.elements
        }
        #expect(Tensor(shape: whole.hidden.shape, elements: rows).hasSameBits(as: whole.hidden), "\(example)")
        #expect(state.hasSameBits(as: whole.final), "\(example)")
      }
      var stream = layer.stream(batchSize: example.batchSize)
      stream.state = initial
      var hidden = Tensor<Float>(shape: [example.batchSize, example.shape.outputSize])
      for step in 0..<example.stepCount {
        stream.step(input.steps(step..<step + 1).span, into: hidden.mutableSpan)
        #expect(hidden.elements == whole.hidden.steps(step..<step + 1).elements, "\(example) step \(step)")
      }
      #expect(stream.state.hasSameBits(as: whole.final), "\(example)")
    }
    check(try model(example, threads: 2))
  }

  @Test("padded or not", arguments: cases.filter { $0.lengths != nil })
  func padding(_ example: LayerCase) throws {
    func check(_ layer: some VerifiableLayer<Float>) {
      let input = example.input(Float.self)
      let longest = example.lengthOfEach.max()!
      let output = layer(input, lengths: example.lengths)
      let shorter = layer(input.steps(0..<longest), lengths: example.lengths)
      #expect(output.hidden.steps(0..<longest).hasSameBits(as: shorter.hidden))
      let batchMajor = layer(input.swapped, lengths: example.lengths, layout: .batchMajor)
      #expect(batchMajor.hidden.swapped.hasSameBits(as: output.hidden))
    }
    check(try model(example, threads: 2))
  }

  @Test(
    "sizes that change how work is shared out",
    arguments: [1, 2, 4, 5, 11, 12, 24, 40].flatMap { batchSize in
      LayerCase.oneOfEach(
        inputSize: 24, hiddenSize: 72, layerCount: 1, isBidirectional: false, stepCount: 60, batchSize: batchSize)
    }, [1, 2, 3])
  func sharing(_ example: LayerCase, threads: Int) throws {
    // Hoisted or not, by panels or by rows, in one block or in several: a sequence alone on one thread is the measure.
    func hidden(_ layer: some VerifiableLayer<Float>, _ input: Tensor<Float>) -> Tensor<Float> { layer(input).hidden }
    let input = example.input(Float.self)
    let last = example.batchSize - 1..<example.batchSize
    let together = hidden(try model(example, threads: threads), input)
    let alone = hidden(try model(example), input.sequences(last))
    #expect(together.sequences(last).hasSameBits(as: alone))
  }

  /// Layers and directions that are small enough to go on side by side, on halves of the team.
  static let companies: [LayerCase] = [(1, true, 1), (2, true, 5), (2, false, 1), (3, false, 4), (5, false, 2)].flatMap
  {
    (layerCount: Int, isBidirectional: Bool, batchSize: Int) in
    [nil, (0..<batchSize).map { max(60 - 13 * $0, 0) }].flatMap { lengths in
      CellOptions.Kind.allCases.map { kind in
        LayerCase(
          options: CellOptions(
            kind, inputSize: 24, hiddenSize: 72, layerCount: layerCount, isBidirectional: isBidirectional),
          stepCount: 60, batchSize: batchSize, lengths: lengths, seed: 90)
      }
    }
  }

  @Test("directions and layers side by side", arguments: companies)
  func company(_ example: LayerCase) throws {
    let input = example.input(Float.self)
    let expected = run(try model(example), example, input)
    for threads in 2...5 {
      let layer = try model(example, threads: threads)
      for _ in 0..<3 { expectSame(run(layer, example, input), expected, "\(example) on \(threads) threads") }
    }
  }

  @Test("members that lose patience and part in the midst of a call", arguments: cases + companies)
  func parting(_ example: LayerCase) throws {
    let input = example.input(Float.self)
    let expected = run(try model(example), example, input)
    for threads in 2...4 {
      for _ in 0..<3 {
        var layer = try model(example)
        layer.team = ThreadTeam(memberCount: threads, patience: 0)
        expectSame(run(layer, example, input), expected, "\(example) on \(threads) threads")
      }
    }
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
