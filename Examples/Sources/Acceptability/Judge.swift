import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining
import WordReader

/// A model that says whether a sentence is broken.
protocol Judge: WordModel where Scalar == Float, Batch == JudgedBatch {
  /// What it is called on the command line and in files.
  static var name: String { get }

  /// [N, 1]: above 0 where a sentence is more likely broken than not.
  func suspicion(_ words: SpelledWords) -> Tensor<Float>
}

extension Judge {
  /// How many sentences it judges right.
  func accuracy(on set: BrokenSentences, _ lexicon: Lexicon) -> Accuracy {
    var accuracy = Accuracy()
    for numbers in set.batches(of: 32, seed: 0).batches(ofEpoch: 0) {
      let batch = set.batch(numbers, lexicon)
      accuracy.count(
        IndexTensor(suspicion(batch.words).elements.map { $0 > 0 ? 1 : 0 }),
        IndexTensor(batch.broken.elements.map { Int($0) }))
    }
    return accuracy
  }

  /// Everything that is needed to ask it again.
  func file(_ lexicon: Lexicon) -> TensorFile {
    var file = file(lexicon, example: "acceptability")
    file.metadata["judge"] = Self.name
    return file
  }
}
