import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining
import WordReader

/// A model that says whether a sentence is broken.
protocol Judge: AskableModel where Scalar == Float, Batch == JudgedBatch, Beside == Lexicon {
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
      for (suspicion, broken) in zip(suspicion(batch.words).elements, batch.broken.elements) {
        accuracy.count((suspicion > 0) == (broken > 0))
      }
    }
    return accuracy
  }

  /// Everything that is needed to ask it again.
  func file(_ lexicon: Lexicon) -> TensorFile {
    file(lexicon, example: "acceptability", metadata: ["judge": Self.name])
  }
}
