import ExampleKit
import Recurrent
import RecurrentTraining
import WordReader

/// A sentence, and the words at which one sees that it is broken: none where it is whole.
struct JudgedSentence {
  var words: [String]
  var tags: [Int]
  var breaks: [Int] = []
}

/// Sentences of a treebank, and the same ones broken: two neighbours swapped, or one word dropped.
struct BrokenSentences {
  /// Each with a whole sentence and the same one broken.
  private(set) var pairs: [(whole: JudgedSentence, broken: JudgedSentence)] = []

  /// Breaks each sentence of three words or more in some ways, as the generator says. All in lower case: capitals would
  /// tell which word was first.
  init(_ sentences: [Treebank.Sentence], ways: Int = 1, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for sentence in sentences {
      let whole = JudgedSentence(words: sentence.words.map { $0.lowercased() }, tags: sentence.tags)
      for _ in 0..<ways {
        guard let broken = Self.broken(whole, using: &generator) else { continue }
        pairs.append((whole, broken))
      }
    }
  }

  /// What tells these sentences, and how they are broken, from others.
  var digest: String {
    ExampleKit.digest(pairs.lazy.flatMap { $0.broken.words + $0.broken.tags.map { Treebank.tagNames[$0] } })
  }

  /// Batches of so many pairs, the two sentences of which are never apart: what they have in common then says nothing.
  func batches(of size: Int, seed: UInt64) -> LengthBatches {
    LengthBatches(lengths: pairs.map(\.whole.words.count), batchSize: size, seed: seed)
  }

  /// Some of the pairs, as a model reads them.
  func batch(_ numbers: [Int], _ lexicon: Lexicon) -> JudgedBatch {
    JudgedBatch(numbers.flatMap { [pairs[$0].whole, pairs[$0].broken] }, lexicon)
  }

  /// The same sentence with two neighbours swapped or one word dropped; punctuation stays where it is.
  private static func broken(_ sentence: JudgedSentence, using generator: inout SeededGenerator) -> JudgedSentence? {
    let words = sentence.words
    let places = words.indices.filter { words[$0].contains(where: \.isLetter) }
    let neighbours = zip(places, places.dropFirst()).filter { $1 == $0 + 1 && words[$0] != words[$1] }
    guard places.count > 2, !neighbours.isEmpty else { return nil }
    var broken = sentence
    if generator.uniform() < 0.5 {
      let (first, second) = neighbours[Int(generator.uniform(0, Double(neighbours.count)))]
      broken.words.swapAt(first, second)
      broken.tags.swapAt(first, second)
      broken.breaks = [first, second]
    } else {
      let dropped = places[Int(generator.uniform(0, Double(places.count)))]
      broken.words.remove(at: dropped)
      broken.tags.remove(at: dropped)
      broken.breaks = [min(dropped, broken.words.count - 1)]
    }
    return broken
  }
}

/// Sentences side by side, and where they are broken.
struct JudgedBatch {
  let words: SpelledWords
  /// The part of speech of each word, [T, N].
  let tags: IndexTensor
  /// 1 for the words at which one sees it, else 0: [T, N, 1].
  let breaks: Tensor<Float>
  /// 1 for the broken sentences, 0 for the whole ones: [N, 1].
  let broken: Tensor<Float>

  init(_ sentences: [JudgedSentence], _ lexicon: Lexicon) {
    words = SpelledWords(sentences.map(\.words), lexicon)
    tags = IndexTensor(padding: sentences.map(\.tags))
    var breaks = Tensor<Float>(shape: words.places.shape + [1])
    for (row, sentence) in sentences.enumerated() {
      for step in sentence.breaks { breaks[step, row, 0] = 1 }
    }
    self.breaks = breaks
    broken = Tensor(shape: [sentences.count, 1], elements: sentences.map { $0.breaks.isEmpty ? 0 : 1 })
  }
}
