import ArgumentParser
import ExampleKit
import RecurrentFormats
import RecurrentTraining
import SentenceClassifier

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

    enum Model: String, CaseIterable, ExpressibleByArgument { case lstm, bag }

    @Option(help: "With a hidden state, or without.")
    var model = Model.lstm
    @OptionGroup var arguments: TrainingArguments

    func run() throws {
      switch model {
      case .lstm: try train(LSTMClassifier.self)
      case .bag: try train(BagClassifier.self)
      }
    }

    private func train<Classifier: SentenceClassifier>(_: Classifier.Type) throws {
      let reviews = try Reviews(folder: arguments.folder(sample: "sentiment"))
      let vocabulary = Vocabulary(of: reviews.train.sentences, atLeast: 2)
      var trainer = Trainer(
        Classifier(vocabularySize: vocabulary.count, classCount: 2, seed: arguments.seed),
        optimizer: Adam(learningRate: 1e-3), batches: reviews.train.batches(of: 32, seed: arguments.seed),
        options: try arguments.options(epochs: 8), seed: arguments.seed)
      try trainer.resume(arguments)
      try trainer.run {
        reviews.train.batch($0, vocabulary)
      } validatingBy: { model in
        1 - model.accuracy(on: reviews.dev, vocabulary).share
      }
      let best = trainer.best
      print("dev   \(best.accuracy(on: reviews.dev, vocabulary))")
      print("test  \(best.accuracy(on: reviews.test, vocabulary))")
      if let path = arguments.save { try best.file(vocabulary).write(to: path) }
    }
  }

  struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Says of every line what a trained model thinks of it.")

    @Argument(help: "A model that was saved.")
    var model: String

    func run() throws {
      let file = try TensorFile(contentsOf: model)
      switch file.metadata["classifier"] {
      case LSTMClassifier.name: try ask(LSTMClassifier.self, file)
      case BagClassifier.name: try ask(BagClassifier.self, file)
      default: throw ValidationError("\(model) is no model of this program")
      }
    }

    private func ask<Classifier: SentenceClassifier>(_: Classifier.Type, _ file: TensorFile) throws {
      let vocabulary = try Vocabulary(file)
      let classifier = try Classifier(file, vocabularySize: vocabulary.count, classCount: 2)
      answerLines(prompt: "A sentence about a movie:") { line in
        let praise = classifier.probabilities(of: vocabulary(Reviews.words(of: line)))[1]
        return "\(praise >= 0.5 ? "praise" : "no praise"), \(Int((100 * max(praise, 1 - praise)).rounded())) % sure"
      }
    }
  }
}
