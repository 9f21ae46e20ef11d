import ExampleKit
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// A model that says of which class a sentence is.
package protocol SentenceClassifier: ComposedModel where Scalar == Float, Batch == SentenceBatch {
  /// A model that knows nothing yet.
  init(vocabularySize: Int, settings: ClassifierSettings, seed: UInt64)

  /// [N, classes]: the larger, the likelier.
  func logits(_ batch: SentenceBatch) -> Tensor<Float>
}

/// What a classifier begins with, and what keeps it from learning sentences by heart.
package struct ClassifierSettings: Sendable {
  /// The deviation of the word vectors' first numbers.
  package var deviation: Double
  /// The share of the word vectors' numbers that is dropped in training.
  package var wordDropout: Double
  /// The share of the features that is dropped in training.
  package var dropout: Double

  package init(deviation: Double, wordDropout: Double, dropout: Double) {
    self.deviation = deviation
    self.wordDropout = wordDropout
    self.dropout = dropout
  }

  /// Those of a model that learns no more.
  static let none = ClassifierSettings(deviation: 0, wordDropout: 0, dropout: 0)
}

extension SentenceClassifier {
  /// How many sentences it gets right.
  package func accuracy(on set: SentenceSet, _ vocabulary: Vocabulary) -> Accuracy {
    var accuracy = Accuracy()
    for numbers in set.batches(of: 64, seed: 0).batches(ofEpoch: 0) {
      let batch = set.batch(numbers, vocabulary)
      accuracy.count(logits(batch).largest, batch.labels)
    }
    return accuracy
  }

  /// How likely each class is for a sentence.
  package func probabilities(of words: [Int]) -> [Double] {
    let logits = logits(SentenceBatch([words])).elements.map(Double.init)
    let powers = logits.map { exp($0 - logits.max()!) }
    return powers.map { $0 / powers.reduce(0, +) }
  }
}
