import ExampleKit
import Foundation
import Recurrent
import RecurrentTraining
import WordReader

extension LanguageModel {
  /// The logarithm of the probability of each sentence, where every word is one of the batch's.
  func logProbabilities(_ batch: Batch, _ lexicon: Lexicon) -> [Double] {
    let table = reader(batch.words)
    let read = table(batch.words.places)
    let hidden = lstm(read, lengths: batch.lengths).hidden
    let choice = Dense(weights: table.weights.transposed, bias: Self.logChances(of: batch.words.different, lexicon))
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

  /// The logarithm of how likely each word was to be among those to choose among, in a batch of training of some 1000
  /// words: it is there where it or another of its forms is. In training it need not be guessed, so it is not.
  private static func logChances(of words: [String], _ lexicon: Lexicon) -> Tensor<Float> {
    func count(_ word: String) -> Int { lexicon.words.occurrences(of: lexicon.words[word]) ?? 0 }
    let total = (1..<lexicon.words.count).reduce(0) { $0 + (lexicon.words.occurrences(of: $1) ?? 0) }
    let logs = words.map { word in
      let family = ([word] + WordForms.others(of: word)).reduce(0) { $0 + count($1) }
      return Float(log(1 - exp(-1000 * Double(max(family, 1)) / Double(total))))
    }
    return Tensor(shape: [logs.count], elements: logs)
  }
}
