import Recurrent
import RecurrentVerification
import Testing

@Suite("Gradients: every engine against the chain rule in Double")
struct GradientDefinitionTests {
  static let problems = [
    "lstm:T25xN4xI40xH64", "gru:T25xN4xI40xH64", "gru:T25xN4xI40xH64xbefore", "rnn:T25xN4xI40xH64",
    "rnn:T12xN5xI9xH33xrelu", "lstm:T150xN2xI8xH16", "gru:T150xN1xI8xH16", "lstm:T7xN19xI5xH8xL2",
    "lstm:T12xN5xI9xH33xL2xbixragged", "gru:T12xN5xI9xH17xL2xraggedxbefore", "rnn:T12xN5xI9xH33xbixraggedxrelu",
    "lstm:T80xN3xI9xH32xdecay", "gru:T80xN3xI9xH32xdecay", "gru:T80xN3xI9xH32xbeforexdecay",
    "rnn:T80xN3xI9xH32xdecay",
  ]

  /// Half of what passes, so that an engine which adds in yet another order has room.
  @Test("Float is within the derived bound, with room", arguments: problems, Engine.allCases)
  func float(text: String, engine: Engine) throws {
    let instance = ProblemInstance(try Problem(text), seed: 3)
    let report = GradientDefinition(instance).compare(Training(instance, engine).results)
    #expect(report.isWithinBound && report.maxShareOfBound < 0.5, "\(report.maxShareOfBound) of the bound")
  }

  /// More than the 400 rows of a block each.
  @Test(
    "a tape with checkpoints is within it, too",
    arguments: [
      "lstm:T250xN2xI8xH16", "gru:T450xN1xI8xH16", "gru:T150xN3xI9xH17xL2xbefore", "rnn:T150xN3xI9xH33xbixrelu",
      "lstm:T40xN33xI9xH17xL2xbixragged",
    ])
  func checkpoints(text: String) throws {
    let instance = ProblemInstance(try Problem(text), seed: 3)
    let report = GradientDefinition(instance).compare(Training(instance, .fused, isOnLeastTape: true).results)
    #expect(report.isWithinBound, "\(report.maxShareOfBound) of the bound")
  }

  /// The one knows the cells' equations and the chain rule, the other has its way back worked out by hand.
  @Test(
    "naive in Double is the same to the rounding of Double",
    arguments: LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5, stepCount: 6, batchSize: 4, lengths: [6, 0, 3, 6])
      + LayerCase.oneOfEach(inputSize: 9, hiddenSize: 17, layerCount: 1, isBidirectional: false, stepCount: 30))
  func double(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
      let probe = TrainingProbe(example, layer, .hidden)
      let reference = ReferenceGradients(
        of: layer, probe.input, lengths: probe.lengths, from: probe.initial, outputGradient: probe.outputs.hidden!,
        .double)
      let report = reference.compare([probe.run().hidden] + probe.gradients().tensors.map(\.tensor))
      #expect(report.isWithinBound, "\(example): \(report.maxShareOfBound) of the bound")
    }
    check(example.layer(Double.self, .naive))
  }

  // MARK: - The bound must be able to fail

  static let judged = [
    "lstm:T8xN4xI64xH64", "gru:T8xN4xI64xH64", "gru:T8xN4xI64xH64xbefore", "rnn:T8xN4xI64xH64",
    "lstm:T25xN2xI128xH128",
  ]

  @Test("weights that were rounded to 15 significant bits are found", arguments: judged)
  func roundedWeights(text: String) throws {
    let instance = ProblemInstance(try Problem(text), seed: 5)
    let honest = Training(instance, .fused).results
    var wrong = Training(instance, .fused, roundingWeightsTo: 15).results
    wrong[0] = honest[0]  // so that gradients alone decide
    let definition = GradientDefinition(instance)
    #expect(definition.compare(honest).isWithinBound)
    let report = definition.compare(wrong)
    #expect(!report.isWithinBound, "\(report.maxShareOfBound) of the bound")
  }

  @Test("each tensor's gradient that is missing is found", arguments: judged)
  func missingTensor(text: String) throws {
    let instance = ProblemInstance(try Problem(text), seed: 5)
    let honest = Training(instance, .fused).results
    let definition = GradientDefinition(instance)
    for index in honest.indices {
      var wrong = honest
      wrong[index] = Tensor(shape: honest[index].shape)
      #expect(!definition.compare(wrong).isWithinBound, "result \(index)")
    }
  }

  @Test("weights' gradients without one step's part are found", arguments: judged)
  func missingStep(text: String) throws {
    let instance = ProblemInstance(try Problem(text), seed: 5)
    let training = Training(instance, .fused)
    let definition = GradientDefinition(instance)
    let short = training.weightGradientsWithoutFirstStep
    for index in short.indices {
      var wrong = training.results
      wrong[1 + index] = short[index]
      #expect(!definition.compare(wrong).isWithinBound, "weights \(index)")
    }
  }

  @Test("a number that is not one is found")
  func notANumber() throws {
    let instance = ProblemInstance(try Problem("gru:T3xN2xI4xH5"), seed: 5)
    var wrong = Training(instance, .naive).results
    var elements = wrong[2].elements
    elements[3] = .nan
    wrong[2] = Tensor(shape: wrong[2].shape, elements: elements)
    #expect(!GradientDefinition(instance).compare(wrong).isWithinBound)
  }

  @Test(
    "large problems are checked over fewer steps, small ones over all",
    arguments: [
      ("lstm:T25xN16xI64xH64", 25...25), ("lstm:T25xN128xI512xH512", 2...8), ("gru:T187xN32xI1024xH1024", 2...8),
      ("lstm:T3xN256xI2048xH2048", 2...2), ("lstm:T1xN256xI2048xH2048", 1...1),
    ])
  func affordable(text: String, steps: ClosedRange<Int>) throws {
    #expect(steps.contains(GradientDefinition.affordable(try Problem(text)).stepCount))
  }
}

/// A problem's run forward and back: h of every step and all gradients, in the order of `ProblemDefinition`.
private struct Training {
  private(set) var results: [Tensor<Float>] = []
  /// What the weights' gradients are where the run begins with the second step, at the state after the first.
  private(set) var weightGradientsWithoutFirstStep: [Tensor<Float>] = []

  init(_ instance: ProblemInstance, _ engine: Engine, isOnLeastTape: Bool = false, roundingWeightsTo bits: Int? = nil) {
    run(instance, instance.model(engine), isOnLeastTape: isOnLeastTape, roundingWeightsTo: bits)
  }

  private mutating func run<Layer: VerifiableLayer<Float>>(
    _ instance: ProblemInstance, _ layer: Layer, isOnLeastTape: Bool, roundingWeightsTo bits: Int?
  ) {
    var layer = layer
    if let bits {
      layer.parameters.updateEach { _, tensor in
        tensor = Tensor(shape: tensor.shape, elements: tensor.elements.map { $0.rounded(toSignificantBits: bits) })
      }
    }
    let (input, gradient) = (instance.input, instance.outputGradient)
    let (stepCount, batchSize) = (input.shape[0], input.shape[1])
    let least = Tape.leastByteCount(for: layer, steps: stepCount, batchSize: batchSize)
    let whole = Tape.wholeByteCount(for: layer, steps: stepCount, batchSize: batchSize)
    #expect(!isOnLeastTape || least < whole, "a tape that keeps everything")
    var tape = Tape(
      for: layer, steps: stepCount, batchSize: batchSize, memoryLimit: isOnLeastTape ? .bytes(least) : nil)
    var weights = layer.parameters.zeros()
    let initial = instance.initialState(of: layer)
    let hidden = layer.forward(input, lengths: instance.lengths, from: initial, recording: &tape).hidden
    let inputs = layer.backward(OutputGradients(hidden: gradient), through: &tape, into: &weights)
    results = [hidden]
    weights.forEach { results.append($1) }
    results += [inputs.input] + inputs.initial.components

    guard stepCount > 1, instance.lengths == nil else { return }
    let second = layer(input.steps(0..<1), from: initial).final
    _ = layer.forward(input.steps(1..<stepCount), from: second, recording: &tape)
    layer.backward(OutputGradients(hidden: gradient.steps(1..<stepCount)), through: &tape, into: &weights)
    weights.forEach { weightGradientsWithoutFirstStep.append($1) }
  }
}
