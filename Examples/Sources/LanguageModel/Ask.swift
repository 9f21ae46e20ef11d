import ArgumentParser
import ExampleKit
import Foundation
import Recurrent
import RecurrentTraining

/// Goes on with every line of standard input.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Goes on writing where each line of input ends; \\n in it stands for the end of a line.")

  @Argument(help: "The file that `train --save` wrote.")
  var model: String
  @Option(help: "Characters to write.")
  var length = 300
  @Option(help: "How daring to be: 1 draws as the model thinks, near 0 takes the likeliest.")
  var temperature = 0.7
  @Option(help: "What the characters are drawn from.")
  var seed: UInt64 = 1

  func validate() throws {
    try check("--length", length, in: 1...1_000_000)
    guard temperature > 0 else { throw ValidationError("--temperature must be above 0") }
  }

  func run() throws {
    let (model, alphabet) = try CharacterModel.read(model)
    var generator = SeededGenerator(seed: seed)
    answerLines(prompt: "Begin:") { typed in
      let line = typed.replacing("\\n", with: "\n")
      let beginning = line.unicodeScalars.compactMap { alphabet[$0] }
      guard !beginning.isEmpty else { return "none of these characters was in the text" }
      let written = model.continuation(
        of: beginning, length: length, temperature: temperature, using: &generator)
      return line + alphabet.text(of: written)
    }
  }
}

extension CharacterModel {
  /// Writes on: the LSTM runs step by step, and reads what it has just written.
  func continuation(
    of beginning: [Int], length: Int, temperature: Double, using generator: inout SeededGenerator
  ) -> [Int] {
    var stream = lstm.stream(batchSize: 1)
    var hidden = Tensor<Float>(shape: [1, lstm.configuration.hiddenSize])
    for character in beginning { stream.step(embedding(IndexTensor([character])).span, into: hidden.mutableSpan) }
    return (0..<length).map { _ in
      let next = draw(dense(hidden).elements.map { Double($0) / temperature }, using: &generator)
      stream.step(embedding(IndexTensor([next])).span, into: hidden.mutableSpan)
      return next
    }
  }

  /// A number, each with the probability that softmax gives it.
  private func draw(_ logits: [Double], using generator: inout SeededGenerator) -> Int {
    let largest = logits.max() ?? 0
    let weights = logits.map { exp($0 - largest) }
    var rest = generator.uniform() * weights.reduce(0, +)
    for (index, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return index }
    }
    return weights.count - 1
  }
}
