import ExampleKit
import RecurrentTraining
import WordReader

/// Sentences whose words have tags.
struct Treebank {
  private(set) var sentences: [[String]] = []
  private var tags: [[Int]] = []

  /// Reads lines of a word, a tab and its tag; an empty line ends a sentence. Each tag must be one of those of
  /// Universal Dependencies.
  init(_ path: String) throws {
    let numbers = Dictionary(uniqueKeysWithValues: zip(Self.tagNames, 0...))
    for block in try TextFile(path).blocks(2) {
      sentences.append(block.map { String($0[0]) })
      tags.append(
        try block.map { columns in
          guard let tag = numbers[String(columns[1])] else {
            throw TextFileError(path: path, reason: "'\(columns[1])' is no tag of Universal Dependencies")
          }
          return tag
        })
    }
  }

  /// The seventeen universal parts of speech.
  static let tagNames = [
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
  ]

  func batches(of size: Int, seed: UInt64) -> LengthBatches {
    LengthBatches(lengths: sentences.map(\.count), batchSize: size, seed: seed)
  }

  func batch(_ numbers: [Int], _ lexicon: Lexicon) -> TaggerModel.Batch {
    TaggerModel.Batch(
      words: SpelledWords(numbers.map { sentences[$0] }, lexicon),
      tags: IndexTensor(padding: numbers.map { tags[$0] }))
  }
}
