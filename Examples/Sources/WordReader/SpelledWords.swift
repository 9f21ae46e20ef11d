import ExampleKit
import RecurrentTraining

/// Words and characters that are known, and their numbers.
package struct Lexicon: Sendable {
  /// In lower case: how a word is written is told by its characters.
  package let words: Vocabulary
  package let characters: Vocabulary

  /// Words that stand at least twice in the sentences, and all characters.
  package init(of sentences: [[String]]) {
    words = Vocabulary(of: sentences.map { $0.map { $0.lowercased() } }, atLeast: 2)
    characters = Vocabulary(of: sentences.joined().map { $0.map(String.init) })
  }

  init(words: Vocabulary, characters: Vocabulary) {
    self.words = words
    self.characters = characters
  }
}

/// Sentences side by side, and the spelling of each word that is in them, once.
package struct SpelledWords {
  /// The number of each word, [T, N].
  package let words: IndexTensor
  /// The words of each sentence.
  package let lengths: [Int]
  /// The characters of each of U different words, [C, U].
  let spellings: IndexTensor
  /// The characters of each.
  let spellingLengths: [Int]
  /// Which of the U each word is, [T, N].
  let places: IndexTensor

  package init(_ sentences: [[String]], _ lexicon: Lexicon) {
    var placeOfWord: [String: Int] = [:]
    var spellings: [[Int]] = []
    var words: [[Int]] = []
    var places: [[Int]] = []
    for sentence in sentences {
      let sentencePlaces = sentence.map { word in
        if let place = placeOfWord[word] { return place }
        placeOfWord[word] = spellings.count
        spellings.append(word.map { lexicon.characters[String($0)] })
        return spellings.count - 1
      }
      places.append(sentencePlaces)
      words.append(sentence.map { lexicon.words[$0.lowercased()] })
    }
    self.words = IndexTensor(padding: words)
    self.places = IndexTensor(padding: places)
    self.spellings = IndexTensor(padding: spellings)
    lengths = sentences.map(\.count)
    spellingLengths = spellings.map(\.count)
  }
}
