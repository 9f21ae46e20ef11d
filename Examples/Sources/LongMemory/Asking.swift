import ExampleKit
import Foundation
import Recurrent
import RecurrentTraining

extension AddingProblem {
  var question: String { "Two numbers from 0 to 1:" }

  /// The two numbers, marked in the midst of each half of a sequence.
  func batch(asking line: String) -> TaskBatch? {
    let numbers = line.split(whereSeparator: { $0 == " " || $0 == "+" }).compactMap { Float($0) }
    guard numbers.count == 2, numbers.allSatisfy({ (0...1).contains($0) }) else { return nil }
    var (input, answer) = (batch([0], seed: 0).input, Tensor<Float>(shape: [1, 1]))
    for step in 0..<stepCount { input[step, 0, 1] = 0 }
    for (place, number) in zip([stepCount / 4, stepCount * 3 / 4], numbers) {
      (input[place, 0, 0], input[place, 0, 1]) = (number, 1)
      answer[0, 0] += number
    }
    return TaskBatch(input: input, answer: .number(answer))
  }

  func text(of answer: Tensor<Float>) -> String {
    "their sum, after \(stepCount) numbers: " + String(format: "%.3f", answer[0, 0])
  }
}

extension CopyMemory {
  var question: String { "Ten digits from 0 to 7:" }

  /// The ten digits, the silence and the sign.
  func batch(asking line: String) -> TaskBatch? {
    let digits = line.compactMap(\.wholeNumberValue)
    guard digits.count == symbolCount, digits.count == line.filter({ $0 != " " }).count,
      digits.max() ?? 0 < alphabetSize
    else { return nil }
    return batch(of: [digits])
  }

  func text(of answer: Tensor<Float>) -> String {
    let said = answer.placesOfLargest.elements.suffix(symbolCount)
    return "after \(delay) silent steps: " + said.map { $0 < alphabetSize ? "\($0)" : "·" }.joined()
  }
}
