/// What is wrong with a file of NumPy's.
public enum NumPyError: Error, Equatable, CustomStringConvertible {
  /// The system refused.
  case system(FileError)
  /// The file ends too early, or too late.
  case wrongSize(bytes: Int, wanted: Int)
  /// The header is not what the format says.
  case badHeader(String)
  /// An archive is not what the format says.
  case badArchive(String)
  /// Something that the format allows, and this library does not read.
  case unsupported(String)
  /// An array of another kind of number.
  case wrongKind(found: NumPyArray.Kind, wanted: String)
  /// A whole number beyond Int.
  case outOfRange(UInt64)
  /// An archive has no array of this name, but those.
  case missingArray(String, known: [String])

  /// A sentence that names what is wrong.
  public var description: String {
    switch self {
    case .system(let error): error.description
    case .wrongSize(let bytes, let wanted): "the file has \(bytes) bytes, not \(wanted)"
    case .badHeader(let reason): "the header is not that of an npy file: \(reason)"
    case .badArchive(let reason): "the archive is not an npz file: \(reason)"
    case .unsupported(let reason): reason
    case .wrongKind(let found, let wanted): "the array is of \(found), not of \(wanted)"
    case .outOfRange(let number): "the array has the number \(number), which is beyond \(Int.max)"
    case .missingArray(let name, let known):
      "there is no array '\(name)', but \(known.prefix(10).map { "'\($0)'" }.joined(separator: ", "))"
    }
  }
}
