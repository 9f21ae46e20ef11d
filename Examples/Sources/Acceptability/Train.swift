import ArgumentParser
import ExampleKit
import Foundation
import RecurrentTraining
import WordReader

extension Acceptability {
  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Trains a model and tests it.")

    enum Model: String, CaseIterable, ExpressibleByArgument { case lstm, bag }

    @Option(help: "With a hidden state, or without.")
    var model = Model.lstm
    @OptionGroup var breaking: BreakingArguments
    @OptionGroup var arguments: TrainingArguments

    func run() throws {
      switch model {
      case .lstm: try train(LSTMJudge.self)
      case .bag: try train(BagJudge.self)
      }
    }

    private func train<Model: Judge>(_: Model.Type) throws {
      let data = try breaking.data(arguments.data, seed: arguments.seed)
      let batches = data.train.batches(of: 16, seed: arguments.seed)
      var trainer = Trainer(
        Model(data.lexicon, seed: arguments.seed), optimizer: Adam(), batches: batches,
        options: try arguments.options(epochs: 2, over: batches) { .linear(from: 2e-3, to: 0, steps: $0) },
        seed: arguments.seed)
      try trainer.resume(arguments, facts: ["model": Model.name, "data": data.train.digest + data.dev.digest])
      try trainer.run {
        data.train.batch($0, data.lexicon)
      } validatingBy: { model in
        1 - model.accuracy(on: data.dev, data.lexicon).share
      }
      print("dev   \(trainer.best.accuracy(on: data.dev, data.lexicon))")
      print("test  \(trainer.best.accuracy(on: data.test, data.lexicon))")
      if let path = arguments.save { try trainer.best.file(data.lexicon).write(to: path) }
    }
  }

  struct Write: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes the sentences, whole and broken, for other programs to learn from.",
      discussion: """
        Lines of the words, their parts of speech, and the places of the words at which one sees that the sentence is broken \
        (none where it is whole), with tabs between. Whole sentences and the same ones broken take turns.
        """)

    @Option(help: "The folder with the treebank; the small sample where nothing is said.")
    var data: String?
    @Option(help: "What is broken follows from it.")
    var seed: UInt64 = 1
    @OptionGroup var breaking: BreakingArguments
    @Argument(help: "The folder to write train.tsv, dev.tsv and test.tsv to.")
    var folder: String

    func run() throws {
      let data = try breaking.data(data, seed: seed)
      try makeFolder(folder)
      for (name, set) in [("train", data.train), ("dev", data.dev), ("test", data.test)] {
        let lines = set.pairs.flatMap { [$0.whole, $0.broken] }.map { sentence in
          [sentence.words, sentence.tags.map { Treebank.tagNames[$0] }, sentence.breaks.map(String.init)]
            .map { $0.joined(separator: " ") }.joined(separator: "\t") + "\n"
        }
        try write(lines.joined(), to: "\(folder)/\(name).tsv")
      }
    }
  }
}

/// How sentences are broken.
struct BreakingArguments: ParsableArguments {
  @Option(help: "In how many ways each sentence to learn from is broken.")
  var ways = 6

  func validate() throws {
    guard ways > 0 else { throw ValidationError("--ways must be above 0") }
  }

  /// The sentences of a folder with `train.tsv`, `dev.tsv` and `test.tsv`, broken. In those to learn from it follows from
  /// the seed what is broken; in the others it is always the same.
  func data(
    _ folder: String?, seed: UInt64
  ) throws -> (train: BrokenSentences, dev: BrokenSentences, test: BrokenSentences, lexicon: Lexicon) {
    let folder = folder ?? sampleFolder("treebank")
    let sentences = try ["train", "dev", "test"].map { try Treebank.sentences("\(folder)/\($0).tsv") }
    return (
      BrokenSentences(sentences[0], ways: ways, seed: seed), BrokenSentences(sentences[1], seed: 0),
      BrokenSentences(sentences[2], seed: 0), Lexicon(of: sentences[0].map { $0.words.map { $0.lowercased() } })
    )
  }
}
