import ArgumentParser
import ExampleKit
import Foundation
import RecurrentTraining
import SentenceClassifier

/// Is a sentence well formed?
@main
struct Acceptability: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "acceptability",
    abstract: "Learns whether a sentence is well formed.",
    discussion: """
      From the sentences of a treebank, and the same ones with two neighbours swapped or one word dropped. Word vectors go \
      through a bidirectional LSTM, of whose features the largest over time are kept. With --model bag there is no LSTM, \
      and a swap leaves no trace at all: all that it can go by is which words stand in a sentence.

      A language model knows it, too: of two sentences that differ in one word it should find the right one likelier. \
      "language-model" trains one, "blimp" asks it.
      """,
    subcommands: [Train.self, Ask.self, Write.self, TrainLanguageModel.self, BLiMP.self], defaultSubcommand: Train.self)

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Trains a model and tests it.")

    @Option(help: "With a hidden state, or without.")
    var model = ClassifierKind.lstm
    @Option(help: "In how many ways each sentence to learn from is broken.")
    var ways = 4
    @OptionGroup var arguments: TrainingArguments

    func run() throws { try train(model.type) }

    private func train<Classifier: SentenceClassifier>(_: Classifier.Type) throws {
      let data = try BrokenSentences(
        folder: arguments.folder(sample: "treebank"), ways: ways, seed: arguments.seed)
      var trainer = Trainer(
        Classifier(
          vocabularySize: data.vocabulary.count,
          settings: .init(
            deviation: 1, wordDropout: 0,
            dropout: 0.5),
          seed: arguments.seed),
        optimizer: Adam(learningRate: 1e-3),
        batches: data.train.batches(of: 32, seed: arguments.seed),
        options: try arguments.options(epochs: 4), seed: arguments.seed)
      try trainer.resume(arguments)
      try trainer.run {
        data.train.batch($0, data.vocabulary)
      } validatingBy: { model in
        1 - model.accuracy(on: data.dev, data.vocabulary).share
      }
      print("dev   \(trainer.best.accuracy(on: data.dev, data.vocabulary))")
      print("test  \(trainer.best.accuracy(on: data.test, data.vocabulary))")
      if let path = arguments.save { try model.save(trainer.best, data.vocabulary, to: path) }
    }
  }

  struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says of every line what a trained model thinks of it.")

    @Argument(help: "A model that was saved.")
    var model: String

    func run() throws {
      let (classifier, vocabulary) = try classifier(contentsOf: model)
      answerLines(prompt: "A sentence:") { line in
        let right = classifier.probabilities(of: vocabulary(words(of: line.lowercased())))[1]
        return
          "\(right >= 0.5 ? "well formed" : "not well formed"), \(Int((100 * max(right, 1 - right)).rounded())) % sure"
      }
    }
  }

  struct Write: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes the sentences, whole and broken, for other programs to learn from.")

    @Option(help: "The folder with the treebank; the small sample where nothing is said.")
    var data: String?
    @Option(help: "In how many ways each sentence to learn from is broken.")
    var ways = 4
    @Option(help: "What is broken follows from it.")
    var seed: UInt64 = 1
    @Argument(help: "The folder to write train.tsv, dev.tsv and test.tsv to: lines of a label, a tab and the words.")
    var folder: String

    func run() throws {
      let sentences = try BrokenSentences(folder: data ?? sampleFolder("treebank"), ways: ways, seed: seed)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for (name, set) in [("train", sentences.train), ("dev", sentences.dev), ("test", sentences.test)] {
        let lines = zip(set.labels, set.sentences).map { "\($0)\t\($1.joined(separator: " "))\n" }
        try lines.joined().write(toFile: "\(folder)/\(name).tsv", atomically: true, encoding: .utf8)
      }
    }
  }
}
