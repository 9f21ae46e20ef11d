/// How a run of one layer and direction is shared out between members, and whether its input product is hoisted.
///
/// None of it changes a bit of the results. The numbers are measured on a Zen 4 with 1 MiB of L2 a core.
struct FusedSharing: Sendable {
  /// Members at work.
  var memberCount: Int
  /// Whether each member takes whole sequences, every `memberCount`-th, and never waits; else each takes some of the
  /// panels of every step, and all meet after it.
  var isByRows: Bool
  /// Whether the input product is made in advance, for a block of steps.
  var hoistsInput: Bool
  /// Rows of such a block.
  var blockRows: Int

  /// The sharing of a run over `rows` packed rows by a team of up to `team` members, with room for projected inputs of
  /// `room` floats.
  init(_ cell: some FusedCell, plan: BatchPlan, team: Int, room: Int) {
    let steps = Double(max(plan.activeRows.count, 1))
    let weightBytes = cell.weightCount * MemoryLayout<Float>.size
    // A step takes about so long on one core: 100 GFLOP/s, or reading the weights at 100 GB/s.
    let averageRows = Double(plan.packedRowCount) / steps
    let stepSeconds = max(2 * averageRows * Double(cell.weightCount), Double(weightBytes)) * 1e-11
    let isWorthIt = stepSeconds > Self.leastStep && stepSeconds * steps > Self.leastCall
    memberCount = isWorthIt ? max(1, min(team, cell.panelCounts.min() ?? 1)) : 1
    isByRows =
      memberCount > 1 && weightBytes <= Self.privateCache && plan.batchSize >= memberCount * Self.rowsForOneself
    // With few rows, one pass over x and h reads the weights of x again for each step, where a block reads them once for
    // all its rows; with many rows, what is hoisted travels through the caches and gains nothing, unless the weights
    // do not even fit the last of them.
    hoistsInput = !isByRows && (plan.batchSize <= 4 || weightBytes > Self.sharedCache)
    let wanted = Self.blockRows(cell, rows: plan.packedRowCount, batchSize: plan.batchSize, members: memberCount)
    blockRows = hoistsInput ? min(wanted, room / cell.projectedRowSize / 16 * 16) : 0
  }

  /// The floats of projected inputs that a run over T steps of N sequences may ask for.
  static func room(_ cell: some FusedCell, stepCount: Int, batchSize: Int, members: Int) -> Int {
    cell.projectedRowSize
      * blockRows(cell, rows: stepCount * batchSize, batchSize: batchSize, members: members)
  }

  /// Rows of a block: as many as stay in the members' caches beside the weights, but those of one step at least.
  private static func blockRows(_ cell: some FusedCell, rows: Int, batchSize: Int, members: Int) -> Int {
    let cached = blockBytes * members / (cell.projectedRowSize * MemoryLayout<Float>.size)
    return (max(min(cached, rows), batchSize) + 15) / 16 * 16
  }

  private static let leastStep = 0.3e-6
  private static let leastCall = 20e-6
  /// What stays in a core's own cache from step to step.
  private static let privateCache = 768 << 10
  /// What stays in the cache that cores share.
  private static let sharedCache = 24 << 20
  /// Rows from which on a member keeps its multipliers busy alone.
  private static let rowsForOneself = 6
  /// Projected inputs for each member.
  private static let blockBytes = 256 << 10
}
