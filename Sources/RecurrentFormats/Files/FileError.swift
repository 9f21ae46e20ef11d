/// What the system said when it refused a file.
public struct FileError: Error, Hashable, CustomStringConvertible {
  /// What was tried: "open".
  public let operation: String
  /// The file.
  public let path: String
  /// The system's own words.
  public let reason: String
  /// Whether there is no such file, or no such folder.
  public let isMissing: Bool

  /// A sentence that names the file.
  public var description: String { "\(operation) '\(path)': \(reason)" }
}
