import Foundation
import Recurrent
import RecurrentFormats
import RecurrentVerification
import Testing

@Suite("PyTorch: layers of a state_dict")
struct PyTorchTests {
  @Test("Double is what PyTorch computes, to 10⁻¹²", arguments: PyTorchGolden.cases, Engine.allCases)
  func double(golden: (file: String, layer: String), engine: Engine) throws {
    let files = try PyTorchGolden(golden.file, layer: golden.layer)
    try files.run.expect(of: files.load(golden.file, as: Double.self).on(engine)) { _ in 1e-12 }
  }

  /// The golden is computed in Double from the numbers of the file, in which Float has two more roundings: that of the sum
  /// of two biases, and (in the file of Double weights) that of each weight. A weight's is one of the size of the rounding
  /// of its product, which the bound counts already: twice the bound is enough for both.
  @Test("Float is within twice the derived bound", arguments: PyTorchGolden.cases, Engine.allCases)
  func float(golden: (file: String, layer: String), engine: Engine) throws {
    let files = try PyTorchGolden(golden.file, layer: golden.layer)
    try files.run.expect(of: files.load(golden.file, as: Float.self).on(engine)) { bounded in
      2 * ErrorReport.confidence * bounded.deviation
    }
  }

  @Test("sizes, layers, directions and the cell follow from names and shapes")
  func descriptions() throws {
    let tagger = try PyTorchGolden("tagger").model
    #expect(tagger.layerNames == ["decoder", "encoder.lstm"])
    let lstm = try tagger.layer(named: "encoder.lstm")
    #expect(
      lstm.configuration
        == .lstm(LSTMConfiguration(inputSize: 3, hiddenSize: 4, layerCount: 2, isBidirectional: true)))
    #expect(lstm.format == .pyTorch && lstm.kinds == [.float] && lstm.tensorNames.count == 16)
    #expect(lstm.parameterCount == 2 * 4 * (4 * (3 + 4 + 2) + 4 * (8 + 4 + 2)))
    let gru = try tagger.layer(named: "decoder")
    #expect(gru.configuration == .gru(GRUConfiguration(inputSize: 8, hiddenSize: 4)) && gru.format == .pyTorchCell)
    let projected = try PyTorchGolden("lstm-projection").model.layer()
    #expect(
      projected.configuration
        == .lstm(
          LSTMConfiguration(inputSize: 3, hiddenSize: 6, layerCount: 2, isBidirectional: true, projectionSize: 2)))
    #expect(try PyTorchGolden("rnn-cell").model.layer().configuration.cellName == "RNN")
  }

  @Test("F16 and BF16 are read exactly, tensor by tensor", arguments: ["lstm-half", "gru-bfloat"])
  func narrow(name: String) throws {
    let file = try PyTorchGolden(name).model
    for tensor in file.names {
      let kind = try #require(file.description(of: tensor)).kind
      #expect(kind == (name == "lstm-half" ? .half : .bfloat))
      let (float, double) = try (
        file.tensor(tensor, convertedTo: Float.self), file.tensor(tensor, convertedTo: Double.self)
      )
      #expect(float.converted(to: Double.self) == double)
      var copy = TensorFile()
      copy.set(tensor, float, as: kind)
      #expect(try copy.tensor(tensor, convertedTo: Double.self) == double)
    }
  }

  static let sileroPath = "../shared/data/silero_vad/silero_vad_v6.2_16k.safetensors"

  @Test(
    "the weights of silero-vad load by name",
    .enabled(if: FileManager.default.fileExists(atPath: sileroPath), "there is no \(sileroPath)"))
  func silero() throws {
    #expect(try TensorFile(contentsOf: Self.sileroPath).layerNames == ["lstm_cell"])
    let vad = try LSTM<Float>(contentsOf: Self.sileroPath, named: "lstm_cell")
    #expect(vad.configuration == LSTMConfiguration(inputSize: 128, hiddenSize: 128))
    #expect(vad.runningEngine == .fused)
  }
}
