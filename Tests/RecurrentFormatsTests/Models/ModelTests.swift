import Recurrent
import RecurrentFormats
import Testing

@Suite("Our own models in a tensor file")
struct ModelTests {
  static let chance = Regularization(
    dropout: 0.1, inputDropout: 0.2, recurrentDropout: 0.3, hiddenZoneout: 0.4, dropConnect: 0.6)

  static let lstms: [LSTMConfiguration] = [
    LSTMConfiguration(inputSize: 2, hiddenSize: 3),
    LSTMConfiguration(inputSize: 2, hiddenSize: 3, layerCount: 2, isBidirectional: true, hasPeepholes: true),
    LSTMConfiguration(inputSize: 2, hiddenSize: 3, layerCount: 3, projectionSize: 2, hasPeepholes: true),
    LSTMConfiguration(
      inputSize: 2, hiddenSize: 3,
      activations: LSTMActivations(
        gate: .hardSigmoid(alpha: 0.2, beta: 0.5), candidate: .scaledTanh(alpha: 1.7159, beta: 2.0 / 3),
        output: .softsign),
      regularization: Regularization(cellZoneout: 0.5)),
    LSTMConfiguration(
      inputSize: 2, hiddenSize: 3,
      activations: LSTMActivations(gate: .softplus, candidate: .elu(alpha: 0.1), output: .leakyReLU(alpha: 0.3)),
      regularization: chance),
    LSTMConfiguration(
      inputSize: 2, hiddenSize: 3, layerCount: 2, isBidirectional: true, hasPeepholes: true,
      activations: LSTMActivations(
        gate: .clipped(.sigmoid, bound: 0.1), candidate: .clipped(.scaledTanh(alpha: 1.7, beta: 0.6), bound: 3),
        output: .clipped(.tanh, bound: .infinity), couplesForget: true)),
    LSTMConfiguration(inputSize: 2, hiddenSize: 3, layerCount: 2, isBidirectional: true, layerNormalization: .standard),
    LSTMConfiguration(
      inputSize: 2, hiddenSize: 3, activations: LSTMActivations(candidate: .clipped(.softsign, bound: 2)),
      layerNormalization: LayerNormalization(epsilon: 0.1 + 0.2), regularization: chance),
  ]

  static let grus: [GRUConfiguration] = [
    .init(
      inputSize: 2, hiddenSize: 3, layerCount: 2, isBidirectional: true, reset: .afterProduct,
      activations: .init(gate: .affine(alpha: 0.5, beta: 0.1), candidate: .thresholdedReLU(alpha: 0.2)),
      regularization: chance),
    .init(
      inputSize: 2, hiddenSize: 3, layerCount: 2, reset: .beforeProduct,
      activations: .init(gate: .clipped(.sigmoid, bound: 0.4), candidate: .clipped(.elu(alpha: 0.1), bound: 3))),
    .init(
      inputSize: 2, hiddenSize: 3, layerCount: 2, isBidirectional: true,
      layerNormalization: LayerNormalization(epsilon: 1e-3), regularization: chance),
  ]

  /// A layer all of whose numbers are different, gains too, which are 1 at first.
  private func layer<Layer: RecurrentLayer>(_: Layer.Type, _ configuration: Layer.Weights.Configuration) -> Layer {
    var layer = Layer(configuration, seed: 1)
    var generator = SeededGenerator(seed: 2)
    layer.parameters.updateEach { _, tensor in
      for index in 0..<tensor.count { tensor[index] += Layer.Scalar(generator.uniform(-0.1, 0.1)) }
    }
    return layer
  }

  /// Whether a layer that is read has the parameters of the one that was written, and computes the same to the last bit.
  private func expectSame<Layer: RecurrentLayer>(_ read: Layer, as layer: Layer) {
    let shape = [5, 3, layer.configuration.inputSize]
    let elements = (0..<shape.reduce(1, *)).map { Layer.Scalar($0 * 7 % 11) / 4 - 1 }
    let input = Tensor<Layer.Scalar>(shape: shape, elements: elements)
    #expect(read.configuration == layer.configuration)
    #expect(read.parameters == layer.parameters)
    #expect(read(input).hidden == layer(input).hidden)
  }

  @Test("an LSTM comes back with all options", arguments: lstms)
  func lstm(configuration: LSTMConfiguration) throws {
    let lstm = layer(LSTM<Double>.self, configuration)
    var file = TensorFile()
    file.set(lstm, named: "encoder")
    expectSame(try LSTM<Double>(TensorFile(decoding: file.encoded())), as: lstm)
    #expect(try file.layer().parameterCount == lstm.parameters.parameterCount)
  }

  @Test("a GRU comes back with all options", arguments: grus)
  func gru(configuration: GRUConfiguration) throws {
    let gru = layer(GRU<Float>.self, configuration)
    var file = TensorFile()
    file.set(gru)
    expectSame(try GRU<Float>(TensorFile(decoding: file.encoded())), as: gru)
  }

  @Test("of bounds within bounds the least comes back, which is the same function")
  func bounds() throws {
    let nested = Activation.clipped(.clipped(.clipped(.tanh, bound: 2), bound: 0.25), bound: 0.5)
    let rnn = RNN<Float>(inputSize: 2, hiddenSize: 3, activation: nested, seed: 1)
    var file = TensorFile()
    file.set(rnn)
    let read = try RNN<Float>(file)
    #expect(read.configuration.activation == .clipped(.tanh, bound: 0.25))
    for x in stride(from: -3.0, through: 3, by: 0.125) { #expect(read.configuration.activation(x) == nested(x)) }
  }

  @Test("PyTorch has no layer with these options, which the error names")
  func beyondPyTorch() {
    func refusal<Layer: RecurrentLayer>(_: Layer.Type, _ configuration: Layer.Weights.Configuration) -> String?
    where Layer.Weights: StorableWeights {
      var file = TensorFile()
      let error = #expect(throws: TensorFileError.self) { try file.set(pyTorch: Layer(configuration, seed: 1)) }
      #expect(file.names.isEmpty)
      return error?.description
    }
    var lstm = LSTMConfiguration(inputSize: 2, hiddenSize: 3, layerNormalization: .standard)
    #expect(refusal(LSTM<Float>.self, lstm)?.contains("LSTM with layer normalisation") == true)
    lstm.layerNormalization = nil
    lstm.activations.couplesForget = true
    #expect(refusal(LSTM<Float>.self, lstm)?.contains("couplesForget: true") == true)
    let gru = GRUConfiguration(inputSize: 2, hiddenSize: 3, layerNormalization: .standard)
    #expect(refusal(GRU<Float>.self, gru)?.contains("GRU with layer normalisation") == true)
  }

  @Test(
    "a plain RNN comes back with its activation",
    arguments: [Activation.tanh, .relu, .identity, .sigmoid, .softsign, .elu(alpha: 0.3), .elu(alpha: .infinity)])
  func rnn(activation: Activation) throws {
    let rnn = RNN<Float>(inputSize: 2, hiddenSize: 3, activation: activation, seed: 1)
    var file = TensorFile()
    file.set(rnn, named: "a")
    #expect(try RNN<Float>(file).configuration == rnn.configuration)
    #expect(try RNN<Float>(file, activation: activation).parameters == rnn.parameters)
    #expect(throws: TensorFileError.self) { try RNN<Float>(file, activation: .softplus) }
  }

  @Test("layers live side by side, by name, and one that is set again is replaced")
  func several() throws {
    var file = TensorFile()
    file.set(LSTM<Float>(inputSize: 2, hiddenSize: 3, layerCount: 2, seed: 1), named: "encoder.lstm")
    file.set(GRU<Float>(inputSize: 2, hiddenSize: 3, seed: 2), named: "decoder")
    #expect(throws: TensorFileError.severalLayers(["decoder", "encoder.lstm"])) { try file.layer() }
    #expect(throws: TensorFileError.noLayer("lstm", known: ["decoder", "encoder.lstm"])) {
      try file.layer(named: "lstm")
    }
    let error = #expect(throws: TensorFileError.self) { try GRU<Float>(file, named: "encoder.lstm") }
    #expect(error?.description == "the layer 'encoder.lstm' is LSTM, not GRU")
    file.set(RNN<Float>(inputSize: 2, hiddenSize: 3, seed: 3), named: "encoder.lstm")
    #expect(try file.layer(named: "encoder.lstm").configuration.cellName == "RNN")
    #expect(
      file.names == ["decoder.bias_l0", "decoder.matrix_l0", "decoder.recurrentBias_l0"] + [
        "encoder.lstm.bias_l0", "encoder.lstm.matrix_l0",
      ])
    #expect(throws: TensorFileError.noLayer("", known: [])) { try TensorFile().layer() }
  }

  /// A record of an LSTM with `change` made to its text.
  static func file(_ change: (String) -> String) throws -> TensorFile {
    var file = TensorFile()
    file.set(LSTM<Float>(inputSize: 2, hiddenSize: 3, seed: 1), named: "a")
    let key = try #require(file.metadata.keys.first)
    file.metadata[key] = change(file.metadata[key]!)
    return file
  }

  static let lies: [(old: String, new: String, word: String)] = [
    ("\"version\":1", "\"version\":2", "version 2"),
    ("\"version\":1", "\"version\":1,\"layerNorm\":true", "'layerNorm'"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":0", "epsilon of 0"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":-1", "epsilon of -1"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":\"nan\"", "epsilon of nan"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":\"inf\"", "epsilon of inf"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":true", "JSON"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":0.1", "a.inputGain_l0"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":0.1,\"projectionSize\":2", "projection"),
    ("\"version\":1", "\"version\":1,\"normalizationEpsilon\":0.1,\"couplesForget\":true", "1 - i"),
    ("\"version\":1", "\"version\":1,\"couplesForget\":1", "JSON"),
    ("\"cell\":\"LSTM\"", "\"cell\":\"GRU\",\"couplesForget\":true", "'GRU'"),
    ("\"cell\":\"LSTM\"", "\"cell\":\"RNN\",\"normalizationEpsilon\":0.1", "'RNN'"),
    ("\"name\":\"sigmoid\"", "\"name\":\"sigmoid\",\"bound\":-0.5", "bound of -0.5"),
    ("\"name\":\"sigmoid\"", "\"name\":\"sigmoid\",\"bound\":0", "bound of 0"),
    ("\"name\":\"sigmoid\"", "\"name\":\"sigmoid\",\"bound\":\"nan\"", "bound of nan"),
    ("\"name\":\"sigmoid\"", "\"name\":\"sigmoid\",\"bound\":{\"bound\":1}", "JSON"),
    ("\"name\":\"sigmoid\"", "\"name\":\"sigmoid\",\"clip\":0.5", "'clip'"),
    ("\"name\":\"sigmoid\"", "\"name\":\"clipped\",\"bound\":0.5", "'clipped'"),
    ("\"cell\":\"LSTM\"", "\"cell\":\"sLSTM\"", "'sLSTM'"),
    ("\"cell\":\"LSTM\"", "\"cell\":\"GRU\"", "'GRU'"),
    ("\"hiddenSize\":3", "\"hiddenSize\":4", "shape"),
    ("\"hiddenSize\":3", "\"hiddenSize\":0", "hidden size of 0"),
    ("\"hiddenSize\":3", "\"hiddenSize\":9223372036854775807", "hidden size"),
    ("\"hiddenSize\":3", "\"hiddenSize\":3,\"projectionSize\":-1", "projection size of -1"),
    ("\"layerCount\":1", "\"layerCount\":200000000", "a.matrix_l1"),
    ("\"layerCount\":1", "\"layerCount\":1.5", "JSON"),
    ("\"isBidirectional\":false", "\"isBidirectional\":true", "a.matrix_l0_reverse"),
    ("\"hasPeepholes\":false", "\"hasPeepholes\":true", "a.peephole_l0"),
    ("\"regularization\":{}", "\"regularization\":{\"dropout\":1}", "dropout"),
    ("\"regularization\":{}", "\"regularization\":{\"dropin\":0.5}", "'dropin'"),
    ("\"name\":\"sigmoid\"", "\"name\":\"sigmoid\",\"alpha\":1", "'sigmoid'"),
    ("{", "[", "JSON"),
  ]

  @Test("a record that lies is refused, and the message says where", arguments: lies)
  func lie(old: String, new: String, word: String) throws {
    let file = try Self.file { $0.replacing(old, with: new, maxReplacements: 1) }
    let error = #expect(throws: TensorFileError.self) { try LSTM<Float>(file) }
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test("a tensor too many, too few or of another kind is named")
  func tensors() throws {
    var more = try Self.file { $0 }
    more.set("a.peephole_l0", Tensor<Float>(shape: [9]))
    #expect(throws: TensorFileError.unexpectedTensor("a.peephole_l0")) { try LSTM<Float>(more) }
    var fewer = try Self.file { $0 }
    fewer.remove("a.bias_l0")
    #expect(throws: TensorFileError.missingTensor("a.bias_l0")) { try LSTM<Float>(fewer) }
    var other = try Self.file { $0 }
    other.set("a.bias_l0", integers: [Int](repeating: 0, count: 12))
    #expect(throws: TensorFileError.wrongKind("a.bias_l0", found: .integer, wanted: .float)) { try LSTM<Float>(other) }
  }
}
