import ArgumentParser
import ExampleKit
import Recurrent
import WordReader

/// Which words does a tagger take for alike?
struct Neighbours: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Names the words whose vectors point where that of each line's word does.")

  @Argument(help: "A model that was saved.")
  var model: String
  @Option(help: "Words to name.")
  var count = 10

  func validate() throws {
    guard count > 0 else { throw ValidationError("--count must be above 0") }
  }

  func run() throws {
    let (tagger, lexicon) = try TaggerModel.read(model, example: "tagger")
    let words = lexicon.words
    let vectors = WordVectors(tagger.reader.wordVectors)
    answerLines(prompt: "A word:") { line in
      let number = words[line.lowercased()]
      guard number != Vocabulary.unknown else { return "not one of the known words" }
      return vectors.nearest(to: number, count).map { words.words[$0 - 1] }.joined(separator: " ")
    }
  }
}

/// The vectors of words, each of length 1.
struct WordVectors {
  private let vectors: [[Float]]

  /// The rows of a table, [words, size].
  init(_ table: Tensor<Float>) {
    let size = table.shape[1]
    vectors = (0..<table.shape[0]).map { word in
      let row = table.elements[word * size..<(word + 1) * size]
      let length = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return row.map { $0 / max(length, .leastNormalMagnitude) }
    }
  }

  /// The known words at the smallest angles to one of them, the nearest first.
  func nearest(to word: Int, _ count: Int) -> [Int] {
    let cosines = vectors.map { zip($0, vectors[word]).reduce(0) { $0 + $1.0 * $1.1 } }
    return Array((1..<vectors.count).filter { $0 != word }.sorted { cosines[$0] > cosines[$1] }.prefix(count))
  }
}
