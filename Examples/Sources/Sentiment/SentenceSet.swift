import ExampleKit
import RecurrentTraining

/// Sentences, and of which class each is.
struct SentenceSet: Sendable {
  private(set) var sentences: [[String]] = []
  private(set) var labels: [Int] = []

  init() {}

  mutating func append(_ words: [String], label: Int) {
    sentences.append(words)
    labels.append(label)
  }

  /// Batches of similar length, in a new order every epoch.
  func batches(of size: Int, seed: UInt64) -> LengthBatches {
    LengthBatches(lengths: sentences.map(\.count), batchSize: size, seed: seed)
  }

  /// The sentences with these numbers, as a model reads them.
  func batch(_ numbers: [Int], _ vocabulary: Vocabulary) -> SentenceBatch {
    SentenceBatch(numbers.map { vocabulary(sentences[$0]) }, labels: numbers.map { labels[$0] })
  }
}

/// Sentences side by side.
struct SentenceBatch {
  /// [T, N].
  let words: IndexTensor
  /// The words of each sentence.
  let lengths: [Int]
  /// [N].
  let labels: IndexTensor

  init(_ sentences: [[Int]], labels: [Int]? = nil) {
    words = IndexTensor(padding: sentences)
    lengths = sentences.map(\.count)
    self.labels = IndexTensor(labels ?? sentences.map { _ in IndexTensor.none })
  }
}
