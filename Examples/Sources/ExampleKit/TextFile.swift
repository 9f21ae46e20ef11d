import Foundation

/// A file that cannot be used, and where in it the trouble is.
package struct TextFileError: Error, CustomStringConvertible {
  let path: String
  /// Counted from 1.
  let line: Int?
  let reason: String

  package init(path: String, line: Int? = nil, reason: String) {
    self.path = path
    self.line = line
    self.reason = reason
  }

  package var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + reason }

  /// Does what Foundation does with a path, and says in a sentence why it failed.
  static func wrapping<Result>(_ path: String, _ trouble: String, _ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      throw TextFileError(path: path, reason: "\(trouble): \(error.localizedDescription)")
    }
  }
}

/// A file of text, line by line.
package struct TextFile {
  package let path: String
  package let lines: [String]

  /// Reads a file in UTF-8. The lines are without their ends, which are \n or \r\n.
  package init(_ path: String) throws {
    self.path = path
    let bytes = try TextFileError.wrapping(path, "it cannot be read") {
      [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
    guard let lines = [String](linesOf: bytes) else { throw TextFileError(path: path, reason: "it is not UTF-8") }
    self.lines = lines.map { $0.last == "\r" ? String($0.dropLast()) : $0 }
  }

  /// The columns of every line, between tabs.
  package func columns(_ count: Int) throws -> [[Substring]] {
    try lines.enumerated().map { index, line in try columns(count, ofLine: index, line) }
  }

  /// The columns of the lines of every block, with the number of each line, from 0; blocks end at empty lines.
  package func blocks(_ count: Int) throws -> [[(line: Int, columns: [Substring])]] {
    var blocks: [[(line: Int, columns: [Substring])]] = [[]]
    for (index, line) in lines.enumerated() {
      if line.isEmpty {
        blocks.append([])
      } else {
        blocks[blocks.count - 1].append((index, try columns(count, ofLine: index, line)))
      }
    }
    return blocks.filter { !$0.isEmpty }
  }

  /// What to throw about a line, counted from 0.
  package func error(line: Int, _ reason: String) -> TextFileError {
    TextFileError(path: path, line: line + 1, reason: reason)
  }

  private func columns(_ count: Int, ofLine index: Int, _ line: String) throws -> [Substring] {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count == count else {
      throw error(line: index, "\(columns.count) columns between tabs, not \(count)")
    }
    return columns
  }
}

extension [String] {
  /// The lines of a text in UTF-8, which end with \n; nil where the bytes are something else.
  ///
  /// Bytes are cut, not characters: \r\n is one character, and so is \n with an accent after it.
  init?(linesOf bytes: [UInt8]) {
    let parts = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let lines = parts.compactMap { String(validating: $0, as: UTF8.self) }
    guard lines.count == parts.count else { return nil }
    self = lines.last == "" ? [String](lines.dropLast()) : lines
  }

  /// The bytes that are read as these lines.
  var bytesOfLines: [UInt8] { flatMap { [UInt8]($0.utf8) + [UInt8(ascii: "\n")] } }
}
