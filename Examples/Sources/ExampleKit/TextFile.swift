import Foundation

/// A file of text that cannot be used, and where in it the trouble is.
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
}

/// A file of text, line by line.
package struct TextFile {
  package let path: String
  package let lines: [Substring]

  /// Reads a file in UTF-8. The lines are without their ends.
  package init(_ path: String) throws {
    self.path = path
    let bytes: Data
    do { bytes = try Data(contentsOf: URL(fileURLWithPath: path)) } catch {
      throw TextFileError(path: path, reason: "it cannot be read: \(error.localizedDescription)")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw TextFileError(path: path, reason: "it is not UTF-8")
    }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    self.lines = lines.map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
  }

  /// The columns of every line, between tabs.
  package func columns(_ count: Int) throws -> [[Substring]] {
    try lines.enumerated().map { index, line in try columns(count, ofLine: index, line) }
  }

  /// The columns of the lines of every block; blocks end at empty lines.
  package func blocks(_ count: Int) throws -> [[[Substring]]] {
    var blocks: [[[Substring]]] = [[]]
    for (index, line) in lines.enumerated() {
      if line.isEmpty {
        blocks.append([])
      } else {
        blocks[blocks.count - 1].append(try columns(count, ofLine: index, line))
      }
    }
    return blocks.filter { !$0.isEmpty }
  }

  /// What to throw about a line, counted from 0.
  package func error(line: Int, _ reason: String) -> TextFileError {
    TextFileError(path: path, line: line + 1, reason: reason)
  }

  private func columns(_ count: Int, ofLine index: Int, _ line: Substring) throws -> [Substring] {
    let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
    guard columns.count == count else {
      throw error(line: index, "\(columns.count) columns between tabs, not \(count)")
    }
    return columns
  }
}
