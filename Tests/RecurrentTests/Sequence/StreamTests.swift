import Recurrent
import RecurrentVerification
import Testing

@Suite("Stream")
struct StreamTests {
  static let cases = LSTMCase.all.filter { !$0.configuration.isBidirectional && $0.lengths == nil }

  /// All steps of a [T, N, I] input, one at a time: [T, N, R].
  private func run<Scalar>(_ stream: inout Stream<LSTM<Scalar>>, _ input: Tensor<Scalar>) -> Tensor<Scalar> {
    var rows: [Scalar] = []
    var hidden = Tensor<Scalar>(shape: [stream.batchSize, stream.shape.outputSize])
    for step in 0..<input.shape[0] {
      stream.step(input.steps(step..<step + 1).span, into: hidden.mutableSpan)
      rows += hidden.elements
    }
    return Tensor(shape: [input.shape[0], stream.batchSize, stream.shape.outputSize], elements: rows)
  }

  @Test("T steps are within the bound of the Double definition, as one run is", arguments: cases, Engine.allCases)
  func agreesWithDefinition(_ example: LSTMCase, engine: Engine) {
    let parameters = example.parameters(Float.self)
    let lstm = LSTM(example.configuration, parameters: parameters, engine: engine)
    let input = example.input(Float.self)
    var stream = lstm.stream(batchSize: example.batchSize)
    let hidden = run(&stream, input)
    var report = ErrorReport()
    let reference = ReferenceLSTM(example.configuration, parameters, roundoff: .float)
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

  @Test("T steps are one run, to the last bit where every sum has one order", arguments: cases)
  func isOneRun(_ example: LSTMCase) {
    let lstm = LSTM<Double>(example.configuration, seed: example.seed, engine: .naive)
    let input = example.input(Double.self)
    let initial = example.initialState(Double.self)
    var stream = lstm.stream(batchSize: example.batchSize)
    stream.state = initial
    let hidden = run(&stream, input)
    let whole = lstm(input, from: initial)
    #expect(hidden.hasSameBits(as: whole.hidden))
    #expect(stream.state == whole.final)
  }

  @Test("a row that is reset starts anew, and its neighbours go on", arguments: Engine.allCases)
  func reset(engine: Engine) {
    let lstm = LSTM<Float>(inputSize: 3, hiddenSize: 20, layerCount: 2, seed: 2, engine: engine)
    let frame = Tensor<Float>(shape: [3, 3], elements: (0..<9).map { Float($0) / 9 })
    var hidden = Tensor<Float>(shape: [3, 20])
    var stream = lstm.stream(batchSize: 3)
    stream.step(frame.span, into: hidden.mutableSpan)
    let afterOne = hidden
    stream.step(frame.span, into: hidden.mutableSpan)
    let afterTwo = hidden
    stream.reset()
    #expect(stream.state == lstm.zeroState(batchSize: 3))
    stream.step(frame.span, into: hidden.mutableSpan)
    stream.reset(row: 1)
    stream.step(frame.span, into: hidden.mutableSpan)
    for unit in 0..<20 {
      #expect(hidden[0, unit] == afterTwo[0, unit])
      #expect(hidden[1, unit] == afterOne[1, unit])
      #expect(hidden[2, unit] == afterTwo[2, unit])
    }
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

  @Test("a stream of no sequences is no trouble", arguments: Engine.allCases)
  func empty(engine: Engine) {
    var stream = LSTM<Float>(inputSize: 2, hiddenSize: 4, seed: 2, engine: engine).stream(batchSize: 0)
    var hidden = Tensor<Float>(shape: [0])
    stream.step(Span(), into: hidden.mutableSpan)
    #expect(stream.state.hidden.shape == [1, 0, 4])
    let projected = LSTMConfiguration(inputSize: 1, hiddenSize: 8, projectionSize: 2)
    var none = LSTM<Float>(projected, seed: 2, engine: engine).stream(batchSize: 0)
    none.step(Span(), into: hidden.mutableSpan)
  }
}
