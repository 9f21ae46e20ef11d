import ArgumentParser
import ExampleKit
import Recurrent
import RecurrentTraining

/// Trains a model, and compares it with what needs no learning.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Trains a model (where no other subcommand is named).")

  @OptionGroup var training: TrainingArguments
  @Option(help: "Days that a forecast looks back on.")
  var days = 14
  @Option(help: "Units of the LSTM.")
  var units = 128
  @Option(help: "The share of the LSTM's memory that a step of training does without.")
  var dropout = 0.3
  @Option(help: "The learning rate at first; it sinks to a hundredth along a cosine.")
  var rate = 1e-3

  func validate() throws {
    try check("--days", days, in: Windows.possibleDays)
    try check("--units", units, in: 1...8192)
    try check("--dropout", dropout, in: 0...0.99)
    try check("--rate", rate, in: 1e-9...1)
  }

  func run() throws {
    let measured = try Measurements(folder: training.folder(sample: "forecast"))
    let scale = Scale(of: measured.values, in: measured.trainingHours)
    let values = scale(measured.values)
    let learnt = try measured.windows(values, days: days, within: measured.trainingHours)
    let stopping = try measured.windows(values, days: days, within: measured.validationHours)

    let batches = LengthBatches(count: learnt.count, batchSize: 64, seed: training.seed)
    let options = try training.options(epochs: 6, over: batches, clipping: .norm(1), patience: 3) {
      .cosine(from: rate, to: rate / 100, steps: $0)
    }
    var trainer = Trainer(
      ForecastModel(units: units, dropout: dropout, seed: training.seed), optimizer: AdamW(), batches: batches,
      options: options, seed: training.seed)
    try trainer.resume(
      training, facts: ["days": "\(days)", "dropout": "\(dropout)", "data": measured.digest])
    try trainer.run {
      learnt.batch($0)
    } validatingBy: { model in
      stopping.error { model($0.past) }
    }

    let saved = SavedModel(model: trainer.best, names: measured.names, days: days, scale: scale)
    try saved.judge(by: measured)
    if let path = training.save { try saved.write(to: path) }
  }
}
