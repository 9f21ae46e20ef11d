#if HDF5
  import Foundation
  import Recurrent
  import RecurrentFormats
  import RecurrentVerification
  import Testing

  @Suite("Keras: layers of its files")
  struct KerasTests {
    @Test("Double is what Keras computes, to 10⁻¹²", arguments: KerasGolden.cases, Engine.allCases)
    func double(golden: (file: String, layer: String), engine: Engine) throws {
      let files = try KerasGolden(golden.file, layer: golden.layer)
      try files.run.expect(of: files.load(as: Double.self).on(engine)) { _ in 1e-12 }
    }

    /// The golden is computed in Double from the numbers of the file, in which Float has one more rounding, that of the sum
    /// of two biases: no more than the bound has for the sum that it goes into. Twice the bound is enough.
    @Test("Float is within twice the derived bound", arguments: KerasGolden.cases, Engine.allCases)
    func float(golden: (file: String, layer: String), engine: Engine) throws {
      let files = try KerasGolden(golden.file, layer: golden.layer)
      try files.run.expect(of: files.load(as: Float.self).on(engine)) { bounded in
        2 * ErrorReport.confidence * bounded.deviation
      }
    }

    @Test("recurrent layers are listed, and nothing else", arguments: KerasGolden.files)
    func names(golden: (file: String, layers: [String])) throws {
      #expect(try KerasFile(contentsOf: NumPyTests.url(golden.file)).layerNames == golden.layers)
      #expect(try KerasFile(decoding: KerasGolden.bytes(golden.file)).layerNames == golden.layers)
    }

    @Test("cells, sizes, directions and options follow from shapes and configuration")
    func descriptions() throws {
      let weights = try KerasFile(contentsOf: NumPyTests.url("keras-layers.weights.h5"))
      let lstm = try weights.layer(named: "lstm")
      #expect(lstm.configuration == .lstm(LSTMConfiguration(inputSize: 3, hiddenSize: 4)))
      #expect(lstm.path == "layers/lstm" && lstm.kinds == [.float] && lstm.parameterCount == 16 * (3 + 4 + 1))
      #expect(lstm.datasetNames == (0..<3).map { "layers/lstm/cell/vars/\($0)" })
      #expect(!lstm.isConfigured && !lstm.isStateful)
      let gru = try weights.layer(named: "layers/bidirectional")
      #expect(gru.name == "bidirectional_gru" && gru.datasetNames.count == 6)
      #expect(gru.configuration == .gru(GRUConfiguration(inputSize: 3, hiddenSize: 4, isBidirectional: true)))

      let options = try KerasFile(contentsOf: NumPyTests.url("keras-options.keras"))
      let hard = try options.layer(named: "lstm_hard")
      let activations = LSTMActivations(
        gate: .hardSigmoid(alpha: 1.0 / 6, beta: 0.5), candidate: .softsign, output: .softsign)
      #expect(hard.configuration == .lstm(LSTMConfiguration(inputSize: 3, hiddenSize: 4, activations: activations)))
      #expect(hard.isConfigured)
      let inner = try options.layer(named: "gru_before_unbiased")
      #expect(inner.path == "layers/sequential/layers/sequential/layers/gru")
      #expect(
        inner.configuration == .gru(GRUConfiguration(inputSize: 3, hiddenSize: 4, reset: .beforeProduct)))

      let kinds = try KerasFile(contentsOf: NumPyTests.url("keras-kinds.keras"))
      for (name, kind) in [("double", TensorFile.Kind.double), ("half", .half), ("bfloat", .bfloat)] {
        #expect(try kinds.layer(named: name).kinds == [kind])
      }
      #expect(try KerasFile(contentsOf: NumPyTests.url("keras-cudnn.h5")).layer(named: "lstm").path == "lstm/lstm")
    }

    @Test("what weights alone do not tell is Keras's default, or what the caller says")
    func assumptions() throws {
      let file = try KerasFile(contentsOf: NumPyTests.url("keras-layers.weights.h5"))
      let relu = try RNN<Float>(file, named: "rnn", assuming: KerasAssumptions(activation: .relu))
      #expect(relu.configuration.activation == .relu)
      #expect(try RNN<Float>(file, named: "rnn").configuration.activation == .tanh)
      let before = try GRU<Float>(file, named: "gru_unbiased", assuming: KerasAssumptions(reset: .beforeProduct))
      #expect(before.configuration.reset == .beforeProduct)
      #expect(try GRU<Float>(file, named: "gru_unbiased").configuration.reset == .afterProduct)
      let softsign = KerasAssumptions(recurrentActivation: .hardSigmoid(alpha: 0.2, beta: 0.5))
      #expect(
        try LSTM<Float>(file, named: "lstm", assuming: softsign).configuration.activations.gate
          == .hardSigmoid(alpha: 0.2, beta: 0.5))

      let error = #expect(throws: KerasError.self) {
        try GRU<Float>(file, named: "gru_before", assuming: KerasAssumptions(reset: .afterProduct))
      }
      #expect(error?.description.contains("'reset_after' of layer 'gru_before' is beforeProduct") == true)
      let configured = try KerasFile(contentsOf: NumPyTests.url("keras-layers.keras"))
      #expect(throws: KerasError.self) {
        try RNN<Float>(configured, named: "rnn", assuming: KerasAssumptions(activation: .relu))
      }
    }

    @Test("many threads read at once")
    func threads() throws {
      let bytes = try KerasGolden.bytes("keras-kinds.keras")
      let wanted = try LSTM<Double>(KerasFile(decoding: bytes), named: "double").parameters
      let shared = try KerasFile(decoding: bytes)
      DispatchQueue.concurrentPerform(iterations: 16) { index in
        let file = index.isMultiple(of: 2) ? shared : try? KerasFile(decoding: bytes)
        let lstm = file.flatMap { try? LSTM<Double>($0, named: "double", engine: .naive) }
        #expect(lstm?.parameters == wanted)
      }
    }
  }
#endif
