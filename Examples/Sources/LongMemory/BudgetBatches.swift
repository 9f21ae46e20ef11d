import RecurrentTraining

/// Batches in a new order every epoch, until a budget of steps is spent: the last epoch ends with it.
struct BudgetBatches: BatchOrder {
  private let batches: LengthBatches
  private let budget: Int

  /// So many steps over so many sequences, all of one length.
  init(count: Int, batchSize: Int, budget: Int, seed: UInt64) {
    batches = LengthBatches(count: count, batchSize: batchSize, seed: seed)
    self.budget = budget
  }

  /// The epochs that the budget lasts for.
  var epochCount: Int { (budget + stepsPerEpoch - 1) / stepsPerEpoch }

  static var unit: String { LengthBatches.unit }

  func batches(ofEpoch epoch: Int) -> [[Int]] {
    Array(batches.batches(ofEpoch: epoch).prefix(max(0, budget - epoch * stepsPerEpoch)))
  }

  func count(in batch: [Int]) -> Int { batches.count(in: batch) }

  var identity: [Int] { batches.identity + [budget] }

  private var stepsPerEpoch: Int { (batches.lengths.count + batches.batchSize - 1) / batches.batchSize }
}
