import ArgumentParser
import ExampleKit
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTraining
import WordReader

extension Acceptability {
  struct TrainLanguageModel: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "language-model", abstract: "Trains a language model on the sentences of a treebank, and more text.")

    @Option(help: "Files with more text to learn from, a sentence in the last column of each line.")
    var text: [String] = []
    @Option(help: "Pairs of sentences to ask it about after every epoch, the right one first.")
    var pairs: [String] = []
    @OptionGroup var arguments: TrainingArguments

    func run() throws {
      let folder = arguments.folder(sample: "treebank")
      let more = try text.flatMap { path in
        try TextFile(path).lines.map { words(of: $0.split(separator: "\t").last?.lowercased() ?? "") }
      }
      let train =
        try sentences("\(folder)/train.tsv")
        + more.filter { !$0.isEmpty && $0.count <= Self.longest }.map { Treebank.Sentence(words: $0) }
      let dev = try sentences("\(folder)/dev.tsv")
      let lexicon = Lexicon(of: train.map(\.words) + [[LanguageModel.Batch.edge, LanguageModel.Batch.edge]])
      let tokens = train.flatMap(\.words)
      let files = try pairs.map(MinimalPairs.init)
      let batches = LengthBatches(lengths: train.map(\.words.count), batchSize: 32, seed: arguments.seed)
      var trainer = Trainer(
        LanguageModel(lexicon, seed: arguments.seed), optimizer: Adam(), batches: batches,
        options: try arguments.options(epochs: 7, over: batches, clipping: .norm(1)) {
          .linear(from: 2e-3, to: 0, steps: $0)
        }, seed: arguments.seed)
      try trainer.resume(arguments, facts: ["data": Treebank.digest(train)])
      func batch(_ numbers: [Int], of sentences: [Treebank.Sentence]) -> LanguageModel.Batch {
        // What to tell the right words from: their other forms, and words from anywhere.
        var generator = SeededGenerator(seed: numbers.reduce(arguments.seed) { $0 &* 31 &+ UInt64($1) })
        let forms = Set(numbers.flatMap { sentences[$0].words }).sorted().flatMap(WordForms.others)
        let others = (0..<200).map { _ in tokens[Int(generator.uniform(0, Double(tokens.count)))] }
        return LanguageModel.Batch(numbers.map { sentences[$0] }, others: forms + others, lexicon)
      }
      try trainer.run {
        batch($0, of: train)
      } validatingBy: { model in
        for file in files { print("\(file.name)  \(file.accuracy(of: model, lexicon))") }
        fflush(nil)
        var generator = SeededGenerator(seed: 1)
        let batches = LengthBatches(lengths: dev.map(\.words.count), batchSize: 64, seed: 0).batches(ofEpoch: 0)
        return batches.reduce(0) { sum, numbers in
          sum + model.lossAndGradients(batch(numbers, of: dev), using: &generator).loss / Double(batches.count)
        }
      }
      if let path = arguments.save {
        try trainer.model.file(lexicon, example: LanguageModel.name).write(to: path)
      }
    }

    private func sentences(_ path: String) throws -> [Treebank.Sentence] {
      try Treebank.sentences(path).filter { $0.words.count <= Self.longest }.map {
        Treebank.Sentence(words: $0.words.map { $0.lowercased() }, tags: $0.tags)
      }
    }

    private static let longest = 50
  }
}
