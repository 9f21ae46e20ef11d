import ExampleKit

/// Sentences of movie reviews: 1 where they like the movie, 0 where not.
struct Reviews {
  let train, dev, test: SentenceSet

  /// Reads `train.tsv`, `dev.tsv` and `test.tsv`: lines of a label, a tab and a sentence.
  init(folder: String) throws {
    func read(_ name: String) throws -> SentenceSet {
      let file = try TextFile("\(folder)/\(name).tsv")
      var set = SentenceSet()
      for (line, columns) in try file.columns(2).enumerated() {
        guard let label = Int(columns[0]), 0...1 ~= label else {
          throw file.error(line: line, "the label is '\(columns[0])', not 0 or 1")
        }
        set.append(Self.words(of: String(columns[1])), label: label)
      }
      return set
    }
    (train, dev, test) = (try read("train"), try read("dev"), try read("test"))
  }

  /// The words, all in lower case.
  static func words(of sentence: String) -> [String] { ExampleKit.words(of: sentence.lowercased()) }
}
