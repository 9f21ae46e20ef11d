/// A forward run that a tape holds, and what it takes to go back through it: weights, input, lengths, and the cuts.
struct TrainingRun<Weights: LayerWeights>: Sendable {
  typealias Scalar = Weights.Scalar

  /// Layer by layer, and in each layer the forward direction first.
  let engines: [any TrainingEngine<Weights>]
  let tape: TapePlan
  let plan: BatchPlan
  let team: ThreadTeam
  /// Whether the arithmetic is that of the engine `naive`, which flushes no denormals.
  let isNaive: Bool
  /// What is left to chance, or nil where nothing is.
  let masks: RunMasks?
  /// T·N rows of I features, in the plan's layout.
  let input: Tensor<Scalar>
  /// How far from 0 a gradient of h may be when it goes through a step: chosen for the way back.
  var hiddenGradientLimit = Double.infinity
  /// For each direction the segments of its walk, and of each segment the blocks.
  private let segments: [[[Range<Int>]]]

  init(
    engines: [any TrainingEngine<Weights>], tape: TapePlan, plan: BatchPlan, team: ThreadTeam, isNaive: Bool,
    masks: RunMasks?, input: Tensor<Scalar>
  ) {
    self.engines = engines
    self.tape = tape
    self.plan = plan
    self.team = team
    self.isNaive = isNaive
    self.masks = masks
    self.input = input
    segments = Direction.allCases.prefix(tape.shape.directionCount).map { direction in
      tape.segments(LayerPass(plan: plan, layer: 0, direction: direction, outputColumn: 0, team: team))
    }
  }

  var shape: StackShape { tape.shape }

  /// The segments of a walk.
  func segments(_ walk: Walk) -> [TapeSegment] {
    segments[walk.direction.rawValue].enumerated().map { index, blocks in
      let lower = blocks.map(\.lowerBound).min()!
      let upper = blocks.map(\.upperBound).max()!
      return TapeSegment(index: index, blocks: blocks, steps: lower..<upper, firstRow: plan.firstPackedRow[lower])
    }
  }

  /// One block of one layer and direction.
  func block(_ steps: Range<Int>, _ layer: Int, _ walk: Walk) -> PassBlock {
    PassBlock(
      pass: LayerPass(
        plan: plan, layer: layer, direction: walk.direction,
        outputColumn: walk.direction.rawValue * shape.outputSize, team: team,
        masks: masks?.of(layer: layer, walk.direction), hiddenGradientLimit: hiddenGradientLimit),
      steps: steps)
  }

  func engine(_ layer: Int, _ direction: Direction) -> any TrainingEngine<Weights> {
    engines[layer * shape.directionCount + direction.rawValue]
  }
}

/// Blocks that are on the tape together.
struct TapeSegment: Sendable {
  let index: Int
  /// The steps of each block, in the order of the walk.
  let blocks: [Range<Int>]
  /// The steps of all.
  let steps: Range<Int>
  /// The first packed row.
  let firstRow: Int
}

extension StackShape {
  /// The most features that a layer reads.
  var widestInput: Int { layerCount > 1 ? max(inputSize, outputSize * directionCount) : inputSize }
}

// MARK: - Forward

extension TrainingRun {
  /// Runs every layer forward, and leaves the run on the tape.
  ///
  /// - Parameters:
  ///   - state: as for `LayerStack.run`; `output` and `cells` too.
  func record(
    state: inout [Tensor<Scalar>], output: inout MutableMatrixView<Scalar>, cells: inout MutableMatrixView<Scalar>,
    memory: inout TapeMemory<Scalar>, desk: inout TrainingDesk<Scalar>
  ) {
    for walk in tape.walks {
      let states = walk.layers.map { layer in
        let box = Box(LayerState<Scalar>(shape, rows: plan.batchSize, inputSize: 0))
        unsafe box.value.load(state, plan, index(layer, walk))
        return box
      }
      for segment in segments(walk) {
        for (layer, box) in zip(walk.layers, states) {
          unsafe saveCheckpoint(box.value, layer, walk, segment, &memory.checkpoints)
        }
        record(segment, walk, states, output: &output, cells: &cells, memory: &memory, desk: &desk)
      }
      for (layer, box) in zip(walk.layers, states) { unsafe box.value.store(&state, plan, index(layer, walk)) }
    }
  }

  /// Runs the layers of a walk forward over a segment. `output` and `cells` have no rows where they are known already.
  func record(
    _ segment: TapeSegment, _ walk: Walk, _ states: [Box<LayerState<Scalar>>],
    output: inout MutableMatrixView<Scalar>, cells: inout MutableMatrixView<Scalar>,
    memory: inout TapeMemory<Scalar>, desk: inout TrainingDesk<Scalar>
  ) {
    for steps in segment.blocks {
      for (layer, box) in zip(walk.layers, states) {
        let block = block(steps, layer, walk)
        if !hasInputAtHand(block) { gatherInput(block, segment, hidden: memory.hidden, into: &desk.input) }
        record(
          block, segment, state: box, gathered: desk.input, records: &memory.records, cells: &memory.cells,
          hidden: &memory.hidden, scratch: &desk.scratch)
        if layer == shape.layerCount - 1 && output.rows > 0 {
          plan.scatter(
            hidden(memory.hidden, block, segment), steps: steps, into: &output, firstRow: 0,
            column: block.pass.outputColumn)
        }
        if cells.rows > 0 {
          plan.scatter(
            self.cells(memory.cells, block, segment), steps: steps, into: &cells,
            firstRow: layer * plan.stepCount * plan.batchSize, column: walk.direction.rawValue * shape.hiddenSize)
        }
      }
    }
  }

  private func record(
    _ block: PassBlock, _ segment: TapeSegment, state: Box<LayerState<Scalar>>,
    gathered: borrowing AlignedBuffer<Scalar>,
    records: inout AlignedBuffer<Scalar>, cells: inout AlignedBuffer<Scalar>, hidden: inout AlignedBuffer<Scalar>,
    scratch: inout TrainingScratch<Scalar>
  ) {
    let (layer, direction, rows) = (block.pass.layer, block.pass.direction, block.rows)
    let x = inputs(block, gathered: gathered)
    let first = tape.recordRow(rows.lowerBound, layer, direction, base: segment.firstRow)
    let firstHidden = tape.hiddenRow(rows.lowerBound, layer, direction, base: segment.firstRow)
    let cellRows = shape.hasCell ? rows.count : 0
    var record = records.matrix(firstRow: first, rows: rows.count, columns: shape.recordSize)
    var cell = cells.matrix(firstRow: shape.hasCell ? first : 0, rows: cellRows, columns: shape.hiddenSize)
    var hidden = hidden.matrix(firstRow: firstHidden, rows: rows.count, columns: shape.outputSize)
    unsafe engine(layer, direction).record(
      x, block, state: &state.value, record: &record, cells: &cell, hidden: &hidden, scratch: &scratch)
  }

  /// The place of a layer and direction in every state.
  func index(_ layer: Int, _ walk: Walk) -> Int { layer * shape.directionCount + walk.direction.rawValue }
}

extension AlignedBuffer where Element: RecurrentScalar {
  /// Some rows of a matrix that fills this buffer.
  @_lifetime(&self)
  mutating func matrix(firstRow: Int, rows: Int, columns: Int) -> MutableMatrixView<Element> {
    MutableMatrixView(
      mutableSpan._consumingExtracting(firstRow * columns..<(firstRow + rows) * columns), rows: rows, columns: columns)
  }

  /// Some rows of a matrix that fills this buffer, to read: `stride` numbers apart, or else without gaps.
  @_lifetime(borrow self)
  borrowing func matrixView(firstRow: Int, rows: Int, columns: Int, stride: Int? = nil) -> MatrixView<Element> {
    let stride = stride ?? columns
    return MatrixView(
      span.extracting(firstRow * stride..<(firstRow + rows) * stride), rows: rows, columns: columns, stride: stride)
  }
}
