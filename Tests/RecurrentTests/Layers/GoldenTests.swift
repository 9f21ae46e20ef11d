import Recurrent
import RecurrentVerification
import Testing

/// Results of PyTorch and ONNX Runtime, with weights in their own order and names.
@Suite("Layers: what other systems compute")
struct GoldenTests {
  static let names = [
    "pytorch-lstm", "pytorch-lstm-projection", "pytorch-gru", "pytorch-rnn-tanh", "pytorch-rnn-relu",
    "onnx-gru-reset-before", "onnx-gru-reset-after", "onnx-lstm-peepholes",
  ]

  @Test("Double is the same to 10⁻¹², or to what the other system's Float allows", arguments: names, Engine.allCases)
  func double(name: String, engine: Engine) throws {
    let golden = try Golden(named: name)
    let layer = try golden.layer().on(engine)
    try compare(layer, with: golden) { bounded in
      golden.precision == .double ? 1e-12 : ErrorReport.confidence * bounded.deviation
    }
  }

  @Test(
    "Float is within the derived bound, twice that where the other system computes in Float", arguments: names,
    Engine.allCases)
  func float(name: String, engine: Engine) throws {
    let golden = try Golden(named: name)
    let layer = try golden.layer()
    let single: any VerifiableLayer<Float> =
      switch layer {
      case let lstm as LSTM<Double>: lstm.converted(to: Float.self)
      case let gru as GRU<Double>: gru.converted(to: Float.self)
      default: try #require(layer as? RNN<Double>).converted(to: Float.self)
      }
    #expect(single.on(.fused).runningEngine == .fused)
    try compare(single.on(engine), with: golden) { bounded in
      (golden.precision == .double ? 1 : 2) * ErrorReport.confidence * bounded.deviation
    }
  }

  /// Compares outputs and final states. The definition says how far Float may be off, and is itself compared.
  private func compare<Layer: VerifiableLayer>(
    _ layer: Layer, with golden: Golden, tolerance: (Bounded) -> Double
  ) throws {
    let input = golden["input"]
    let initial = golden.state("initial_")
    let output = layer(
      input.converted(to: Layer.Scalar.self), lengths: golden.lengths,
      from: Layer.State(components: initial.map { $0.converted(to: Layer.Scalar.self) }))
    let (expected, expectedFinal) = (golden["output"], golden.state("final_"))
    try #require(output.hidden.shape == expected.shape)
    try #require(output.final.components.map(\.shape) == expectedFinal.map(\.shape))
    func check(_ result: Layer.Scalar, _ wanted: Double, _ bounded: Bounded, _ place: String) {
      #expect((Double(result) - wanted).magnitude <= tolerance(bounded), "\(golden.system) \(place)")
    }
    for sequence in 0..<input.shape[1] {
      let length = golden.lengths?[sequence] ?? input.shape[0]
      let definition = layer.reference(.float).run(
        steps: input.sequence(sequence, length: length), from: initial.map { $0.rows(of: sequence) })
      for step in 0..<input.shape[0] {
        for column in 0..<expected.shape[2] {
          let bounded = step < length ? definition.hidden[step][column] : Bounded(0)
          check(
            output.hidden[step, sequence, column], expected[step, sequence, column], bounded,
            "step \(step), sequence \(sequence), column \(column)")
        }
      }
      for (part, component) in output.final.components.enumerated() {
        for index in 0..<component.shape[0] {
          for column in 0..<component.shape[2] {
            check(
              component[index, sequence, column], expectedFinal[part][index, sequence, column],
              definition.final[part][index][column], "final state \(part), \(index), sequence \(sequence), \(column)")
          }
        }
      }
    }
  }
}
