import Recurrent
import RecurrentVerification
import Testing

/// Layer-normalised layers. Their gradients, bits, streams and regularisation are tested where those of other layers are.
@Suite("Layer normalisation")
struct NormalizationTests {
  static let goldens = ["pytorch-lstm-normalized", "pytorch-gru-normalized"]

  @Test("outputs and states in Double are those of PyTorch's layer_norm to 10⁻¹²", arguments: goldens, Engine.allCases)
  func golden(name: String, engine: Engine) throws {
    let golden = try Golden(named: name)
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) throws {
      let output = layer(
        golden["input"], lengths: golden.lengths, from: Layer.State(components: golden.state("initial_")))
      let found = [output.hidden] + output.final.components
      for (found, wanted) in zip(found, [golden["output"]] + golden.state("final_")) {
        try #require(found.shape == wanted.shape)
        for (a, b) in zip(found.elements, wanted.elements) { #expect((a - b).magnitude <= 1e-12, "\(golden.system)") }
      }
    }
    try check(golden.layer().on(engine))
  }

  static let cases = LayerCase.oneOfEach(
    inputSize: 5, hiddenSize: 9, stepCount: 8, batchSize: 6, lengths: [8, 3, 0, 5, 8, 1]
  ).compactMap(\.normalized)

  @Test("a row of a batch is what it is alone, whatever stands past the ends", arguments: cases)
  func rows(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Float>>(_ layer: Layer) {
      let input = example.input(Float.self)
      let all = layer(input, lengths: example.lengths).hidden
      for (sequence, length) in example.lengthOfEach.enumerated() {
        let width = input.shape[2]
        let elements = (0..<length).flatMap { step in (0..<width).map { input[step, sequence, $0] } }
        let alone = layer(Tensor(shape: [length, 1, width], elements: elements)).hidden
        for step in 0..<length {
          for column in 0..<all.shape[2] { #expect(alone[step, 0, column] == all[step, sequence, column]) }
        }
      }
    }
    check(example.layer(Float.self, .naive))
  }

  @Test("the fused kernels leave it to blas", arguments: cases)
  func fallback(_ example: LayerCase) {
    #expect(example.layer(Float.self, .fused).runningEngine == .blas)
    #expect(example.layer(Double.self, .fused).runningEngine == .blas)
    #expect(example.layer(Float.self, .naive).runningEngine == .naive)
  }

  /// Weights so much larger that ε means nothing, and the same with twice as large ones.
  @Test("the size of the weights does not matter", arguments: cases)
  func scale(_ example: LayerCase) {
    func check<Layer: VerifiableLayer<Double>>(_ layer: Layer) {
      func output(_ factor: Double) -> Tensor<Double> {
        var parameters = layer.parameters
        parameters.updateEach { name, tensor in
          guard name.hasPrefix("matrix") else { return }
          tensor = Tensor(shape: tensor.shape, elements: tensor.elements.map { $0 * factor })
        }
        let scaled = Layer(layer.configuration, parameters: parameters, engine: .naive)
        return scaled(example.input(Double.self), lengths: example.lengths, from: example.initialState(scaled)).hidden
      }
      // At a factor of 10⁵ variances are some 10⁹, so that ε is 10⁻¹⁴ of them.
      for (a, b) in zip(output(1e5).elements, output(2e5).elements) { #expect((a - b).magnitude <= 1e-11) }
    }
    check(example.layer(Double.self, .naive))
  }

  @Test("gains begin with 1 and shifts with 0, and are parameters by name")
  func parameters() {
    let configuration = LSTMConfiguration(inputSize: 3, hiddenSize: 5, layerCount: 2, layerNormalization: .standard)
    let lstm = LSTM<Float>(configuration, seed: 1)
    var found: [String: [Float]] = [:]
    lstm.converted(to: Double.self).converted(to: Float.self).parameters.forEach { found[$0] = $1.elements }
    let ones = [Float](repeating: 1, count: 20)
    #expect(found["inputGain_l0"] == ones && found["recurrentGain_l1"] == ones)
    #expect(found["cellGain_l1"] == Array(ones[..<5]))
    #expect(found["cellShift_l0"] == [Float](repeating: 0, count: 5))
    var plain = configuration
    plain.layerNormalization = nil
    #expect(lstm.parameters.parameterCount == LSTM<Float>(plain, seed: 1).parameters.parameterCount + 2 * 10 * 5)
    // The weights are those of a layer without normalisation.
    #expect(lstm.parameters[layer: 1].matrix == LSTM<Float>(plain, seed: 1).parameters[layer: 1].matrix)
  }

  @Test("its tape is no larger")
  func tape() {
    func byteCount(_ normalization: LayerNormalization?) -> Int {
      let lstm = LSTM<Float>(
        LSTMConfiguration(inputSize: 3, hiddenSize: 17, layerNormalization: normalization), seed: 1)
      return Tape(for: lstm, steps: 50, batchSize: 7).byteCount
    }
    #expect(byteCount(.standard) == byteCount(nil))
  }

  @Test("an input of zeros is no division by zero")
  func zeros() {
    let lstm = LSTM<Double>(
      LSTMConfiguration(inputSize: 3, hiddenSize: 4, layerNormalization: .standard), seed: 1, engine: .naive)
    var tape = Tape(for: lstm, steps: 3, batchSize: 2)
    var gradients = lstm.parameters.zeros()
    let output = lstm.forward(Tensor(shape: [3, 2, 3]), recording: &tape)
    let inputs = lstm.backward(
      OutputGradients(hidden: Tensor(shape: [3, 2, 4], repeating: 1)), through: &tape, into: &gradients)
    #expect(output.hidden.elements.allSatisfy { $0.isFinite })
    #expect(NamedGradients(gradients, inputs).tensors.allSatisfy { $0.tensor.elements.allSatisfy { $0.isFinite } })
  }
}
