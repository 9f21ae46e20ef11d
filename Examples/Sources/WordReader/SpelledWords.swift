import ExampleKit
import Recurrent
import RecurrentTraining

/// Sentences side by side, and each different word in them once, with its spelling.
package struct SpelledWords {
  /// Which of the U different words stands at each place, [T, N].
  package let places: IndexTensor
  /// The words of each sentence.
  package let lengths: [Int]
  /// The U words.
  package let different: [String]
  /// The number of each of the U words, as the lexicon knows it.
  package private(set) var words: IndexTensor
  /// The characters of each, [C, U].
  let spellings: IndexTensor
  /// How many they are.
  let spellingLengths: [Int]

  /// Sentences, and words beside them that stand in none.
  package init(_ sentences: [[String]], others: [String] = [], _ lexicon: Lexicon) {
    var placeOfWord: [String: Int] = [:]
    var different: [String] = []
    func place(of word: String) -> Int {
      if let place = placeOfWord[word] { return place }
      placeOfWord[word] = different.count
      different.append(word)
      return different.count - 1
    }
    places = IndexTensor(padding: sentences.map { $0.map(place) })
    for word in others { _ = place(of: word) }
    self.different = different
    let spellings = different.map { $0.map { lexicon.characters[String($0)] } }
    words = IndexTensor(different.map { lexicon.words[$0.lowercased()] })
    self.spellings = IndexTensor(padding: spellings)
    lengths = sentences.map(\.count)
    spellingLengths = spellings.map(\.count)
  }

  /// The same, but some of the words as if they were not known: who learns from that listens to spellings.
  package func forgetting(_ rate: Double, using generator: inout SeededGenerator) -> SpelledWords {
    var some = self
    some.words = IndexTensor(words.elements.map { generator.uniform() < rate ? Vocabulary.unknown : $0 })
    return some
  }
}
