import Foundation
import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// A model that says of which class a sentence is.
package protocol SentenceClassifier: ComposedModel where Scalar == Float, Batch == SentenceBatch {
  /// What it is called on the command line and in files.
  static var name: String { get }

  /// A model that knows nothing yet.
  init(vocabularySize: Int, classCount: Int, seed: UInt64)

  /// [N, classes]: the larger, the likelier.
  func logits(_ batch: SentenceBatch) -> Tensor<Float>
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

  /// Everything that is needed to ask it again.
  package func file(_ vocabulary: Vocabulary) -> TensorFile {
    var file = TensorFile(metadata: ["classifier": Self.name])
    file.set(model: self)
    vocabulary.save(to: &file)
    return file
  }

  /// A model that was saved, with as many words as its vocabulary.
  package init(_ file: TensorFile, vocabularySize: Int, classCount: Int) throws {
    self.init(vocabularySize: vocabularySize, classCount: classCount, seed: 0)
    try file.restore(prefix: "model", &self)
  }
}
