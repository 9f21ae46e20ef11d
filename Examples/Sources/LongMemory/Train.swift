import ArgumentParser
import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// Trains every cell on every task, until it is solved or the budget spent.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Trains cells on tasks, and says what became of them (where no other subcommand is named).",
    discussion: "Checkpoints of each task and cell are kept in a folder of their own in --checkpoints.")

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
  @OptionGroup var checkpointing: CheckpointArguments
  @Option(help: "A folder for the trained models, such as adding-lstm.safetensors.")
  var save: String?

  func validate() throws {
    try check("--steps", steps ?? 3, in: LongMemory.TaskName.possibleSteps)
    try check("--budget", budget ?? 1, in: 1...1_000_000)
    try check("--units", units ?? 1, in: 1...8192)
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

  private func run(_ cell: LongMemory.CellName, _ task: some MemoryTask, _ name: String) throws {
    let (input, hidden) = (task.inputSize, units ?? task.unitCount)
    var seeds = SeededGenerator(seed: seed)
    let layerSeed = seeds.next()
    func train<Layer: RecurrentLayer<Float>>(_ layer: Layer) throws where Layer.Weights: StorableWeights {
      try self.train(MemoryModel(layer, for: task, seed: seeds.next()), task, name)
    }
    switch cell {
    case .lstm: try train(Cells.lstm(inputSize: input, hiddenSize: hidden, steps: task.stepCount, seed: layerSeed))
    case .gru: try train(Cells.gru(inputSize: input, hiddenSize: hidden, steps: task.stepCount, seed: layerSeed))
    case .rnn: try train(Cells.rnn(inputSize: input, hiddenSize: hidden, seed: layerSeed))
    }
  }

  private func train<Layer>(_ model: MemoryModel<Layer>, _ task: some MemoryTask, _ name: String) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let path = save.map { "\($0)/\(name).safetensors" }
    if let path { try makeRoom(forFile: path) }
    let (learnt, judges) = (12_800, 256)
    let budget = budget ?? task.budget
    let batches = BudgetBatches(count: learnt, batchSize: 32, budget: budget, seed: seed)
    var trainer = Trainer(
      model, optimizer: Adam(learningRate: 2e-3), batches: batches,
      options: TrainingOptions(
        epochs: batches.epochCount, clipping: .norm(1), goal: task.solvedLoss,
        checkpoints: try checkpointing.options(folder: name, everySteps: 100)))
    try trainer.resume(
      checkpointing, facts: ["seed": "\(seed)", "steps": "\(task.memorySteps)", "budget": "\(budget)"])

    let stopping = task.batch(Array(learnt..<learnt + judges), seed: seed)
    try trainer.run {
      task.batch($0, seed: seed)
    } validatingBy: {
      $0.loss(on: stopping)
    }
    // What says when to stop is not asked how good the model is.
    let loss = trainer.best.loss(on: task.batch(Array(learnt + judges..<learnt + 2 * judges), seed: seed))
    let seconds = Int(start.duration(to: clock.now) / .seconds(1))
    print(
      "  \(name)  loss \(decimals(loss)), \(loss <= task.solvedLoss ? "" : "not ")solved after \(trainer.state.step) steps, "
        + "\(seconds) s")
    if let path { try SavedModel.write(trainer.best, of: task, to: path) }
  }
}
