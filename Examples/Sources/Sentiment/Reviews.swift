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
        let words = Self.words(of: String(columns[1]))
        guard !words.isEmpty else { throw file.error(line: line, "there is no sentence") }
        set.append(words, label: label)
      }
      guard !set.sentences.isEmpty else { throw TextFileError(path: file.path, reason: "there are no sentences") }
      return set
    }
    (train, dev, test) = (try read("train"), try read("dev"), try read("test"))
  }

  /// What tells these reviews from others.
  var digest: String {
    ExampleKit.digest([train, dev].lazy.flatMap { $0.labels.map(String.init) + $0.sentences.joined() })
  }

  /// The words, all in lower case.
  static func words(of sentence: String) -> [String] { ExampleKit.words(of: sentence.lowercased()) }
}
