import Recurrent
import RecurrentVerification
import Testing

@Suite("Layers: every engine against the Double definition")
struct LayerParityTests {
  @Test("Float is within the derived bound", arguments: LayerCase.all, Engine.allCases)
  func float(_ example: LayerCase, engine: Engine) { judge(example, example.layer(Float.self, engine)) }

  @Test("Double is within the derived bound", arguments: LayerCase.all, [Engine.naive, .blas])
  func double(_ example: LayerCase, engine: Engine) { judge(example, example.layer(Double.self, engine)) }

  @Test(
    "a layer whose products are normalised is, too", arguments: LayerCase.all.compactMap(\.normalized),
    [Engine.naive, .blas])
  func normalized(_ example: LayerCase, engine: Engine) {
    judge(example, example.layer(Float.self, engine))
    judge(example, example.layer(Double.self, engine))
  }

  @Test("and one that zones out", arguments: LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5), [Engine.naive, .blas])
  func zoneout(_ example: LayerCase, engine: Engine) {
    let example = example.regularized(
      Regularization(hiddenZoneout: 0.25, cellZoneout: example.shape.hasCell ? 0.125 : 0))
    judge(example, example.layer(Float.self, engine))
    judge(example, example.layer(Double.self, engine))
  }

  /// Outputs, final states and every cell state, from a state that is not zero.
  private func judge<Layer: VerifiableLayer>(_ example: LayerCase, _ layer: Layer) {
    let input = example.input(Layer.Scalar.self)
    let initial = example.initialState(layer)
    let output = layer(input, lengths: example.lengths, from: initial, recordingCells: true)
    let reference = layer.reference(.of(Layer.Scalar.self))
    #expect((output.cells != nil) == example.shape.hasCell)

    var report = ErrorReport()
    for sequence in example.judgedSequences {
      let length = example.lengthOfEach[sequence]
      let expected = reference.run(
        steps: input.sequence(sequence, length: length), from: initial.components.map { $0.rows(of: sequence) })
      for step in 0..<example.stepCount {
        for column in 0..<output.hidden.shape[2] {
          let wanted = step < length ? expected.hidden[step][column] : Bounded(0)
          report.compare(Double(output.hidden[step, sequence, column]), with: wanted)
        }
        guard let cells = output.cells else { continue }
        for layer in 0..<example.shape.layerCount {
          for column in 0..<cells.shape[3] {
            let wanted = step < length ? expected.cells[layer][step][column] : Bounded(0)
            report.compare(Double(cells[layer, step, sequence, column]), with: wanted)
          }
        }
      }
      for (part, final) in zip(output.final.components, expected.final) {
        for index in final.indices {
          for (column, wanted) in final[index].enumerated() {
            report.compare(Double(part[index, sequence, column]), with: wanted)
          }
        }
      }
    }
    #expect(
      report.isWithinBound,
      "\(example): error \(report.maxAbsoluteError), \(report.maxShareOfBound) of the bound at its worst")
  }

  @Test("unusual activations are served by every engine, and fused says that it is blas", arguments: Engine.allCases)
  func activations(engine: Engine) {
    let options: [CellOptions] = [
      .lstm(.unusual(.init(gate: .hardSigmoid(alpha: 0.2, beta: 0.5), candidate: .softsign, output: .identity))),
      .lstm(.unusual(.init(candidate: .sigmoid))),
      .lstm(.unusual(.init(candidate: .relu, output: .elu(alpha: 0.7)))),
      .lstm(
        .unusual(.init(candidate: .scaledTanh(alpha: 1.7159, beta: 2.0 / 3), output: .leakyReLU(alpha: 0.1)))),
      .lstm(.unusual(.init(candidate: .affine(alpha: 0.5, beta: 0.1), output: .thresholdedReLU(alpha: 0.05)))),
      .lstm(.unusual(.init(candidate: .softplus))),
      .lstm(.unusual(.init(couplesForget: true))),
      .lstm(
        .unusual(
          .init(
            gate: .clipped(.sigmoid, bound: 0.3), candidate: .clipped(.tanh, bound: 0.3), couplesForget: true))),
      .gru(
        .unusual(
          .init(gate: .clipped(.sigmoid, bound: 0.3), candidate: .clipped(.tanh, bound: 0.2)), .beforeProduct)),
      .rnn(.unusual(.clipped(.relu, bound: 0.2))),
      .gru(.unusual(.init(gate: .hardSigmoid(alpha: 0.2, beta: 0.5)), .afterProduct)),
      .gru(.unusual(.init(candidate: .softsign), .afterProduct)),
      .gru(.unusual(.init(candidate: .relu), .beforeProduct)),
      .rnn(.unusual(.sigmoid)),
      .rnn(.unusual(.elu(alpha: 0.7))),
      .rnn(.unusual(.hardSigmoid(alpha: 0.2, beta: 0.5))),
    ]
    for (index, options) in options.enumerated() {
      let example = LayerCase(options: options, stepCount: 9, batchSize: 4, lengths: [9, 0, 4, 7], seed: UInt64(index))
      judge(example, example.layer(Float.self, engine))
      judge(example, example.layer(Double.self, engine))
      #expect(example.layer(Float.self, engine).runningEngine == (engine == .fused ? .blas : engine))
      #expect(example.layer(Float.self, engine).engine == engine)
    }
  }

  @Test("what the kernels serve runs on them, in Float", arguments: LayerCase.oneOfEach(inputSize: 3, hiddenSize: 5))
  func runningEngine(_ example: LayerCase) {
    #expect(example.layer(Float.self, .fused).runningEngine == .fused)
    #expect(example.layer(Double.self, .fused).runningEngine == .blas)
    #expect(example.layer(Float.self, .naive).on(.blas).runningEngine == .blas)
  }

  // MARK: - The bound must be able to fail

  /// Cases whose units all feel their pre-activation.
  private static let responsive = LayerCase.all.filter { example in
    guard example.stepCount == 7, case .rnn(let configuration) = example.options else { return example.stepCount == 7 }
    return configuration.activation == .tanh
  }

  @Test("the last gate's bias that is off by 0.001 is found", arguments: responsive)
  func biasOff(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      var wrong = layer
      let weights = wrong.parameters[layer: 0]
      for unit in weights.bias.count - example.shape.hiddenSize..<weights.bias.count {
        wrong.parameters[layer: 0].bias[unit] += 0.001
      }
      let input = example.input(Float.self)
      let output = wrong(input, lengths: example.lengths)
      let reference = layer.reference(.float)
      var report = ErrorReport()
      for sequence in example.judgedSequences where example.lengthOfEach[sequence] > 0 {
        let expected = reference.run(
          steps: input.sequence(sequence, length: example.lengthOfEach[sequence]))
        for (column, wanted) in expected.final[0][0].enumerated() {
          report.compare(Double(output.final.components[0][0, sequence, column]), with: wanted)
        }
      }
      let hasSteps = example.judgedSequences.contains { example.lengthOfEach[$0] > 0 }
      #expect(report.isWithinBound == !hasSteps, "\(example): error \(report.maxAbsoluteError)")
    }
    check(example.layer(Float.self, .naive))
  }

  @Test(
    "weights that were rounded to 15 significant bits are found",
    arguments: ["lstm:T25xN1xI512xH512", "lstm:T25xN1xI64xH64", "gru:T4xN1xI512xH512", "rnn:T4xN1xI512xH512"])
  func roundedWeights(text: String) throws {
    let instance = ProblemInstance(try Problem(text), seed: 5)
    func run<Layer: VerifiableLayer<Float>>(_ layer: Layer, roundingTo bits: Int?) -> Tensor<Float> {
      var layer = layer
      if let bits {
        let matrix = layer.parameters[layer: 0].matrix
        layer.parameters[layer: 0].matrix = Tensor(
          shape: matrix.shape, elements: matrix.elements.map { $0.rounded(toSignificantBits: bits) })
      }
      return layer(instance.input).hidden
    }
    let definition = Definition(instance)
    let honest = definition.compare(run(instance.model(.fused), roundingTo: nil))
    let rounded = definition.compare(run(instance.model(.fused), roundingTo: 15))
    #expect(honest.isWithinBound, "\(honest.maxShareOfBound) of the bound")
    #expect(!rounded.isWithinBound, "\(rounded.maxShareOfBound) of the bound")
  }
}

extension LSTMConfiguration {
  fileprivate static func unusual(_ activations: LSTMActivations) -> LSTMConfiguration {
    LSTMConfiguration(
      inputSize: 3, hiddenSize: 17, layerCount: 2, isBidirectional: true, projectionSize: 5, hasPeepholes: true,
      activations: activations)
  }
}

extension GRUConfiguration {
  fileprivate static func unusual(_ activations: GRUActivations, _ reset: GRUReset) -> GRUConfiguration {
    GRUConfiguration(
      inputSize: 3, hiddenSize: 17, layerCount: 2, isBidirectional: true, reset: reset, activations: activations)
  }
}

extension RNNConfiguration {
  fileprivate static func unusual(_ activation: Activation) -> RNNConfiguration {
    RNNConfiguration(inputSize: 3, hiddenSize: 17, layerCount: 2, isBidirectional: true, activation: activation)
  }
}

extension Float {
  /// The nearest number whose significand has so many bits.
  func rounded(toSignificantBits bits: Int) -> Float {
    guard self != 0 else { return self }
    let unit = Float(sign: .plus, exponent: exponent - Exponent(bits - 1), significand: 1)
    return (self / unit).rounded() * unit
  }
}
