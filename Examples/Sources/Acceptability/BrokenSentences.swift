import ExampleKit
import Recurrent
import SentenceClassifier

/// Sentences of a treebank (1), and the same ones broken (0): two neighbours swapped, or one word dropped.
struct BrokenSentences {
  let train, dev, test: SentenceSet
  /// The words that stand at least twice in the sentences to learn from, in lower case.
  let vocabulary: Vocabulary

  /// Reads `train.tsv`, `dev.tsv` and `test.tsv`, lines of a word, a tab and its tag, with an empty line after a sentence.
  ///
  /// What is broken in the sentences to learn from follows from the seed, and each is broken in several ways; in the
  /// others it is always the same. All in lower case: capitals would tell which word was first.
  init(folder: String, ways: Int, seed: UInt64) throws {
    let sentences = try ["train", "dev", "test"].map { name in
      try Self.sentences("\(folder)/\(name).tsv").map { $0.map { $0.lowercased() } }
    }
    vocabulary = Vocabulary(of: sentences[0], atLeast: 2)
    train = Self.pairs(sentences[0], ways: ways, seed: seed)
    dev = Self.pairs(sentences[1], ways: 1, seed: 0)
    test = Self.pairs(sentences[2], ways: 1, seed: 0)
  }

  /// The sentences of a file of a treebank.
  static func sentences(_ path: String) throws -> [[String]] {
    try TextFile(path).blocks(2).map { $0.map { String($0[0]) } }
  }

  /// Each sentence of three words or more, whole and broken, as often as it is broken in other ways.
  private static func pairs(_ sentences: [[String]], ways: Int, seed: UInt64) -> SentenceSet {
    var generator = SeededGenerator(seed: seed)
    var set = SentenceSet()
    for words in sentences {
      for _ in 0..<ways {
        guard let broken = broken(words, using: &generator) else { continue }
        set.append(words, label: 1)
        set.append(broken, label: 0)
      }
    }
    return set
  }

  /// The same sentence with two neighbours swapped or one word dropped; punctuation stays where it is.
  private static func broken(_ sentence: [String], using generator: inout SeededGenerator) -> [String]? {
    let places = sentence.indices.filter { sentence[$0].contains(where: \.isLetter) }
    let pairs = zip(places, places.dropFirst()).filter { $1 == $0 + 1 && sentence[$0] != sentence[$1] }
    guard places.count > 2, !pairs.isEmpty else { return nil }
    var broken = sentence
    if generator.uniform() < 0.5 {
      let (first, second) = pairs[Int(generator.uniform(0, Double(pairs.count)))]
      broken.swapAt(first, second)
    } else {
      broken.remove(at: places[Int(generator.uniform(0, Double(places.count)))])
    }
    return broken
  }
}
