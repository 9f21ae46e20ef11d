import Foundation
import Recurrent
import RecurrentTraining

/// What a model is asked to remember: sequences to learn from, made anew from their numbers, and what is right for them.
protocol MemoryTask: Sendable {
  var name: LongMemory.TaskName { get }
  /// The steps to remember over, which the user chose.
  var memorySteps: Int { get }
  /// T, I and the width of an answer.
  var stepCount: Int { get }
  var inputSize: Int { get }
  var outputSize: Int { get }
  /// The loss of the best that can be had without a memory.
  var memorylessLoss: Double { get }
  /// What counts as solved.
  var solvedLoss: Double { get }
  /// Units and optimiser steps that are enough for an LSTM.
  var unitCount: Int { get }
  var budget: Int { get }

  /// Some sequences: inputs [T, N, I] and what is right.
  func batch(_ sequences: [Int], seed: UInt64) -> TaskBatch

  /// What a user is to type in.
  var question: String { get }
  /// A sequence made of what was typed in; nil where that is something else.
  func batch(asking line: String) -> TaskBatch?
  /// What a model has said to one sequence.
  func text(of answer: Tensor<Float>) -> String
}

/// Sequences, and what is right for them.
struct TaskBatch {
  enum Answer {
    /// One number a sequence, to be said at its end: [N, 1].
    case number(Tensor<Float>)
    /// A class at every step: [T, N].
    case classes(IndexTensor)
  }

  let input: Tensor<Float>
  let answer: Answer
}

/// Two of T numbers are marked, one in each half; their sum is to be said at the end.
///
/// Hochreiter & Schmidhuber, "Long short-term memory", 1997. Numbers from U(0, 1), so that who always says 1 has a mean
/// squared error of 2/12.
struct AddingProblem: MemoryTask {
  let stepCount: Int
  let name = LongMemory.TaskName.adding
  var memorySteps: Int { stepCount }
  let inputSize = 2
  let outputSize = 1
  let memorylessLoss = 2.0 / 12
  let solvedLoss = 0.01
  let unitCount = 64
  let budget = 3000

  func batch(_ sequences: [Int], seed: UInt64) -> TaskBatch {
    var input = Tensor<Float>(shape: [stepCount, sequences.count, 2])
    var sums = Tensor<Float>(shape: [sequences.count, 1])
    for (row, sequence) in sequences.enumerated() {
      var generator = SeededGenerator(seed: seed &+ UInt64(sequence))
      for step in 0..<stepCount { input[step, row, 0] = Float(generator.uniform()) }
      let half = stepCount / 2
      for marked in [Int(generator.uniform(0, Double(half))), Int(generator.uniform(Double(half), Double(stepCount)))] {
        input[marked, row, 1] = 1
        sums[row, 0] += input[marked, row, 0]
      }
    }
    return TaskBatch(input: input, answer: .number(sums))
  }
}

/// Ten symbols of eight, then a long silence, then a sign: now the ten are to be said again.
///
/// Arjovsky, Shah & Bengio, "Unitary evolution recurrent neural networks", 2016. Who has no memory knows when to be silent
/// and guesses ten symbols: 10·ln 8 over all T + 20 steps.
struct CopyMemory: MemoryTask {
  /// The steps of the silence.
  let delay: Int
  let name = LongMemory.TaskName.copy
  var memorySteps: Int { delay }
  let unitCount = 128
  let budget = 8000
  let symbolCount = 10
  let alphabetSize = 8

  var stepCount: Int { delay + 2 * symbolCount }
  var inputSize: Int { alphabetSize + 2 }
  var outputSize: Int { alphabetSize + 1 }
  var memorylessLoss: Double { Double(symbolCount) * log(Double(alphabetSize)) / Double(stepCount) }
  var solvedLoss: Double { memorylessLoss / 4 }

  func batch(_ sequences: [Int], seed: UInt64) -> TaskBatch {
    batch(
      of: sequences.map { sequence in
        var generator = SeededGenerator(seed: seed &+ UInt64(sequence))
        return (0..<symbolCount).map { _ in Int(generator.uniform(0, Double(alphabetSize))) }
      })
  }

  /// Sequences that begin with these symbols.
  func batch(of symbols: [[Int]]) -> TaskBatch {
    let (silence, sign) = (alphabetSize, alphabetSize + 1)
    var input = Tensor<Float>(shape: [stepCount, symbols.count, inputSize])
    var answers = [Int](repeating: silence, count: stepCount * symbols.count)
    for (row, symbols) in symbols.enumerated() {
      for (index, symbol) in symbols.enumerated() {
        input[index, row, symbol] = 1
        answers[(stepCount - symbolCount + index) * input.shape[1] + row] = symbol
      }
      for step in symbolCount..<stepCount {
        input[step, row, step == stepCount - symbolCount - 1 ? sign : silence] = 1
      }
    }
    return TaskBatch(
      input: input, answer: .classes(IndexTensor(shape: [stepCount, symbols.count], elements: answers)))
  }
}
