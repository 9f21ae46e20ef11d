#if HDF5
  import Foundation
  import Recurrent
  import RecurrentFormats
  import RecurrentVerification

  /// A file of Keras's and what Keras makes of a layer in it: see `Tests/Goldens/make_keras_goldens.py`.
  struct KerasGolden: Sendable {
    let model: KerasFile
    let run: LayerRun
    let layer: String

    /// The files, each with the layers in it.
    static let files: [(file: String, layers: [String])] = [
      (
        "keras-layers.keras",
        [
          "bidirectional_gru", "bidirectional_lstm", "bidirectional_rnn", "gru_after", "gru_before", "gru_unbiased",
          "lstm", "lstm_unbiased", "rnn", "rnn_unbiased",
        ]
      ),
      ("keras-layers.weights.h5", ["bidirectional_gru", "gru_before", "gru_unbiased", "lstm", "rnn"]),
      (
        "keras-options.keras",
        [
          "bidirectional_of_cells", "gru_before_unbiased", "gru_elu", "lstm_hard", "lstm_relu", "rnn_linear",
          "rnn_of_lstm", "rnn_relu",
        ]
      ),
      ("keras-kinds.keras", ["bfloat", "double", "half"]),
      ("keras-legacy.h5", ["bidirectional_gru", "lstm"]),
      ("keras-cudnn.h5", ["bidirectional_gru", "lstm"]),
    ]

    /// Every layer of every file.
    static let cases: [(file: String, layer: String)] = files.flatMap { file, layers in layers.map { (file, $0) } }

    init(_ file: String, layer: String) throws {
      model = try KerasFile(contentsOf: NumPyTests.url(file))
      let name = String(file.prefix { $0 != "." })
      run = LayerRun(file: try TensorFile(contentsOf: PyTorchGolden.path(name + ".run")), layer: layer)
      self.layer = layer
    }

    /// The layer of the file, in some precision.
    func load<Scalar: RecurrentScalar>(as _: Scalar.Type) throws -> any VerifiableLayer<Scalar> {
      switch try AnyLayer<Scalar>(model, named: layer) {
      case .lstm(let lstm): lstm
      case .gru(let gru): gru
      case .rnn(let rnn): rnn
      }
    }

    /// The bytes of a file.
    static func bytes(_ file: String) throws -> [UInt8] {
      try [UInt8](Data(contentsOf: URL(fileURLWithPath: NumPyTests.url(file))))
    }
  }
#endif
