#if HDF5
  import Foundation
  import Recurrent
  import RecurrentFormats
  import Testing

  @Suite("Keras: configurations that ask for what no layer here computes")
  struct KerasConfigurationTests {
    /// A file of weights whose model has one layer with some attributes.
    private func file(
      _ className: String, _ attributes: String, module: String = #""module":"keras","#,
      weights: String = "keras-layers.weights.h5"
    ) throws -> KerasFile {
      let layer = #"{"class_name":"\#(className)","config":{\#(attributes)}}"#
      return try KerasFile(
        contentsOf: NumPyTests.url(weights),
        configuration: #"{\#(module)"class_name":"Functional","config":{"name":"model","layers":[\#(layer)]}}"#)
    }

    private static let lstm = #""name":"lstm","units":4"#
    private static let gru = #""class_name":"GRU","config":{"units":4"#

    /// The layer of the file, the class, attributes, and what the message says.
    static let refused: [(layer: String, className: String, attributes: String, words: [String])] = [
      ("lstm", "LSTM", lstm + #","activation":"selu""#, ["'activation'", "'selu'"]),
      ("lstm", "LSTM", lstm + #","recurrent_activation":"gelu""#, ["'recurrent_activation'", "'gelu'"]),
      ("lstm", "LSTM", lstm + #","activation":{"class_name":"LeakyReLU"}"#, ["'activation'", "'LeakyReLU'"]),
      ("lstm", "LSTM", lstm + #","stateful":true"#, ["'stateful'"]),
      ("lstm", "LSTM", lstm + #","go_backwards":true"#, ["'go_backwards'"]),
      ("lstm", "LSTM", lstm + #","peepholes":true"#, ["'peepholes'", "true, and not known"]),
      ("lstm", "LSTM", lstm + #","projection":16"#, ["'projection'", "16"]),
      ("lstm", "LSTM", lstm + #","use_bias":false"#, ["'use_bias'", "a bias"]),
      ("lstm", "LSTM", lstm + #","use_bias":1"#, ["'use_bias'", "not true or false"]),
      ("lstm", "LSTM", #""units":5"#, ["'units'", "5", "4"]),
      ("lstm", "LSTM", #""units":"many""#, ["'units'", "'many'"]),
      ("lstm", "LSTM", "", ["'units'", "null"]),
      ("lstm", "lstm", lstm, ["'class_name'", "'lstm' is not known"]),
      ("lstm", "GRU", lstm, ["no layer at 'layers/lstm'"]),
      ("gru_before", "GRU", #""units":4,"reset_after":true"#, ["'reset_after'", "the other kind"]),
      ("bidirectional_gru", "Bidirectional", #""layer":{\#(gru)}},"merge_mode":"sum""#, ["'merge_mode'", "'sum'"]),
      ("bidirectional_gru", "Bidirectional", #""layer":{\#(gru)}},"merge_mode":null"#, ["'merge_mode'", "null"]),
      ("bidirectional_gru", "Bidirectional", #""layer":{\#(gru),"go_backwards":true}}"#, ["'go_backwards'"]),
      (
        "bidirectional_gru", "Bidirectional", #""layer":{\#(gru)}},"backward_layer":{\#(gru)}}"#,
        ["'backward_layer'", "does not go backwards"]
      ),
      (
        "bidirectional_gru", "Bidirectional",
        #""layer":{\#(gru)}},"backward_layer":{\#(gru),"go_backwards":true,"activation":"relu"}}"#,
        ["'backward_layer'", "other options"]
      ),
      ("bidirectional_gru", "Bidirectional", "", ["'layer'"]),
    ]

    @Test("the message names layer and attribute", arguments: refused)
    func refusal(_ layer: String, _ className: String, _ attributes: String, _ words: [String]) throws {
      let file = try file(className, attributes)
      let error = #expect(throws: KerasError.self) { try file.layer(named: layer) }
      let message = error?.description ?? ""
      for word in ["'\(layer)'"] + words { #expect(message.contains(word), "\(message)") }
    }

    @Test("what changes nothing here is let pass, and so is what is off")
    func harmless() throws {
      let attributes =
        Self.lstm + #","dropout":0.5,"recurrent_dropout":0.5,"seed":3,"unit_forget_bias":false,"#
        + #""return_sequences":true,"peepholes":false,"clip":null"#
      #expect(try file("LSTM", attributes).layer(named: "lstm").isConfigured)
    }

    static let activations: [(name: String, activation: Activation)] = [
      ("tanh", .tanh), ("sigmoid", .sigmoid), ("relu", .relu), ("linear", .identity), ("softsign", .softsign),
      ("softplus", .softplus), ("elu", .elu(alpha: 1)), ("leaky_relu", .leakyReLU(alpha: 0.2)),
      ("relu6", .clipped(.relu, bound: 6)), ("hard_tanh", .clipped(.identity, bound: 1)),
      ("hard_sigmoid", .hardSigmoid(alpha: 1.0 / 6, beta: 0.5)),
    ]

    @Test("activations by their names in Keras, with its parameters", arguments: activations)
    func activation(name: String, activation: Activation) throws {
      let file = try file("SimpleRNN", #""units":4,"activation":"\#(name)""#)
      #expect(try RNN<Float>(file, named: "rnn").configuration.activation == activation)
    }

    @Test("a stateful layer is one where the caller carries its state on")
    func stateful() throws {
      let file = try file("LSTM", Self.lstm + #","stateful":true"#)
      #expect(try file.layer(named: "lstm", assuming: KerasAssumptions(carriesState: true)).isStateful)
    }

    @Test("'hard_sigmoid' is that of the version that has written the configuration")
    func hardSigmoid() throws {
      let attributes = Self.lstm + #","recurrent_activation":"hard_sigmoid""#
      func gate(_ module: String) throws -> Activation {
        try LSTM<Float>(file("LSTM", attributes, module: module), named: "lstm").configuration.activations.gate
      }
      #expect(try gate(#""module":"keras","#) == .hardSigmoid(alpha: 1.0 / 6, beta: 0.5))
      #expect(try gate(#""keras_version":"3.1.0","#) == .hardSigmoid(alpha: 1.0 / 6, beta: 0.5))
      #expect(try gate(#""module":"keras","keras_version":"2.15.0","#) == .hardSigmoid(alpha: 0.2, beta: 0.5))
      #expect(throws: KerasError.self) { try gate("") }
    }

    @Test("a layer whose weights have no name has that of the configuration")
    func name() throws {
      let file = try file("Right", #""name":"encoder","units":4"#, weights: "keras-flaws.weights.h5")
      #expect(file.layerNames.contains("encoder") && !file.layerNames.contains("layers/right"))
      let error = #expect(throws: KerasError.self) { try file.layer(named: "encoder") }
      #expect(error?.description.contains("'Right' is not known") == true)
    }

    @Test("the class of an older file's layer must be that of its tensors")
    func legacy() throws {
      func error(_ weights: String, _ className: String, _ attributes: String) throws -> String? {
        let file = try file(className, attributes, weights: weights)
        return #expect(throws: KerasError.self) { try file.layer(named: "lstm") }?.description
      }
      #expect(try error("keras-legacy.h5", "GRU", Self.lstm)?.contains("4 gates stand in the file") == true)
      #expect(try error("keras-legacy.h5", "CuDNNLSTM", Self.lstm)?.contains("the bias has another form") == true)
      #expect(try error("keras-cudnn.h5", "LSTM", Self.lstm)?.contains("the bias has another form") == true)
      #expect(try error("keras-legacy.h5", "Bidirectional", Self.lstm)?.contains("'class_name'") == true)
    }

    @Test(
      "a configuration that is none is told",
      arguments: ["", "{", "[1]", "{}", String(repeating: "[", count: 100_000)])
    func noConfiguration(text: String) throws {
      let error = #expect(throws: KerasError.self) {
        try KerasFile(contentsOf: NumPyTests.url("keras-layers.weights.h5"), configuration: text)
      }
      #expect(error?.description.contains("configuration") == true)
    }
  }
#endif
