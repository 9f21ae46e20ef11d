import ExampleKit
import Foundation
import Recurrent
import RecurrentTraining

/// A model that says of which class a sentence is.
protocol SentenceClassifier: AskableModel where Scalar == Float, Batch == ReviewBatch, Beside == Vocabulary {
  /// [N, classes]: the larger, the likelier.
  func logits(_ batch: ReviewBatch) -> Tensor<Float>
}

extension SentenceClassifier {
  /// How many sentences it gets right.
  func accuracy(on reviews: [Review], _ vocabulary: Vocabulary) -> Accuracy {
    Accuracy(lengths: reviews.map(\.words.count)) { numbers in
      let batch = ReviewBatch(numbers.map { reviews[$0] }, vocabulary)
      return (logits(batch).placesOfLargest, batch.labels)
    }
  }

  /// How likely a sentence is to be of the class that it is labelled with.
  func probability(of review: Review, _ vocabulary: Vocabulary) -> Double {
    let batch = ReviewBatch([review], vocabulary)
    return exp(-crossEntropy(logits(batch), batch.labels).value)
  }
}
