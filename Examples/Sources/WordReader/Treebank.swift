import ExampleKit

/// Sentences, the parts of speech of whose words are known.
package enum Treebank {
  /// The seventeen universal parts of speech.
  package static let tagNames = [
    "ADJ", "ADP", "ADV", "AUX", "CCONJ", "DET", "INTJ", "NOUN", "NUM", "PART", "PRON", "PROPN", "PUNCT", "SCONJ", "SYM",
    "VERB", "X",
  ]

  /// A sentence, and the number of each word's part of speech; no tags where nobody knows them.
  package struct Sentence: Sendable {
    package var words: [String]
    package var tags: [Int]

    package init(words: [String], tags: [Int] = []) { (self.words, self.tags) = (words, tags) }
  }

  /// What tells these sentences from others.
  package static func digest(_ sentences: [Sentence]) -> String {
    ExampleKit.digest(sentences.lazy.flatMap { $0.words + $0.tags.map { tagNames[$0] } })
  }

  /// Reads lines of a word, a tab and its tag; an empty line ends a sentence.
  package static func sentences(_ path: String) throws -> [Sentence] {
    let numbers = Dictionary(uniqueKeysWithValues: zip(tagNames, 0...))
    let file = try TextFile(path)
    let blocks = try file.blocks(2)
    guard !blocks.isEmpty else { throw TextFileError(path: path, reason: "there are no sentences") }
    return try blocks.map { block in
      let tags = try block.map { line, columns in
        guard let tag = numbers[String(columns[1])] else {
          throw file.error(line: line, "'\(columns[1])' is no tag of Universal Dependencies")
        }
        return tag
      }
      return Sentence(words: block.map { String($0.columns[0]) }, tags: tags)
    }
  }
}
