import ExampleKit
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// A model that says of which class a sentence is.
protocol SentenceClassifier: ComposedModel where Scalar == Float, Batch == SentenceBatch {
  /// A model that knows nothing yet.
  init(vocabularySize: Int, seed: UInt64)

  /// [N, classes]: the larger, the likelier.
  func logits(_ batch: SentenceBatch) -> Tensor<Float>
}

extension SentenceClassifier {
  /// How many sentences it gets right.
  func accuracy(on set: SentenceSet, _ vocabulary: Vocabulary) -> Accuracy {
    var accuracy = Accuracy()
    for numbers in set.batches(of: 64, seed: 0).batches(ofEpoch: 0) {
      let batch = set.batch(numbers, vocabulary)
      accuracy.count(logits(batch).placesOfLargest, batch.labels)
    }
    return accuracy
  }

  /// How likely each class is for a sentence.
  func probabilities(of words: [Int]) -> [Double] {
    let logits = logits(SentenceBatch([words])).elements.map(Double.init)
    let powers = logits.map { exp($0 - logits.max()!) }
    return powers.map { $0 / powers.reduce(0, +) }
  }
}
