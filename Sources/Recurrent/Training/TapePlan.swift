/// What a tape keeps, and where.
///
/// A run is worked on in *blocks* of steps, as many as have up to 400 rows together: the products over a block's rows are
/// large enough then to run at full speed. Blocks follow from the problem alone, so that every sum is the same one
/// whatever is kept. Blocks form *segments*. Where the limit allows it there is one segment, and nothing is computed
/// twice. Else the tape has room for one segment at a time, and keeps h and C from before each; going back it runs each
/// segment forward once more.
///
/// Layers of one direction walk through a segment together. Where there are two directions a layer needs both of the
/// layer below over the whole time, so that each layer and direction walks alone, and the h that a layer above reads
/// are always kept.
struct TapePlan: Sendable {
  let shape: StackShape
  /// The most steps T of a run.
  let stepCount: Int
  /// N.
  let batchSize: Int
  /// The most blocks of a segment.
  let blocksPerSegment: Int

  /// Each block writes all gradients of weights once, and all but the first read them. On a Zen 5 an LSTM with T = 25,
  /// N = 16, H = 512 was 1.04 times as fast with 400 as with 256, larger ones 1.00 to 1.02 times, and all of them as fast as
  /// with 512; with 512, on a Zen 3 with half the L2, nine problems were 0.95 times as fast in the mean: the gradients of a
  /// block no longer stay in the caches beside all else.
  private static var rowsOfBlock: Int { 400 }

  /// A plan with segments of so many blocks, one at least.
  private init(_ shape: StackShape, stepCount: Int, batchSize: Int, blocksPerSegment: Int) {
    self.shape = shape
    self.stepCount = stepCount
    self.batchSize = batchSize
    self.blocksPerSegment = blocksPerSegment
  }

  /// The plan that keeps everything.
  static func whole(_ shape: StackShape, stepCount: Int, batchSize: Int) -> TapePlan {
    candidates(shape, stepCount: stepCount, batchSize: batchSize).first!
  }

  /// The plan that computes the least within a limit; nil where none keeps to it.
  ///
  /// - Complexity: O(T).
  init?(_ shape: StackShape, stepCount: Int, batchSize: Int, limit: MemorySize?, scalarSize: Int) {
    guard let limit else {
      self = .whole(shape, stepCount: stepCount, batchSize: batchSize)
      return
    }
    let candidates = Self.candidates(shape, stepCount: stepCount, batchSize: batchSize)
    guard let plan = candidates.first(where: { $0.elementCount * scalarSize <= limit.byteCount }) else { return nil }
    self = plan
  }

  /// The plan that needs the least memory.
  static func least(_ shape: StackShape, stepCount: Int, batchSize: Int) -> TapePlan {
    candidates(shape, stepCount: stepCount, batchSize: batchSize).min { $0.elementCount < $1.elementCount }!
  }

  /// Every plan, the one that keeps everything first.
  private static func candidates(
    _ shape: StackShape, stepCount: Int, batchSize: Int
  ) -> some Sequence<TapePlan> & Collection<TapePlan> {
    let all = TapePlan(shape, stepCount: stepCount, batchSize: batchSize, blocksPerSegment: 1)
    return (0..<max(all.blockCount, 1)).lazy.map { index in
      TapePlan(
        shape, stepCount: stepCount, batchSize: batchSize, blocksPerSegment: max(all.blockCount, 1) - index)
    }
  }
}

extension TapePlan {
  /// The most steps of a block of N sequences that all have them. A block of sequences that end has more steps, but no more
  /// rows.
  private var stepsPerBlock: Int { max(1, Self.rowsOfBlock / max(batchSize, 1)) }
  /// The most rows of a block.
  var blockRows: Int { min(stepsPerBlock, stepCount) * batchSize }
  private var blockCount: Int { (stepCount + stepsPerBlock - 1) / stepsPerBlock }
  private var segmentCount: Int { (blockCount + blocksPerSegment - 1) / blocksPerSegment }
  /// The most rows of a segment.
  private var segmentRows: Int { min(blocksPerSegment * stepsPerBlock, stepCount) * batchSize }
  /// Whether there is one segment, and nothing is computed twice.
  var keepsEverything: Bool { blocksPerSegment >= blockCount }

  /// The rows of the tape on which each row of a segment, or of the run, has a place for each layer and direction.
  private var slotCount: Int {
    if keepsEverything { return shape.layerCount * shape.directionCount }
    return shape.directionCount == 1 ? shape.layerCount : 1
  }

  private func slot(_ layer: Int, _ direction: Direction) -> Int {
    if keepsEverything { return layer * shape.directionCount + direction.rawValue }
    return shape.directionCount == 1 ? layer : 0
  }

  /// Layers whose h is kept over the whole time though there is more than one segment.
  private var keptLayerCount: Int { keepsEverything || shape.directionCount == 1 ? 0 : shape.layerCount - 1 }
  private var keptHiddenRows: Int { keptLayerCount * shape.directionCount * stepCount * batchSize }
  /// Numbers of h and C of one sequence, layer and direction.
  private var stateSize: Int { shape.componentSizes.reduce(0, +) }

  // MARK: - Sizes, in elements

  var recordCount: Int { slotCount * segmentRows * shape.recordSize }
  var cellCount: Int { shape.hasCell ? slotCount * segmentRows * shape.hiddenSize : 0 }
  var hiddenCount: Int { (keptHiddenRows + slotCount * segmentRows) * shape.outputSize }
  var checkpointCount: Int { segmentCount * shape.layerCount * shape.directionCount * batchSize * stateSize }
  /// Of all four; beyond Int's reach where there is an overflow, which no limit allows and no memory holds.
  var elementCount: Int { recordCount + cellCount + hiddenCount + checkpointCount }

  // MARK: - Places

  /// The row of the records, and of C, where a packed row of a segment stands that begins with the packed row `base`.
  func recordRow(_ packedRow: Int, _ layer: Int, _ direction: Direction, base: Int) -> Int {
    slot(layer, direction) * segmentRows + packedRow - base
  }

  /// The row of h where a packed row of a segment stands.
  func hiddenRow(_ packedRow: Int, _ layer: Int, _ direction: Direction, base: Int) -> Int {
    if layer < keptLayerCount {
      return (layer * shape.directionCount + direction.rawValue) * stepCount * batchSize + packedRow
    }
    return keptHiddenRows + recordRow(packedRow, layer, direction, base: base)
  }

  /// Where a part of the state from before a segment begins: h [N, R], or C [N, H].
  func checkpoint(_ component: Int, _ layer: Int, _ direction: Direction, segment: Int) -> Int {
    let index = (layer * shape.directionCount + direction.rawValue) * segmentCount + segment
    return (index * stateSize + (component == 0 ? 0 : shape.outputSize)) * batchSize
  }

  // MARK: - Blocks and segments of a run

  /// The segments of a run of up to T steps of N sequences, each the steps of its blocks, in the order of the walk.
  func segments(_ pass: LayerPass) -> [[Range<Int>]] {
    var segments: [[Range<Int>]] = []
    var block = 0..<0
    // As long as one another, where all sequences have all steps: a short last one reads and writes as many weights as any.
    let count = pass.plan.activeRows.count
    let blocks = max((count + stepsPerBlock - 1) / stepsPerBlock, 1)
    let rows = (count + blocks - 1) / blocks * batchSize
    for step in pass.steps where !block.contains(step) {
      block = pass.block(from: step, rows: rows)
      if segments.isEmpty || segments[segments.count - 1].count == blocksPerSegment { segments.append([]) }
      segments[segments.count - 1].append(block)
    }
    return segments
  }

  /// What walks through the time together, in the order of a forward run.
  var walks: [Walk] {
    if shape.directionCount == 1 { return [Walk(layers: 0..<shape.layerCount, direction: .forward)] }
    return (0..<shape.layerCount).flatMap { layer in
      Direction.allCases.map { Walk(layers: layer..<layer + 1, direction: $0) }
    }
  }
}

/// Layers of one direction that walk through the time together.
struct Walk: Sendable {
  let layers: Range<Int>
  let direction: Direction
}
