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
      let reviews = try Reviews(folder: arguments.folder(sample: "sentiment"))
      let vocabulary = Vocabulary(of: reviews.train.sentences, atLeast: 2)
      var trainer = Trainer(
        Classifier(vocabularySize: vocabulary.count, seed: arguments.seed),
        optimizer: Adam(learningRate: 1e-3), batches: reviews.train.batches(of: 32, seed: arguments.seed),
        options: try arguments.options(epochs: 8), seed: arguments.seed)
      try trainer.resume(arguments, facts: ["model": model.rawValue, "data": reviews.digest])
      try trainer.run {
        reviews.train.batch($0, vocabulary)
      } validatingBy: { model in
        1 - model.accuracy(on: reviews.dev, vocabulary).share
      }
      print("dev   \(trainer.best.accuracy(on: reviews.dev, vocabulary))")
      print("test  \(trainer.best.accuracy(on: reviews.test, vocabulary))")
      if let path = arguments.save { try model.save(trainer.best, vocabulary, to: path) }
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
        let words = Reviews.words(of: line)
        guard !words.isEmpty else { return "no words" }
        if let heatMap, let lstm {
          try write(lstm.heatMap(vocabulary(words), labels: words).page, to: heatMap)
        }
        let praise = classifier.probabilities(of: vocabulary(words))[1]
        return "\(praise >= 0.5 ? "praise" : "no praise"), \(Int((100 * max(praise, 1 - praise)).rounded())) % sure"
      }
    }
  }
}
