import Recurrent
import RecurrentFormats

/// A file with recurrent layers in it, in any format that is known.
///
/// This is the one place that tells formats apart: another one is another case.
enum ModelFile {
  /// The safetensors format: a state_dict of PyTorch, or our own.
  case tensors(TensorFile)

  /// Reads a file; its content says which format it has.
  init(_ path: String) throws { self = .tensors(try Failure.reading(path) { try TensorFile(contentsOf: path) }) }

  /// A layer, or the only one where `name` is nil.
  func layer<Scalar: RecurrentScalar>(
    named name: String?, activation: Activation?, engine: Engine
  ) throws -> AnyLayer<Scalar> {
    switch self {
    case .tensors(let file): try AnyLayer(file, named: name, activation: activation, engine: engine)
    }
  }
}
