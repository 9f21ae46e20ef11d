import Foundation
import Testing

/// A code sample of the README or of an article: a program of its own.
struct Sample: Sendable, CustomTestStringConvertible {
  /// The file, from the root of the package.
  let file: String
  /// The line that it begins at.
  let line: Int
  let code: String

  var testDescription: String { "\(file):\(line)" }

  /// Whether the traits of this build have what the sample uses: Keras's files take HDF5.
  var canCompile: Bool {
    #if HDF5
      true
    #else
      !code.contains("KerasFile")
    #endif
  }

  /// The folder of the package.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Those of every page, in order.
  static let all: [Sample] = pages.flatMap { samples(of: $0) }

  /// The README files, and the articles of every module.
  private static var pages: [String] {
    let sources = FileManager.default.enumerator(atPath: root.appending(path: "Sources").path)
    let articles = (sources?.compactMap { $0 as? String } ?? []).filter { $0.contains(".docc/") && $0.hasSuffix(".md") }
    return ["README.md", "Examples/README.md"].filter {
      FileManager.default.fileExists(atPath: root.appending(path: $0).path)
    }
      + articles.sorted().map { "Sources/" + $0 }
  }

  private static func samples(of page: String) -> [Sample] {
    guard let text = try? String(contentsOf: root.appending(path: page), encoding: .utf8) else { return [] }
    let lines = text.components(separatedBy: "\n")
    var samples: [Sample] = []
    var start: Int?
    for (index, line) in lines.enumerated() {
      if line == "```swift" {
        start = index + 1
      } else if line == "```", let first = start {
        samples.append(Sample(file: page, line: first + 1, code: lines[first..<index].joined(separator: "\n") + "\n"))
        start = nil
      }
    }
    return samples
  }
}
