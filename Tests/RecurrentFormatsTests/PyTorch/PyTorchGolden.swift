import Foundation
import Recurrent
import RecurrentFormats
import RecurrentVerification

/// A file of PyTorch's and what PyTorch makes of a layer in it: see `Tests/Goldens/make_formats.py`.
struct PyTorchGolden: Sendable {
  let model: TensorFile
  let run: TensorFile
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
    run = try TensorFile(contentsOf: Self.path(file + ".run"))
    self.layer = layer
  }

  /// What went in or came out.
  subscript(name: String) -> Tensor<Double> {
    get throws { try run.tensor(layer.isEmpty ? name : "\(layer).\(name)", of: Double.self) }
  }

  /// The tensors `prefix` + "h" and, for a cell that has it, `prefix` + "c".
  func state(_ prefix: String) throws -> [Tensor<Double>] {
    try ["h", "c"].map { prefix + $0 }.filter { run.names.contains(layer.isEmpty ? $0 : "\(layer).\($0)") }
      .map { try self[$0] }
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

extension Tensor {
  /// For each step of a [T, N, F] tensor, or each layer of a state, the row of one sequence.
  func rows(of sequence: Int) -> [[Double]] {
    (0..<shape[0]).map { index in (0..<shape[2]).map { Double(self[index, sequence, $0]) } }
  }
}
