import ArgumentParser
import Recurrent
import RecurrentTraining

/// What LSTM is for: remembering over hundreds of steps what a plain RNN has forgotten.
@main
struct LongMemory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "LongMemory",
    abstract: "Trains an LSTM, a GRU and a plain RNN on tasks that nobody solves without a long memory.",
    discussion: """
      adding: two of T numbers are marked; their sum is to be said at the end.
      copy:   ten symbols, then T silent steps; then the symbols are to be said again.

      Every cell has the same number of units, the same sequences and the same budget of steps. Beside each loss stands \
      that of the best that can be had without a memory. LSTM and GRU solve adding after some 1600 steps, the LSTM solves copy \
      after some 6800, all within three minutes on two cores; the plain RNN solves neither.
      """)

  enum TaskName: String, CaseIterable, ExpressibleByArgument { case adding, copy }
  enum CellName: String, CaseIterable, ExpressibleByArgument { case lstm, gru, rnn }

  @Option(help: "adding or copy; both where nothing is said.")
  var task: TaskName?
  @Option(help: "lstm, gru or rnn; all where nothing is said.")
  var cell: CellName?
  @Option(help: "T: the steps to remember over (200 for adding, 50 for copy).")
  var steps: Int?
  @Option(help: "The most steps of the optimiser (3000 for adding, 8000 for copy).")
  var budget: Int?
  @Option(help: "Units (64 for adding, 128 for copy).")
  var units: Int?
  @Option(help: "What weights and sequences are drawn from.")
  var seed: UInt64 = 1

  func validate() throws {
    guard steps ?? 3 > 2, budget ?? 1 > 0, units ?? 1 > 0 else {
      throw ValidationError("--steps must be above 2, --budget and --units above 0")
    }
  }

  func run() throws {
    for name in task.map({ [$0] }) ?? TaskName.allCases {
      switch name {
      case .adding: try run(AddingProblem(stepCount: steps ?? 200), "adding, T = \(steps ?? 200)")
      case .copy: try run(CopyMemory(delay: steps ?? 50), "copy, T = \(steps ?? 50)")
      }
    }
  }

  private func run(_ task: some Task, _ name: String) throws {
    print("\(name): without a memory \(shown(task.memorylessLoss)), solved below \(shown(task.solvedLoss))")
    for cell in cell.map({ [$0] }) ?? CellName.allCases {
      let size = (task.inputSize, units ?? task.unitCount)
      switch cell {
      case .lstm:
        // Forget gates that at first keep for 1 to T steps: Tallec & Ollivier, "Can recurrent networks warp time?", 2018.
        let configuration = LSTMConfiguration(inputSize: size.0, hiddenSize: size.1)
        let initialization = LSTMInitialization(
          input: .glorotUniform, recurrent: .glorotUniform, scope: .perGate, bias: .chrono(maximumSteps: task.stepCount)
        )
        try run(LSTM(configuration, initialization: initialization, seed: seed), task, "LSTM")
      case .gru: try run(GRU(inputSize: size.0, hiddenSize: size.1, seed: seed), task, "GRU")
      case .rnn: try run(RNN(inputSize: size.0, hiddenSize: size.1, seed: seed), task, "RNN")
      }
    }
  }

  /// Trains until the task is solved or the budget spent, and says after every epoch how far it is.
  private func run(_ layer: some RecurrentLayer<Float>, _ task: some Task, _ name: String) throws {
    let clock = ContinuousClock()
    let start = clock.now
    let batches = LengthBatches(
      lengths: [Int](repeating: task.stepCount, count: Self.sequenceCount), batchSize: Self.batchSize, seed: seed)
    let stepsPerEpoch = batches.batches(ofEpoch: 0).count
    var trainer = Trainer(
      MemoryModel(layer, for: task, seed: seed), optimizer: Adam(learningRate: 2e-3), batches: batches,
      options: TrainingOptions(
        epochs: ((budget ?? task.budget) + stepsPerEpoch - 1) / stepsPerEpoch, clipping: .norm(1), progress: .none))
    let unseen = task.batch(Array(Self.sequenceCount..<Self.sequenceCount + 256), seed: seed)
    var loss = Double.infinity
    do {
      try trainer.run {
        task.batch($0, seed: seed)
      } validatingBy: { model in
        loss = model.loss(on: unseen)
        print("  \(name)  loss \(shown(loss))")
        if loss < task.solvedLoss { throw Solved() }
        return loss
      }
    } catch is Solved {}
    let verdict = loss < task.solvedLoss ? "solved" : "not solved"
    print(
      "  \(name)  \(verdict) after \(trainer.state.step) steps, \(Int(start.duration(to: clock.now) / .seconds(1))) s")
  }

  private struct Solved: Error {}
  private static let sequenceCount = 12_800
  private static let batchSize = 32

  private func shown(_ loss: Double) -> String { String((loss * 10_000).rounded() / 10_000) }
}
