import Recurrent
import RecurrentVerification
import Testing

@Suite("Stream")
struct StreamTests {
  /// All steps of a [T, N, I] input, one at a time: [T, N, R].
  private func run<Layer: RecurrentLayer>(
    _ stream: inout Stream<Layer>, _ input: Tensor<Layer.Scalar>
  ) -> Tensor<Layer.Scalar> {
    var rows: [Layer.Scalar] = []
    var hidden = Tensor<Layer.Scalar>(shape: [stream.batchSize, stream.shape.outputSize])
    for step in 0..<input.shape[0] {
      stream.step(input.steps(step..<step + 1).span, into: hidden.mutableSpan)
      rows += hidden.elements
    }
    return Tensor(shape: [input.shape[0], stream.batchSize, stream.shape.outputSize], elements: rows)
  }

  @Test(
    "T steps are within the bound of the Double definition, as one run is", arguments: LayerCase.streamable,
    Engine.allCases)
  func agreesWithDefinition(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let input = example.input(Float.self)
      var stream = layer.stream(batchSize: example.batchSize)
      let hidden = run(&stream, input)
      var report = ErrorReport()
      let reference = layer.reference(.float)
      for sequence in example.judgedSequences {
        let expected = reference.run(steps: input.sequence(sequence, length: example.stepCount))
        for step in 0..<example.stepCount {
          for (column, wanted) in expected.hidden[step].enumerated() {
            report.compare(Double(hidden[step, sequence, column]), with: wanted)
          }
        }
      }
      #expect(report.isWithinBound, "\(example): error \(report.maxAbsoluteError)")
    }
    check(example.layer(Float.self, engine))
  }

  @Test(
    "T steps are one run, to the last bit where every sum has one order", arguments: LayerCase.streamable.withNormalized
  )
  func isOneRun(_ example: LayerCase) {
    func check(_ layer: some VerifiableLayer<Double>) {
      let (input, initial) = (example.input(Double.self), example.initialState(layer))
      var stream = layer.stream(batchSize: example.batchSize)
      stream.state = initial
      let hidden = run(&stream, input)
      let whole = layer(input, from: initial)
      #expect(hidden.hasSameBits(as: whole.hidden))
      #expect(stream.state == whole.final)
    }
    check(example.layer(Double.self, .naive))
  }

  @Test(
    "a row that is reset starts anew, and its neighbours go on",
    arguments: LayerCase.oneOfEach(inputSize: 3, hiddenSize: 20, isBidirectional: false), Engine.allCases)
  func reset(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let frame = Tensor<Float>(shape: [3, 3], elements: (0..<9).map { Float($0) / 9 })
      var hidden = Tensor<Float>(shape: [3, 20])
      var stream = layer.stream(batchSize: 3)
      stream.step(frame.span, into: hidden.mutableSpan)
      let afterOne = hidden
      stream.step(frame.span, into: hidden.mutableSpan)
      let afterTwo = hidden
      stream.reset()
      #expect(stream.state == layer.zeroState(batchSize: 3))
      stream.step(frame.span, into: hidden.mutableSpan)
      stream.reset(row: 1)
      stream.step(frame.span, into: hidden.mutableSpan)
      for unit in 0..<20 {
        #expect(hidden[0, unit] == afterTwo[0, unit])
        #expect(hidden[1, unit] == afterOne[1, unit])
        #expect(hidden[2, unit] == afterTwo[2, unit])
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test("two streams of one model do not know of each other")
  func independence() {
    let lstm = LSTM<Float>(inputSize: 2, hiddenSize: 4, seed: 2)
    var first = lstm.stream(batchSize: 1)
    var second = lstm.stream(batchSize: 1)
    var hidden = Tensor<Float>(shape: [4])
    first.step([1, 2].span, into: hidden.mutableSpan)
    #expect(second.state == lstm.zeroState(batchSize: 1))
    second.state = first.state
    #expect(second.state == first.state)
  }

  @Test(
    "a stream of no sequences is no trouble",
    arguments: LayerCase.oneOfEach(inputSize: 2, hiddenSize: 4, isBidirectional: false), Engine.allCases)
  func empty(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      var stream = layer.stream(batchSize: 0)
      var hidden = Tensor<Float>(shape: [0])
      stream.step(Span(), into: hidden.mutableSpan)
      #expect(stream.state.components[0].shape == [2, 0, 4])
    }
    check(example.layer(Float.self, engine))
  }

  @Test("nor is one with a projection", arguments: Engine.allCases)
  func emptyProjection(engine: Engine) {
    let projected = LSTMConfiguration(inputSize: 1, hiddenSize: 8, projectionSize: 2)
    var stream = LSTM<Float>(projected, seed: 2, engine: engine).stream(batchSize: 0)
    var hidden = Tensor<Float>(shape: [0])
    stream.step(Span(), into: hidden.mutableSpan)
    #expect(hidden.count == 0)
  }
}
