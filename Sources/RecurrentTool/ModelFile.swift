import Foundation
import Recurrent
import RecurrentFormats
import RecurrentONNX

/// A file with recurrent layers in it, in any format that is known.
///
/// This is the one place that tells formats apart: another one is another case.
enum ModelFile {
  /// The safetensors format: a state_dict of PyTorch, or our own.
  case tensors(TensorFile)
  /// An ONNX graph, of whose recurrent nodes each is a layer.
  case onnx(ONNXModel)
  #if HDF5
    /// A model of Keras.
    case keras(KerasFile)
  #endif

  /// Reads a file; its content says which format it has.
  init(_ path: String) throws {
    let start = Self.start(of: path)
    self = try Failure.reading(path) {
      if Self.isKeras(start) { return try Self.keras(path) }
      return Self.isONNX(start) ? .onnx(try ONNXModel(contentsOf: path)) : .tensors(try TensorFile(contentsOf: path))
    }
  }

  private static func start(of path: String) -> Data {
    guard let file = FileHandle(forReadingAtPath: path), let start = try? file.read(upToCount: 8) else { return Data() }
    return start
  }

  /// Whether a file begins like the message that an ONNX model is, with its field 1, the version of the format. A
  /// safetensors file may begin with the same byte, the first of the eight of its header's length, of which the last four
  /// are 0.
  private static func isONNX(_ start: Data) -> Bool {
    start.first == 0x08 && start.dropFirst(4).contains { $0 != 0 }
  }

  /// Whether a file begins like a zip archive, which a `.keras` file is, or like one of HDF5.
  private static func isKeras(_ start: Data) -> Bool {
    start.starts(with: Array("PK\u{3}\u{4}".utf8)) || start.dropFirst().starts(with: Array("HDF\r\n".utf8))
  }

  private static func keras(_ path: String) throws -> ModelFile {
    #if HDF5
      return .keras(try KerasFile(contentsOf: path))
    #else
      throw Failure.badData(
        path,
        "a model of Keras, which is read where libhdf5 is installed and the command built with the trait HDF5: "
          + "swift run -c release --traits HDF5 recurrent …")
    #endif
  }

  /// A layer, or the only one where `name` is nil.
  func layer<Scalar: RecurrentScalar>(
    named name: String?, activation: Activation?, engine: Engine
  ) throws -> AnyLayer<Scalar> {
    switch self {
    case .tensors(let file): try AnyLayer(file, named: name, activation: activation, engine: engine)
    case .onnx(let model): try AnyLayer(model, model.node(named: name), activation: activation, engine: engine)
    #if HDF5
      case .keras(let file):
        try AnyLayer(file, named: name, assuming: .ofCommands(activation: activation), engine: engine)
    #endif
    }
  }
}

#if HDF5
  extension KerasAssumptions {
    /// What commands assume: the state before a call is what the command line says, of a stateful layer too.
    static func ofCommands(activation: Activation?) -> KerasAssumptions {
      KerasAssumptions(activation: activation, carriesState: true)
    }
  }
#endif

extension ONNXModel {
  /// The recurrent node of a name, or the only one where `name` is nil.
  func node(named name: String?) throws(TensorFileError) -> ONNXRecurrentNode {
    let names = recurrentNodes.map(\.name)
    let found = recurrentNodes.filter { name == nil || $0.name == name }
    guard !found.isEmpty else { throw .noLayer(name ?? "", known: names) }
    guard found.count == 1 else { throw .severalLayers(names) }
    return found[0]
  }
}

extension AnyLayer {
  /// The layer of a recurrent node.
  ///
  /// - Parameter activation: what is expected of a plain RNN; anything where nil, since the file tells it.
  init(_ model: ONNXModel, _ node: ONNXRecurrentNode, activation: Activation?, engine: Engine) throws {
    switch node.cell {
    case .lstm: self = .lstm(try LSTM(from: model, named: node.name, engine: engine))
    case .gru: self = .gru(try GRU(from: model, named: node.name, engine: engine))
    case .rnn:
      let rnn = try RNN<Scalar>(from: model, named: node.name, engine: engine)
      if let activation, activation != rnn.configuration.activation {
        throw TensorFileError.mismatch(
          "the activation of '\(node.name)'", found: "\(rnn.configuration.activation)", wanted: "\(activation)")
      }
      self = .rnn(rnn)
    }
  }
}
