import ExampleKit
import Foundation
import Recurrent
import RecurrentTraining

extension LanguageModel {
  /// The logarithm of the probability of each sentence, where every word is one of the batch's.
  func logProbabilities(_ batch: Batch, _ families: WordFamilies) -> [Double] {
    let table = reader(batch.words)
    let read = table(batch.words.places)
    let hidden = lstm(read, lengths: batch.lengths).hidden
    let choice = Dense(weights: table.weights.transposed, bias: families.logChances(of: batch.words.different))
    let logits = choice(dense(Tensor(concatenating: [hidden, read]))).elements
    let (steps, count) = (batch.next.shape[0], batch.next.shape[1])
    return (0..<count).map { sentence in
      (0..<steps).reduce(0) { sum, step in
        let place = step * count + sentence
        guard batch.next.elements[place] != IndexTensor.none else { return sum }
        let row = Tensor(
          shape: [1, table.count], elements: Array(logits[place * table.count..<(place + 1) * table.count]))
        return sum - crossEntropy(row, IndexTensor([batch.next.elements[place]])).value
      }
    }
  }
}

/// How often the words of each family stand in the texts of a vocabulary.
struct WordFamilies {
  private var counts: [String: Int] = [:]
  private var total = 0

  init(_ vocabulary: Vocabulary) {
    for (index, word) in vocabulary.words.enumerated() {
      let count = vocabulary.occurrences(of: index + 1) ?? 0
      counts[WordForms.family(of: word), default: 0] += count
      total += count
    }
  }

  /// The logarithm of how likely some of each word's family were to be among those to choose among, in a batch of training
  /// of some 1000 words: in training that need not be guessed, so it is not.
  func logChances(of words: [String]) -> Tensor<Float> {
    let logs = words.map { word in
      Float(log(1 - exp(-1000 * Double(max(counts[WordForms.family(of: word)] ?? 0, 1)) / Double(total))))
    }
    return Tensor(shape: [logs.count], elements: logs)
  }
}
