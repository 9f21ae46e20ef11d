import Foundation
import RecurrentFormats
import RecurrentTraining

/// Makes a folder where there is none.
package func makeFolder(_ path: String) throws {
  try TextFileError.wrapping(path, "the folder cannot be made") {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
}

/// Sees to it that a file can be written, before an hour of training is lost: makes its folder where there is none.
package func makeRoom(forFile path: String) throws {
  let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
  try makeFolder(folder)
  guard FileManager.default.isWritableFile(atPath: folder) else {
    throw TextFileError(path: path, reason: "nothing may be written to its folder")
  }
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
    throw TextFileError(path: path, reason: "it is a folder, not a file")
  }
}

/// The names of the files in a folder.
package func files(inFolder path: String) throws -> [String] {
  try TextFileError.wrapping(path, "the folder cannot be read") {
    try FileManager.default.contentsOfDirectory(atPath: path)
  }
}

/// Writes a text, or a page.
package func write(_ text: String, to path: String) throws {
  try TextFileError.wrapping(path, "it cannot be written") {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }
}

extension TensorFile {
  /// A file for a model of the program of this name.
  package init(example: String) { self.init(metadata: ["format": "pt", "example": example]) }

  /// Reads a file that was made by the program of this name.
  package init(contentsOf path: String, example: String) throws {
    try self.init(contentsOf: path)
    guard metadata["example"] == example else {
      let other = metadata["example"].map { ", but one of \($0)" } ?? ""
      throw TextFileError(path: path, reason: "it holds no model of \(example)\(other)")
    }
  }
}
