import ArgumentParser
import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// Trains a model and says how well it does on the last tenth of the text.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Trains a model (where no other subcommand is named).")

  @OptionGroup var training: TrainingArguments
  @Option(help: "Units of each layer of the LSTM.")
  var units = 512
  @Option(help: "Layers of the LSTM.")
  var layers = 1
  @Option(help: "The share of the LSTM's outputs that each step of training does without.")
  var dropout = 0.1
  @Option(help: "Stretches of the text that are read side by side.")
  var lanes = 32
  @Option(help: "Characters in a window, through which gradients go back.")
  var window = 64
  @Option(help: "The learning rate at first; it sinks to a hundredth along a cosine.")
  var rate = 2e-3

  func validate() throws {
    try check("--units", units, in: 1...8192)
    try check("--layers", layers, in: 1...16)
    try check("--lanes", lanes, in: 1...4096)
    try check("--window", window, in: 1...4096)
    try check("--dropout", dropout, in: 0...0.99)
    try check("--rate", rate, in: 1e-9...1)
  }

  func run() throws {
    let corpus = try Corpus(folder: training.folder(sample: "language-model"))
    let alphabet = Alphabet(of: corpus.training)
    let (text, test) = (try corpus.training(in: alphabet), try corpus.test(in: alphabet))
    guard text.count > lanes else {
      throw ValidationError("a text of \(text.count) characters to learn from is too short for \(lanes) lanes")
    }
    let batches = StreamBatches(count: text.count, laneCount: lanes, windowSize: window)
    let configuration = LSTMConfiguration(
      inputSize: 64, hiddenSize: units, layerCount: layers, regularization: Regularization(dropout: dropout))
    let model = CharacterModel(
      characterCount: alphabet.characters.count, configuration, laneCount: lanes, seed: training.seed)
    let options = try training.options(epochs: 6, over: batches, clipping: .norm(1)) {
      .cosine(from: rate, to: rate / 100, steps: $0).warmedUp(over: 50)
    }
    print("\(text.count) characters to learn from, \(test.count) to be judged by; \(model.parameterCount) parameters")

    var trainer = Trainer(model, optimizer: Adam(), batches: batches, options: options, seed: training.seed)
    try trainer.resume(training, facts: ["dropout": "\(dropout)", "data": corpus.digest])
    let judges = min(16, test.count - 1)
    try trainer.run {
      CharacterModel.Batch($0, of: text)
    } validatingBy: { model in
      model.loss(on: test, laneCount: judges)
    }
    print("on the last tenth: \(decimals(trainer.model.loss(on: test, laneCount: 1))) nats a character")
    if let path = training.save { try trainer.model.file(alphabet, example: "language-model").write(to: path) }
  }
}
