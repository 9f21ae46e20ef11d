import Recurrent
import RecurrentTraining

/// How many answers are right, of how many.
package struct Accuracy: Sendable, CustomStringConvertible {
  package private(set) var right = 0
  package private(set) var count = 0

  package init() {}

  /// The accuracy over sentences of these lengths, batch by batch: of some of them, by number, the answers and the labels.
  package init(lengths: [Int], _ answers: (_ numbers: [Int]) -> (IndexTensor, labels: IndexTensor)) {
    for numbers in LengthBatches(lengths: lengths, batchSize: 64, seed: 0).batches(ofEpoch: 0) {
      let (answers, labels) = answers(numbers)
      count(answers, labels)
    }
  }

  /// Counts the answers to which there is a label.
  package mutating func count(_ answers: IndexTensor, _ labels: IndexTensor) {
    for (answer, label) in zip(answers.elements, labels.elements) where label != IndexTensor.none {
      count(answer == label)
    }
  }

  /// Counts one answer more.
  package mutating func count(_ isRight: Bool) {
    right += isRight ? 1 : 0
    count += 1
  }

  /// From 0 to 1.
  package var share: Double { count == 0 ? 0 : Double(right) / Double(count) }

  /// As `81.25 % (13 of 16)`.
  package var description: String {
    let hundredths = Int((10_000 * share).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest) % (\(right) of \(count))"
  }
}

extension Tensor {
  /// The place of the largest number of each row: [..., C] → [...].
  package var placesOfLargest: IndexTensor {
    let columns = shape.last ?? 1
    let rows = columns == 0 ? 0 : count / columns
    let numbers = span
    let places = (0..<rows).map { row in
      var best = row * columns
      for index in best..<best + columns where numbers[index] > numbers[best] { best = index }
      return best - row * columns
    }
    return IndexTensor(shape: shape.dropLast(), elements: places)
  }
}
