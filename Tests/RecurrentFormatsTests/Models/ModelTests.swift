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
      inputSize: 2, hiddenSize: 3, layerCount: 2,
      activations: LSTMActivations(
        gate: .clipped(.sigmoid, bound: 3), candidate: .clipped(.clipped(.tanh, bound: 1), bound: 2),
        output: .affine(alpha: 0.5, beta: 0.25)), layerNormalization: LayerNormalization(epsilon: 1e-3)),
    LSTMConfiguration(
      inputSize: 2, hiddenSize: 3, projectionSize: 2, activations: LSTMActivations(couplesForget: true)),
  ]

  /// Other numbers in every tensor, so that no two can change places.
  private func mix<Layer: RecurrentLayer>(_ layer: inout Layer) {
    var generator = SeededGenerator(seed: 7)
    layer.parameters.updateEach { _, tensor in
      tensor = Tensor(
        shape: tensor.shape, elements: (0..<tensor.count).map { _ in Layer.Scalar(generator.uniform(-1, 1)) })
    }
  }

  @Test("an LSTM comes back with all options", arguments: lstms)
  func lstm(configuration: LSTMConfiguration) throws {
    var lstm = LSTM<Double>(configuration, seed: 1)
    mix(&lstm)
    var file = TensorFile()
    file.set(lstm, named: "encoder")
    let read = try LSTM<Double>(TensorFile(decoding: file.encoded()))
    #expect(read.configuration == configuration)
    #expect(read.parameters == lstm.parameters)
    #expect(try file.layer().parameterCount == lstm.parameters.parameterCount)
  }

  static let grus: [GRUConfiguration] = [
    GRUConfiguration(
      inputSize: 2, hiddenSize: 3, layerCount: 2, isBidirectional: true, reset: .beforeProduct,
      activations: GRUActivations(gate: .affine(alpha: 0.5, beta: 0.1), candidate: .thresholdedReLU(alpha: 0.2)),
      regularization: chance),
    GRUConfiguration(inputSize: 2, hiddenSize: 3, isBidirectional: true, layerNormalization: .standard),
  ]

  @Test("a GRU comes back with all options", arguments: grus)
  func gru(configuration: GRUConfiguration) throws {
    var gru = GRU<Float>(configuration, seed: 1)
    mix(&gru)
    var file = TensorFile()
    file.set(gru)
    let read = try GRU<Float>(TensorFile(decoding: file.encoded()))
    #expect(read.configuration == configuration)
    #expect(read.parameters == gru.parameters)
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
    ("\"version\":1", "\"version\":1,\"attention\":true", "'attention'"),
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
    ("\"name\":\"sigmoid\"", "\"name\":\"sigmoid\",\"gamma\":1", "'gamma'"),
    ("\"hasPeepholes\":false", "\"hasPeepholes\":true,\"layerNormalizationEpsilon\":1e-5", "one or the other"),
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
