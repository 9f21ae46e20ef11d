import ExampleKit
import RecurrentTraining
import WordReader

/// What a tagger has to beat: every word gets the tag that it had most often, whatever stands around it.
struct MostFrequentTags {
  /// By word, as it is written.
  private let tags: [String: Int]

  /// The tags that words have most often in some sentences; of those that are as frequent, the first.
  init(in sentences: [Treebank.Sentence]) {
    var counts: [String: [Int]] = [:]
    for sentence in sentences {
      for (word, tag) in zip(sentence.words, sentence.tags) {
        counts[word, default: [Int](repeating: 0, count: Treebank.tagNames.count)][tag] += 1
      }
    }
    tags = counts.compactMapValues { counts in counts.max().flatMap(counts.firstIndex(of:)) }
  }

  /// The tag of a word; one that was never seen is a name where it begins with a capital, else a noun.
  func callAsFunction(_ word: String) -> Int {
    tags[word] ?? Treebank.tagNames.firstIndex(of: word.first?.isUppercase == true ? "PROPN" : "NOUN")!
  }

  /// How many words it tags right.
  func accuracy(on sentences: [Treebank.Sentence]) -> Accuracy {
    var accuracy = Accuracy()
    for sentence in sentences {
      for (word, tag) in zip(sentence.words, sentence.tags) { accuracy.count(self(word) == tag) }
    }
    return accuracy
  }
}
