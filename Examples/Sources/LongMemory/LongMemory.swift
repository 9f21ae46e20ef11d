import ArgumentParser

/// What LSTM is for: remembering over hundreds of steps what a plain RNN has forgotten.
@main
struct LongMemory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "long-memory",
    abstract: "Trains an LSTM, a GRU and a plain RNN on tasks that nobody solves without a long memory.",
    discussion: """
      adding: two of T numbers are marked; their sum is to be said at the end.
      copy:   ten symbols, then T silent steps; then the symbols are to be said again.

      Every cell has the same number of units, the same sequences and the same budget of steps, and begins with Glorot's \
      weights. LSTM and GRU begin with gates that keep what there is for one step up to a whole sequence, which is half of \
      the way; a plain RNN has no gate to begin so with. Training stops when the loss on sequences that are not learnt \
      from is low enough, or the budget spent; the loss that is printed is that on others again. Beside it stands that \
      of the best that can be had without a memory.
      """,
    subcommands: [Train.self, Ask.self], defaultSubcommand: Train.self)

  enum TaskName: String, CaseIterable, ExpressibleByArgument { case adding, copy }
  enum CellName: String, CaseIterable, ExpressibleByArgument { case lstm, gru, rnn }
}

extension LongMemory.TaskName {
  /// The steps that may be asked for.
  static let possibleSteps = 3...10_000

  /// The task with T steps to remember over; 200 for adding and 50 for copy where nil.
  func task(steps: Int?) -> any MemoryTask {
    switch self {
    case .adding: AddingProblem(stepCount: steps ?? 200)
    case .copy: CopyMemory(delay: steps ?? 50)
    }
  }
}
