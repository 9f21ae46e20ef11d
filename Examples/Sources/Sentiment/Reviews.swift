import ExampleKit
import RecurrentTraining

/// A sentence of a movie review, in lower case, and whether it likes the movie: 1, or 0.
struct Review: Sendable {
  let words: [String]
  let label: Int

  init(_ sentence: String, label: Int) { (words, self.label) = (ExampleKit.words(of: sentence.lowercased()), label) }
}

extension [Review] {
  /// Reads lines of a label, a tab and a sentence.
  init(contentsOf path: String) throws {
    let file = try TextFile(path)
    self = try file.columns(2).enumerated().map { line, columns in
      guard let label = Int(columns[0]), 0...1 ~= label else {
        throw file.error(line: line, "the label is '\(columns[0])', not 0 or 1")
      }
      let review = Review(String(columns[1]), label: label)
      guard !review.words.isEmpty else { throw file.error(line: line, "there is no sentence") }
      return review
    }
    guard !isEmpty else { throw TextFileError(path: path, reason: "there are no sentences") }
  }

  /// What tells these reviews from others.
  var digest: String { ExampleKit.digest(lazy.flatMap { ["\($0.label)"] + $0.words }) }
}

/// Sentences side by side.
struct ReviewBatch {
  /// [T, N].
  let words: IndexTensor
  /// The words of each sentence.
  let lengths: [Int]
  /// [N].
  let labels: IndexTensor

  init(_ reviews: [Review], _ vocabulary: Vocabulary) {
    words = IndexTensor(padding: reviews.map { vocabulary($0.words) })
    lengths = reviews.map(\.words.count)
    labels = IndexTensor(reviews.map(\.label))
  }
}
