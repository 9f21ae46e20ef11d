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
  /// The parts in which a member goes through its panels.
  var partCount: Int

  /// The sharing of a run over `rows` packed rows by a team of up to `team` members, with room for projected inputs of
  /// `room` floats, which are made in `blockCount` blocks at least.
  init(_ cell: some FusedCell, plan: BatchPlan, team: Int, room: Int, blockCount: Int = 1) {
    let steps = Double(plan.activeRows.count)
    let stepSeconds = Self.stepSeconds(cell, plan)
    let weightBytes = cell.weightCount * MemoryLayout<Float>.size
    let isWorthIt = stepSeconds > Self.leastStep && stepSeconds * steps > Self.leastCall
    memberCount = isWorthIt ? max(1, min(team, cell.panelCounts.min() ?? 1)) : 1
    isByRows =
      memberCount > 1 && weightBytes <= Self.privateCache && plan.batchSize >= memberCount * Self.rowsForOneself
    // One pass over x and h reads the weights of x again for each step, where a block reads them once for all its rows.
    // With many rows that gains nothing, since what is hoisted travels through the caches, too, unless the weights take
    // so much of the last one that some of them come from memory.
    hoistsInput = !isByRows && (plan.batchSize <= 4 || weightBytes > Self.sharedCache)
    let rows = (plan.packedRowCount + blockCount - 1) / blockCount
    let wanted = Self.blockRows(cell, rows: rows, batchSize: plan.batchSize, members: memberCount)
    let recurrentBytes = weightBytes / (cell.inputSize + cell.outputSize) * cell.outputSize
    partCount = hoistsInput && recurrentBytes / memberCount > Self.privateCache ? 4 : 1
    blockRows = hoistsInput ? min(wanted, room / cell.projectedRowSize / 16 * 16) : 0
  }

  /// Whether another run had better go on beside this one, each on half of a team: the other direction of the layer, or
  /// the next layer, which begins when this one is an eighth through.
  ///
  /// It had if half of the team can keep all weights of a layer in its own caches, and the time for which steps would
  /// wait for one another is worth saving.
  static func prefersCompany(_ cell: some FusedCell, plan: BatchPlan, team: Int, ofNextLayer: Bool) -> Bool {
    let half = team / 2
    guard half > 0, cell.weightCount * MemoryLayout<Float>.size <= privateCache * half,
      plan.batchSize < team * rowsForOneself
    else { return false }
    let stepSeconds = stepSeconds(cell, plan)
    return stepSeconds * Double(plan.activeRows.count) > leastCall
      && (!ofNextLayer || stepSeconds < shortStep && plan.activeRows.count >= 16)
  }

  /// A step takes about so long on one core: 100 GFLOP/s, or reading the weights at 100 GB/s.
  private static func stepSeconds(_ cell: some FusedCell, _ plan: BatchPlan) -> Double {
    let averageRows = Double(plan.packedRowCount) / Double(max(plan.activeRows.count, 1))
    return max(2 * averageRows, 4) * Double(cell.weightCount) * 1e-11
  }

  /// The parts of a member's panels in the order in which it goes through them: at every other step from the end to the
  /// beginning. So a step begins with what the step before it has read last, and finds some of it in the nearest caches,
  /// where weights are read faster than they are multiplied but do not fit: 1 to 6 % with N ≤ 4.
  func parts(of panels: Range<Int>, _ step: Int) -> some Sequence<Range<Int>> {
    let count = partCount
    let isReversed = step & 1 == 1
    // Pairs of panels stay together, since the kernels take two at a time.
    func bound(_ part: Int) -> Int {
      part == count ? panels.upperBound : panels.lowerBound + panels.count * part / count / 2 * 2
    }
    return (0..<count).lazy.map { part in
      let part = isReversed ? count - 1 - part : part
      return bound(part)..<bound(part + 1)
    }
  }

  /// The floats of projected inputs that a run over T steps of N sequences may ask for.
  static func room(_ cell: some FusedCell, stepCount: Int, batchSize: Int, members: Int) -> Int {
    cell.projectedRowSize
      * blockRows(cell, rows: stepCount * batchSize, batchSize: batchSize, members: members)
  }

  /// Rows of a block: as many as stay in the members' caches beside the weights, or enough of them to make reading large
  /// weights cheap, but those of one step at least.
  private static func blockRows(_ cell: some FusedCell, rows: Int, batchSize: Int, members: Int) -> Int {
    let cached = blockBytes * members / (cell.projectedRowSize * MemoryLayout<Float>.size)
    let few = cell.weightCount * MemoryLayout<Float>.size > sharedCache ? max(cached, rowsForLargeWeights) : cached
    return (max(min(few, rows), batchSize) + 15) / 16 * 16
  }

  private static let leastStep = 0.3e-6
  private static let leastCall = 20e-6
  /// Up to which a step gains more from not waiting than is lost while the upper one of two layers waits to begin.
  private static let shortStep = 3e-6
  /// What stays in a core's own cache from step to step.
  private static let privateCache = 768 << 10
  /// What surely stays in the cache that cores share, among all else that goes through it. On a crowded Zen 3 with 32 MiB
  /// the medians of training and inference with 16 to 32 MiB of weights gained 0 to 15 % from being hoisted.
  private static let sharedCache = 8 << 20
  /// Rows of a block among which large weights cost little: 128 operations a byte.
  private static let rowsForLargeWeights = 256
  /// Rows from which on a member keeps its multipliers busy alone.
  private static let rowsForOneself = 6
  /// Projected inputs for each member.
  private static let blockBytes = 256 << 10
}
