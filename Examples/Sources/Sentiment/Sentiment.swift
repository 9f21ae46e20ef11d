import ArgumentParser
import ExampleKit
import RecurrentTraining

/// Does a sentence praise a movie, or does it not?
@main
struct Sentiment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sentiment",
    abstract: "Learns from sentences of movie reviews whether they praise the movie.",
    discussion: """
      Word vectors, learnt from scratch, go through a bidirectional LSTM; of each of its features the largest over time \
      is kept, and these say the class. With --model bag there is no LSTM: the mean of the word vectors goes through a \
      feed-forward layer, and the order of the words is lost. Here that costs little: words that praise do so anywhere.
      """,
    subcommands: [Train.self, Ask.self], defaultSubcommand: Train.self)

  struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Trains a model and tests it.")

    @Option(help: "With a hidden state, or without.")
    var model = ClassifierKind.lstm
    @OptionGroup var arguments: TrainingArguments

    func run() throws { try train(model.type) }

    private func train<Classifier: SentenceClassifier>(_: Classifier.Type) throws {
      let folder = arguments.folder(sample: "sentiment")
      let train = try [Review](contentsOf: "\(folder)/train.tsv")
      let dev = try [Review](contentsOf: "\(folder)/dev.tsv")
      let test = try [Review](contentsOf: "\(folder)/test.tsv")
      let vocabulary = Vocabulary(of: train.map(\.words), atLeast: 2)
      let batches = LengthBatches(lengths: train.map(\.words.count), batchSize: 32, seed: arguments.seed)
      var trainer = Trainer(
        Classifier(vocabulary, seed: arguments.seed), optimizer: Adam(learningRate: 1e-3), batches: batches,
        options: try arguments.options(epochs: 8, over: batches), seed: arguments.seed)
      try trainer.resume(arguments, facts: ["model": model.rawValue, "data": (train + dev).digest])
      try trainer.run { numbers in
        ReviewBatch(numbers.map { train[$0] }, vocabulary)
      } validatingBy: { model in
        1 - model.accuracy(on: dev, vocabulary).share
      }
      let best = trainer.best
      print("dev   \(best.accuracy(on: dev, vocabulary))")
      print("test  \(best.accuracy(on: test, vocabulary))")
      let kind = ["classifier": model.rawValue]
      if let path = arguments.save { try best.file(vocabulary, example: "sentiment", metadata: kind).write(to: path) }
    }
  }

  struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says of every line what a trained model thinks of it.")

    @Argument(help: "A model that was saved.")
    var model: String
    @Option(help: "A page to write, with what the LSTM's gates did at each word of the last line.")
    var heatMap: String?

    func run() throws {
      let (classifier, vocabulary) = try classifier(contentsOf: model)
      let lstm = classifier as? LSTMClassifier
      guard heatMap == nil || lstm != nil else { throw ValidationError("a bag of words has no gates") }
      try answerLines(prompt: "A sentence about a movie:") { line in
        let review = Review(line, label: 1)
        guard !review.words.isEmpty else { return "no words" }
        if let heatMap, let lstm {
          try write(lstm.heatMap(review, vocabulary).page, to: heatMap)
        }
        let praise = classifier.probability(of: review, vocabulary)
        return "\(praise >= 0.5 ? "praise" : "no praise"), \(Int((100 * max(praise, 1 - praise)).rounded())) % sure"
      }
    }
  }
}
