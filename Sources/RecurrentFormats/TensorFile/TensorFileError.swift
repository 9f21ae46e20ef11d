/// What is wrong with a file of tensors.
public enum TensorFileError: Error, Equatable, CustomStringConvertible {
  /// The system refused.
  case system(FileError)
  /// The file ends too early.
  case truncated(bytes: Int, wanted: Int)
  /// The header claims to be longer than any that is read.
  case headerTooLong(bytes: UInt64, limit: Int)
  /// The header is not what the format says.
  case badHeader(String)
  /// A tensor's place, shape or kind contradict one another, or the rest of the file.
  case badTensor(String, reason: String)
  /// There is no tensor of this name.
  case missingTensor(String)
  /// A tensor that nobody asked for.
  case unexpectedTensor(String)
  /// A tensor of another kind of number.
  case wrongKind(String, found: TensorFile.Kind, wanted: TensorFile.Kind)
  /// A tensor of another shape.
  case wrongShape(String, found: [Int], wanted: [Int])
  /// The file is of something else: another optimiser, another data set.
  case mismatch(String, found: String, wanted: String)
  /// There is no recurrent layer of this name, but those.
  case noLayer(String, known: [String])
  /// There are several recurrent layers, and none was named.
  case severalLayers([String])
  /// A recurrent layer's tensors or record contradict one another, or ask for what there is not.
  case badLayer(String, reason: String)
  /// What the other system's form cannot hold.
  case unsupported(String)

  /// A sentence that names what is wrong.
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .truncated(let bytes, let wanted): "the file has \(bytes) bytes, not \(wanted)"
    case .headerTooLong(let bytes, let limit): "the header has \(bytes) bytes, more than \(limit)"
    case .badHeader(let reason): "the header is not that of safetensors: \(reason)"
    case .badTensor(let name, let reason): "tensor '\(name)': \(reason)"
    case .missingTensor(let name): "there is no tensor '\(name)'"
    case .unexpectedTensor(let name): "there is a tensor '\(name)', which has no place"
    case .wrongKind(let name, let found, let wanted): "tensor '\(name)' is \(found.rawValue), not \(wanted.rawValue)"
    case .wrongShape(let name, let found, let wanted): "tensor '\(name)' has shape \(found), not \(wanted)"
    case .noLayer(let name, let known):
      known.isEmpty
        ? "there is no recurrent layer" : "there is no recurrent layer '\(name)', but \(Self.list(known))"
    case .severalLayers(let names):
      "there are several recurrent layers, of which one must be named: \(Self.list(names))"
    case .badLayer(let name, let reason): "layer '\(name)': \(reason)"
    case .unsupported(let reason): reason
    case .mismatch(let what, let found, let wanted): "\(what) is \(found), not \(wanted)"
    }
  }
  private static func list(_ names: [String]) -> String {
    names.prefix(10).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 10 ? ", …" : "")
  }
}
