import Foundation
import Recurrent
import RecurrentFormats
import RecurrentVerification

/// A file of PyTorch's and what PyTorch makes of a layer in it: see `Tests/Goldens/make_formats.py`.
struct PyTorchGolden: Sendable {
  let model: TensorFile
  let run: LayerRun
  /// The layer's name in both files.
  let layer: String

  /// The files of every case, each with the layers in it.
  static let cases: [(file: String, layer: String)] =
    [
      "lstm", "lstm-deep", "lstm-projection", "lstm-unbiased", "lstm-cell", "gru", "gru-deep", "gru-unbiased",
      "gru-cell", "rnn", "rnn-deep", "rnn-relu", "rnn-cell", "lstm-double", "lstm-half", "gru-bfloat", "lstm-rough",
      "gru-rough",
    ].map { ($0, "") } + [("tagger", "encoder.lstm"), ("tagger", "decoder")]

  static func path(_ name: String) throws -> String {
    let url = Bundle.module.url(forResource: name, withExtension: "safetensors", subdirectory: "Goldens")
    guard let url else { throw CocoaError(.fileNoSuchFile) }
    return url.path
  }

  init(_ file: String, layer: String = "") throws {
    model = try TensorFile(contentsOf: Self.path(file))
    run = LayerRun(file: try TensorFile(contentsOf: Self.path(file + ".run")), layer: layer)
    self.layer = layer
  }

  /// The layer of the file, in some precision.
  func load<Scalar: RecurrentScalar>(_ file: String, as _: Scalar.Type) throws -> any VerifiableLayer<Scalar> {
    switch try AnyLayer<Scalar>(model, named: layer, activation: file == "rnn-relu" ? .relu : nil) {
    case .lstm(let lstm): lstm
    case .gru(let gru): gru
    case .rnn(let rnn): rnn
    }
  }
}
