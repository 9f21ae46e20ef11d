import ArgumentParser
import ExampleKit
import Foundation
import RecurrentTraining
import WordReader

/// Which part of speech is each word?
@main
struct Tagger: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tagger",
    abstract: "Learns the parts of speech of words in their sentences.",
    discussion: """
      A word is read twice: as one of those that are known, and character by character, by an LSTM of its own, so that \
      "unfriendliest" tells what it is although nobody has seen it before. A bidirectional LSTM then reads the sentence, \
      and every word is told its tag by what stands before and after it.
      """,
    subcommands: [Train.self, Ask.self, Neighbours.self], defaultSubcommand: Train.self)

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Trains a tagger and tests it.")

    @OptionGroup var arguments: TrainingArguments

    func run() throws {
      let folder = arguments.folder(sample: "treebank")
      let train = try Treebank.sentences("\(folder)/train.tsv")
      let dev = try Treebank.sentences("\(folder)/dev.tsv")
      let test = try Treebank.sentences("\(folder)/test.tsv")
      let lexicon = Lexicon(of: train.map(\.words))
      let baseline = MostFrequentTags(in: train)
      print("most frequent tags  dev  \(baseline.accuracy(on: dev))")
      print("most frequent tags  test \(baseline.accuracy(on: test))")
      fflush(nil)
      let batches = LengthBatches(lengths: train.map(\.words.count), batchSize: 32, seed: arguments.seed)
      var trainer = Trainer(
        TaggerModel(lexicon, seed: arguments.seed), optimizer: Adam(), batches: batches,
        options: try arguments.options(epochs: 8, over: batches) { .linear(from: 2e-3, to: 0, steps: $0) },
        seed: arguments.seed)
      try trainer.resume(arguments, facts: ["data": Treebank.digest(train + dev)])
      try trainer.run { numbers in
        TaggedBatch(numbers.map { train[$0] }, lexicon)
      } validatingBy: { model in
        1 - model.accuracy(on: dev, lexicon).share
      }
      let best = trainer.best
      print("dev   \(best.accuracy(on: dev, lexicon))")
      print("test  \(best.accuracy(on: test, lexicon))")
      if let path = arguments.save { try best.file(lexicon, example: "tagger").write(to: path) }
    }
  }

  struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Tags the words of every line.")

    @Argument(help: "A model that was saved.")
    var model: String
    @Option(help: "A page to write, with what the gates did at each word of the last line.")
    var heatMap: String?

    func run() throws {
      let (tagger, lexicon) = try TaggerModel.read(model, example: "tagger")
      try answerLines(prompt: "A sentence:") { line in
        let words = words(of: line)
        guard !words.isEmpty else { return "no words" }
        if let heatMap { try write(tagger.heatMap(words, lexicon).page, to: heatMap) }
        let tags = tagger.tags(of: SpelledWords([words], lexicon)).elements
        return zip(words, tags).map { "\($0)/\(Treebank.tagNames[$1])" }.joined(separator: " ")
      }
    }
  }
}
