import ArgumentParser
import ExampleKit
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// Trains every cell on every task, until it is solved or the budget spent.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains cells on tasks, and says what became of them (where no other subcommand is named).")

  @Option(help: "adding or copy; both where nothing is said.")
  var task: LongMemory.TaskName?
  @Option(help: "lstm, gru or rnn; all where nothing is said.")
  var cell: LongMemory.CellName?
  @Option(help: "T: the steps to remember over (200 for adding, 50 for copy).")
  var steps: Int?
  @Option(help: "The most steps of the optimiser (3000 for adding, 8000 for copy).")
  var budget: Int?
  @Option(help: "Units (64 for adding, 128 for copy).")
  var units: Int?
  @Option(help: "What weights and sequences are drawn from.")
  var seed: UInt64 = 1
  @Option(help: "A folder for checkpoints, to go on from: a folder in it for each task and cell.")
  var checkpoints: String?
  @Flag(help: "Go on from the checkpoints in --checkpoints, where there are some.")
  var resume = false
  @Option(help: "A folder for the trained models, such as adding-lstm.safetensors.")
  var save: String?

  func validate() throws {
    guard steps ?? 3 > 2, budget ?? 1 > 0, units ?? 1 > 0 else {
      throw ValidationError("--steps must be above 2, --budget and --units above 0")
    }
    guard !resume || checkpoints != nil else { throw ValidationError("--resume needs --checkpoints") }
  }

  func run() throws {
    for name in task.map({ [$0] }) ?? LongMemory.TaskName.allCases {
      let task = name.task(steps: steps)
      print(
        "\(name), T = \(task.memorySteps): without a memory \(decimals(task.memorylessLoss)), solved below "
          + decimals(task.solvedLoss))
      for cell in cell.map({ [$0] }) ?? LongMemory.CellName.allCases { try run(cell, task, "\(name)-\(cell)") }
    }
  }

  private func run(_ cell: LongMemory.CellName, _ task: some Task, _ name: String) throws {
    let size = (task.inputSize, units ?? task.unitCount)
    switch cell {
    case .lstm:
      // Forget gates that at first keep for 1 to T steps: Tallec & Ollivier, "Can recurrent networks warp time?", 2018.
      let initialization = LSTMInitialization(
        input: .glorotUniform, recurrent: .glorotUniform, scope: .perGate, bias: .chrono(maximumSteps: task.stepCount))
      let configuration = LSTMConfiguration(inputSize: size.0, hiddenSize: size.1)
      try train(LSTM(configuration, initialization: initialization, seed: seed), task, name)
    case .gru: try train(GRU(inputSize: size.0, hiddenSize: size.1, seed: seed), task, name)
    case .rnn: try train(RNN(inputSize: size.0, hiddenSize: size.1, seed: seed), task, name)
    }
  }

  private func train<Layer: RecurrentLayer<Float>>(_ layer: Layer, _ task: some Task, _ name: String) throws
  where Layer.Weights: StorableWeights {
    let clock = ContinuousClock()
    let start = clock.now
    let batches = LengthBatches(
      lengths: [Int](repeating: task.stepCount, count: Self.sequenceCount), batchSize: Self.batchSize, seed: seed)
    let stepsPerEpoch = batches.batchCount(ofEpochs: 1)
    var trainer = Trainer(
      MemoryModel(layer, for: task, seed: seed), optimizer: Adam(learningRate: 2e-3), batches: batches,
      options: TrainingOptions(
        epochs: ((budget ?? task.budget) + stepsPerEpoch - 1) / stepsPerEpoch, clipping: .norm(1),
        goal: task.solvedLoss, checkpoints: try checkpoints.map { try Self.checkpoints($0 + "/" + name) }))
    if resume, try trainer.resume() { print("  \(name)  goes on after step \(trainer.state.step)") }

    let unseen = task.batch(Array(Self.sequenceCount..<Self.sequenceCount + 256), seed: seed)
    try trainer.run {
      task.batch($0, seed: seed)
    } validatingBy: {
      $0.loss(on: unseen)
    }
    let loss = trainer.best.loss(on: unseen)
    let seconds = Int(start.duration(to: clock.now) / .seconds(1))
    print(
      "  \(name)  loss \(decimals(loss)), \(loss <= task.solvedLoss ? "" : "not ")solved after \(trainer.state.step) steps, "
        + "\(seconds) s")
    if let save {
      try FileManager.default.createDirectory(atPath: save, withIntermediateDirectories: true)
      try SavedModel.write(trainer.best, of: task, to: "\(save)/\(name).safetensors")
    }
  }

  private static let sequenceCount = 12_800
  private static let batchSize = 32

  private static func checkpoints(_ folder: String) throws -> TrainingOptions.Checkpoints {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return TrainingOptions.Checkpoints(folder: folder, everySteps: 100)
  }
}
