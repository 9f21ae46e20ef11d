import Recurrent
import RecurrentVerification
import Testing

@Suite("LSTM: every engine against the Double definition")
struct LSTMParityTests {
  @Test("Float is within the derived bound", arguments: LSTMCase.all, Engine.allCases)
  func float(_ example: LSTMCase, engine: Engine) { judge(example, engine, Float.self) }

  @Test("Double is within the derived bound", arguments: LSTMCase.all, Engine.allCases)
  func double(_ example: LSTMCase, engine: Engine) { judge(example, engine, Double.self) }

  /// Outputs, final states and every cell state, from a state that is not zero.
  private func judge<Scalar: RecurrentScalar>(_ example: LSTMCase, _ engine: Engine, _: Scalar.Type) {
    let configuration = example.configuration
    let parameters = example.parameters(Scalar.self)
    let lstm = LSTM(configuration, parameters: parameters, engine: engine)
    let input = example.input(Scalar.self)
    let initial = example.initialState(Scalar.self)
    let output = lstm(input, lengths: example.lengths, from: initial, recordingCells: true)
    let reference = ReferenceLSTM(configuration, parameters, roundoff: .of(Scalar.self))

    var report = ErrorReport()
    for sequence in example.judgedSequences {
      let length = example.lengthOfEach[sequence]
      let expected = reference.run(
        steps: input.sequence(sequence, length: length), hidden: initial.hidden.rows(of: sequence),
        cell: initial.cell.rows(of: sequence))
      for step in 0..<example.stepCount {
        for column in 0..<output.hidden.shape[2] {
          let wanted = step < length ? expected.hidden[step][column] : Bounded(0)
          report.compare(Double(output.hidden[step, sequence, column]), with: wanted)
        }
        for layer in 0..<configuration.layerCount {
          for column in 0..<output.cells!.shape[3] {
            let wanted = step < length ? expected.cells[layer][step][column] : Bounded(0)
            report.compare(Double(output.cells![layer, step, sequence, column]), with: wanted)
          }
        }
      }
      for index in expected.finalHidden.indices {
        for (column, wanted) in expected.finalHidden[index].enumerated() {
          report.compare(Double(output.final.hidden[index, sequence, column]), with: wanted)
        }
        for (column, wanted) in expected.finalCell[index].enumerated() {
          report.compare(Double(output.final.cell[index, sequence, column]), with: wanted)
        }
      }
    }
    #expect(
      report.isWithinBound,
      "\(example): error \(report.maxAbsoluteError), \(report.maxShareOfBound) of the bound at its worst")
  }

  /// The bound must be able to fail: biases of one gate that are off by a thousandth are outside it.
  @Test("an output gate's bias that is off by 0.001 is found", arguments: LSTMCase.all.filter { $0.stepCount == 7 })
  func boundIsTight(_ example: LSTMCase) {
    let parameters = example.parameters(Float.self)
    var wrong = parameters
    let hidden = example.configuration.hiddenSize
    for unit in 0..<hidden { wrong[layer: 0].bias[LSTMGate.output.rawValue * hidden + unit] += 0.001 }
    let lstm = LSTM(example.configuration, parameters: wrong)
    let input = example.input(Float.self)
    let output = lstm(input, lengths: example.lengths, recordingCells: true)
    let reference = ReferenceLSTM(example.configuration, parameters, roundoff: .float)
    var report = ErrorReport()
    for sequence in 0..<example.batchSize where example.lengthOfEach[sequence] > 0 {
      let length = example.lengthOfEach[sequence]
      let expected = reference.run(steps: input.sequence(sequence, length: length))
      for (column, wanted) in expected.finalHidden[0].enumerated() {
        report.compare(Double(output.final.hidden[0, sequence, column]), with: wanted)
      }
    }
    let sequencesWithSteps = example.lengthOfEach.filter { $0 > 0 }.count
    #expect(report.isWithinBound == (sequencesWithSteps == 0), "\(example): error \(report.maxAbsoluteError)")
  }

  @Test("unusual activations are served by every engine", arguments: Engine.allCases)
  func activations(engine: Engine) {
    let choices = [
      LSTMActivations(gate: .hardSigmoid(alpha: 0.2, beta: 0.5), candidate: .softsign, output: .identity),
      LSTMActivations(candidate: .sigmoid),
      LSTMActivations(candidate: .relu, output: .elu(alpha: 0.7)),
      LSTMActivations(candidate: .scaledTanh(alpha: 1.7159, beta: 2.0 / 3), output: .leakyReLU(alpha: 0.1)),
      LSTMActivations(candidate: .affine(alpha: 0.5, beta: 0.1), output: .thresholdedReLU(alpha: 0.05)),
      LSTMActivations(candidate: .softplus, output: .tanh),
    ]
    for (index, activations) in choices.enumerated() {
      var example = LSTMCase.all[index]
      example.configuration.activations = activations
      judge(example, engine, Float.self)
      judge(example, engine, Double.self)
    }
  }
}
