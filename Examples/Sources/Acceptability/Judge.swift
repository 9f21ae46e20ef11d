import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining
import WordReader

/// A model that says whether a sentence is broken.
protocol Judge: ComposedModel where Scalar == Float, Batch == JudgedBatch {
  /// What it is called on the command line and in files.
  static var name: String { get }

  /// A model that knows nothing yet.
  init(_ lexicon: Lexicon, seed: UInt64)

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
    var file = TensorFile(example: "acceptability")
    file.metadata["judge"] = Self.name
    file.set(model: self)
    lexicon.save(to: &file)
    return file
  }

  /// Reads a model that was saved.
  init(_ file: TensorFile, _ lexicon: Lexicon) throws {
    self.init(lexicon, seed: 0)
    try file.restore(prefix: "model", &self)
  }
}
