import Recurrent
import RecurrentVerification
import Testing

/// Gradients of PyTorch, with weights in its own order and names.
@Suite("Training: what PyTorch computes")
struct GoldenGradientTests {
  static let names = GoldenTests.names.filter { $0.hasPrefix("pytorch") } + NormalizationTests.goldens

  @Test("gradients in Double are the same to 10⁻¹²", arguments: names, Engine.allCases)
  func double(name: String, engine: Engine) throws {
    let golden = try Golden(named: name)
    try compare(golden.layer().on(engine), golden.withGradientsAsWeights().layer(), golden, unit: 1e-13)
  }

  /// In Float a gradient is a sum of some 60 terms (T·N rows, and what comes back through the steps) of factors that are
  /// each off by some u: 10 roundings of independent signs for each of up to 5 steps, so √60·10·u, and six times that.
  @Test("gradients in Float are within a bound for rounding", arguments: names, Engine.allCases)
  func float(name: String, engine: Engine) throws {
    let golden = try Golden(named: name)
    let layer = try golden.layer()
    let single: any VerifiableLayer<Float> =
      switch layer {
      case let lstm as LSTM<Double>: lstm.converted(to: Float.self)
      case let gru as GRU<Double>: gru.converted(to: Float.self)
      default: try #require(layer as? RNN<Double>).converted(to: Float.self)
      }
    try compare(single.on(engine), golden.withGradientsAsWeights().layer(), golden, unit: 0x1p-24 * 50)
  }

  /// Compares every gradient with that of the file, to six units of the largest number of its tensor.
  private func compare<Layer: VerifiableLayer>(
    _ layer: Layer, _ expected: some VerifiableLayer<Double>, _ golden: Golden, unit: Double
  ) throws {
    func state(_ name: String) -> Layer.State {
      Layer.State(components: golden.state(name).map { $0.converted(to: Layer.Scalar.self) })
    }
    let input = golden["input"].converted(to: Layer.Scalar.self)
    var tape = Tape(for: layer, steps: input.shape[0], batchSize: input.shape[1])
    var gradients = layer.parameters.zeros()
    _ = layer.forward(input, lengths: golden.lengths, from: state("initial_"), recording: &tape)
    let inputs = layer.backward(
      OutputGradients(
        hidden: golden["gradient_output"].converted(to: Layer.Scalar.self), final: state("gradient_final_")),
      through: &tape, into: &gradients)

    var wanted: [(String, Tensor<Double>)] = []
    expected.parameters.forEach { wanted.append(($0, $1)) }
    wanted.append(("input", golden["gradient_input"]))
    for (index, tensor) in golden.state("gradient_initial_").enumerated() {
      wanted.append(("initial \(index)", tensor))
    }
    let found = NamedGradients(gradients, inputs)
    try #require(found.tensors.map(\.name) == wanted.map(\.0))
    for ((name, wanted), (_, found)) in zip(wanted, found.tensors) {
      try #require(found.shape == wanted.shape)
      let scale = wanted.elements.map(\.magnitude).max()!
      for (a, b) in zip(wanted.elements, found.elements) {
        #expect((a - Double(b)).magnitude <= 6 * unit * max(scale, 1), "\(golden.system) \(name)")
      }
    }
  }
}
