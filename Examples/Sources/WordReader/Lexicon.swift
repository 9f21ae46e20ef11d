import ExampleKit
import RecurrentFormats

/// Words and characters that are known, and their numbers.
package struct Lexicon: Companion {
  /// In lower case: how a word is written is told by its characters.
  package let words: Vocabulary
  package let characters: Vocabulary

  /// Words that stand at least twice in the sentences, and all characters.
  package init(of sentences: [[String]]) {
    words = Vocabulary(of: sentences.map { $0.map { $0.lowercased() } }, atLeast: 2)
    characters = Vocabulary(of: sentences.joined().map { $0.map(String.init) })
  }

  /// Reads a lexicon that was saved.
  package init(_ file: TensorFile) throws {
    words = try Vocabulary(file, named: "lexicon.words")
    characters = try Vocabulary(file, named: "lexicon.characters")
  }

  /// Saves it beside a model.
  package func save(to file: inout TensorFile) {
    words.save(to: &file, named: "lexicon.words")
    characters.save(to: &file, named: "lexicon.characters")
  }
}
