/// Memory for going back.
struct BackwardDesk<Scalar: RecurrentScalar>: ~Copyable {
  var block: BlockDesk<Scalar>
  var gathered: GatheredRows<Scalar>
  /// [rows, features]: the gradients that the block at work gives. The layer below finds them in `gathered.hidden`.
  var input: AlignedBuffer<Scalar>
  /// [packed rows, D·R]: the gradients of all outputs of the layer at work, and of the one below, where there are two
  /// directions, each of which gives its part.
  var above: AlignedBuffer<Scalar>
  var below: AlignedBuffer<Scalar>

  init<Weights: LayerWeights<Scalar>>(_ run: TrainingRun<Weights>, hasCellGradients: Bool) {
    let (shape, rows) = (run.shape, run.tape.blockRows)
    let crossing =
      shape.directionCount > 1 && shape.layerCount > 1
      ? run.plan.packedRowCount * shape.outputSize * shape.directionCount : 0
    block = BlockDesk(run)
    gathered = GatheredRows(
      shape, run.masks?.regularization ?? .none, rows: rows, hasCellGradients: hasCellGradients)
    input = AlignedBuffer(count: rows * max(shape.widestInput, shape.outputSize))
    above = AlignedBuffer(count: crossing)
    below = AlignedBuffer(count: crossing)
  }
}

/// What is known of a block besides its inputs.
struct GatheredRows<Scalar: RecurrentScalar>: ~Copyable {
  /// [rows, R]: the gradients of h, in room for as many columns as a layer reads.
  var hidden: AlignedBuffer<Scalar>
  /// [rows, H]: those of C, or nothing.
  var cellGradients: AlignedBuffer<Scalar>
  /// [rows, R] and [rows, H]: h and C from before each row.
  var hiddenBefore: AlignedBuffer<Scalar>
  var cellsBefore: AlignedBuffer<Scalar>
  /// [rows, R]: h from before each row as the gates saw it, where dropout hid units from them.
  var hiddenSeen = AlignedBuffer<Scalar>(count: 0)
  /// [rows, H]: C after each row before it zoned out, where it does.
  var newCells = AlignedBuffer<Scalar>(count: 0)
  let shape: StackShape

  init(_ shape: StackShape, _ regularization: Regularization, rows: Int, hasCellGradients: Bool) {
    self.shape = shape
    hidden = AlignedBuffer(count: rows * max(shape.widestInput, shape.outputSize))
    cellGradients = AlignedBuffer(count: hasCellGradients ? rows * shape.hiddenSize : 0)
    hiddenBefore = AlignedBuffer(count: rows * shape.outputSize)
    cellsBefore = AlignedBuffer(count: shape.hasCell ? rows * shape.hiddenSize : 0)
    if regularization.recurrentDropout > 0 { hiddenSeen = AlignedBuffer(count: rows * shape.outputSize) }
    if regularization.cellZoneout > 0 { newCells = AlignedBuffer(count: rows * shape.hiddenSize) }
  }

  /// All that is known of a block with inputs `x`, outputs `hidden` and cell states `cells`.
  @_lifetime(borrow self, copy x, copy hidden, copy cells)
  borrowing func values(
    _ x: MatrixView<Scalar>, hidden: MatrixView<Scalar>, cells: MatrixView<Scalar>, masks: LayerMasks?
  ) -> BlockValues<Scalar> {
    let before = hiddenBefore.matrixView(firstRow: 0, rows: x.rows, columns: shape.outputSize)
    return BlockValues(
      x: x, hiddenBefore: before, hidden: hidden,
      hiddenSeen: hiddenSeen.count == 0
        ? before : hiddenSeen.matrixView(firstRow: 0, rows: x.rows, columns: shape.outputSize),
      cellsBefore: cellsBefore.matrixView(
        firstRow: 0, rows: shape.hasCell ? x.rows : 0, columns: shape.hiddenSize),
      cells: newCells.count == 0
        ? cells : newCells.matrixView(firstRow: 0, rows: x.rows, columns: shape.hiddenSize),
      hiddenGradient: self.hidden.matrixView(firstRow: 0, rows: x.rows, columns: shape.outputSize),
      cellGradient: cellGradients.matrixView(
        firstRow: 0, rows: cellGradients.count > 0 ? x.rows : 0, columns: shape.hiddenSize),
      masks: masks)
  }
}

extension TrainingRun {
  /// Goes back through every layer, and uses up what is on the tape.
  ///
  /// - Parameters:
  ///   - outputs: the gradients of the outputs by part: T·N rows of D·R, and L·T·N rows of D·H; no tensor for zeros.
  ///   - state: on entry the gradient of the final state, on return that of the initial one.
  ///   - input: T·N rows of I, all 0, to which gradients are added.
  ///   - weights: to which theirs are added.
  func backward(
    hidden: Tensor<Scalar>?, cells: Tensor<Scalar>?, state: inout [Tensor<Scalar>],
    input: inout MutableMatrixView<Scalar>, weights: inout LayerParameters<Weights>, memory: inout TapeMemory<Scalar>
  ) {
    var desk = BackwardDesk(self, hasCellGradients: cells != nil)
    for (index, walk) in tape.walks.enumerated().reversed() {
      if shape.directionCount > 1 && walk.direction == .reverse && walk.layers.upperBound < shape.layerCount {
        swap(&desk.above, &desk.below)
        var gradients = desk.below.mutableSpan
        gradients.update(repeating: 0)
      }
      let gradients = walk.layers.map { layer in
        let box = Box(LayerState<Scalar>(shape, rows: plan.batchSize, inputSize: 0))
        unsafe box.value.load(state, plan, self.index(layer, walk))
        return box
      }
      let segments = segments(walk)
      for segment in segments.reversed() {
        if segment.index != segments.count - 1 || !holdsLastSegment(index) {
          recordAgain(segment, walk, memory: &memory, desk: &desk.block)
        }
        for steps in segment.blocks.reversed() {
          for layer in walk.layers.reversed() {
            let block = block(steps, layer, walk)
            if layer < walk.layers.upperBound - 1 {
              swap(&desk.input, &desk.gathered.hidden)
            } else {
              gatherHiddenGradients(block, of: hidden, above: desk.above, into: &desk.gathered.hidden)
            }
            if let cells { gatherCellGradients(block, of: cells, into: &desk.gathered.cellGradients) }
            gatherValues(block, segment, memory: memory, desk: &desk)
            backward(
              block, segment, x: desk.block.input, desk.gathered, hidden: memory.hidden, cells: memory.cells,
              records: &memory.records,
              gradient: gradients[layer - walk.layers.lowerBound], inputGradient: &desk.input,
              weights: &weights[layer: layer, direction: walk.direction], scratch: &desk.block.scratch)
          }
          handDown(block(steps, walk.layers.lowerBound, walk), desk.input, to: &input, or: &desk.below)
        }
      }
      for (layer, box) in zip(walk.layers, gradients) {
        unsafe box.value.store(&state, plan, self.index(layer, walk))
      }
    }
  }

  /// Whether the tape still has a walk's last segment after a forward run.
  private func holdsLastSegment(_ walk: Int) -> Bool { tape.keepsEverything || walk == tape.walks.count - 1 }

  /// Computes a segment once more, from the state before it.
  private func recordAgain(
    _ segment: TapeSegment, _ walk: Walk, memory: inout TapeMemory<Scalar>, desk: inout BlockDesk<Scalar>
  ) {
    let states = walk.layers.map { layer in
      let box = Box(LayerState<Scalar>(shape, rows: plan.batchSize, inputSize: 0))
      unsafe loadCheckpoint(&box.value, layer, walk, segment, memory.checkpoints)
      return box
    }
    var none = MutableMatrixView(MutableSpan<Scalar>(), rows: 0, columns: 0)
    var noCells = MutableMatrixView(MutableSpan<Scalar>(), rows: 0, columns: 0)
    record(segment, walk, states, output: &none, cells: &noCells, memory: &memory, desk: &desk)
  }

  /// The gradients of h of a block: the caller's, none of them where there is no tensor, or those that the layer above gave.
  private func gatherHiddenGradients(
    _ block: PassBlock, of hidden: Tensor<Scalar>?, above: borrowing AlignedBuffer<Scalar>,
    into gathered: inout AlignedBuffer<Scalar>
  ) {
    let (rows, width) = (block.rows, shape.outputSize * shape.directionCount)
    let columns = block.pass.outputColumn..<block.pass.outputColumn + shape.outputSize
    var target = gathered.matrix(firstRow: 0, rows: rows.count, columns: shape.outputSize)
    if block.pass.layer < shape.layerCount - 1 {
      let all = above.matrixView(firstRow: rows.lowerBound, rows: rows.count, columns: width)
      target.copyRows(of: all.columns(columns))
    } else if let hidden {
      let all = MatrixView(hidden.span, rows: plan.stepCount * plan.batchSize, columns: width)
      plan.gather(all.columns(columns), steps: block.steps, firstRow: 0, into: &target)
    } else {
      target.fill(with: 0)
    }
  }

  /// The gradients of C of a block.
  private func gatherCellGradients(
    _ block: PassBlock, of cells: Tensor<Scalar>, into gathered: inout AlignedBuffer<Scalar>
  ) {
    let (tensorRows, size) = (plan.stepCount * plan.batchSize, shape.hiddenSize)
    let column = block.pass.direction.rawValue * size
    let all = MatrixView(
      cells.span, rows: shape.layerCount * tensorRows, columns: size * shape.directionCount)
    var target = gathered.matrix(firstRow: 0, rows: block.rows.count, columns: size)
    plan.gather(
      all.columns(column..<column + size), steps: block.steps, firstRow: block.pass.layer * tensorRows, into: &target)
  }

  /// What a block read on its way forward.
  private func gatherValues(
    _ block: PassBlock, _ segment: TapeSegment, memory: borrowing TapeMemory<Scalar>,
    desk: inout BackwardDesk<Scalar>
  ) {
    gatherInput(block, segment, hidden: memory.hidden, into: &desk.block.input)
    gatherBefore(
      0, block, segment, values: memory.hidden, checkpoints: memory.checkpoints, into: &desk.gathered.hiddenBefore)
    if desk.gathered.hiddenSeen.count > 0 {
      gatherBefore(
        0, block, segment, values: memory.hidden, checkpoints: memory.checkpoints, into: &desk.gathered.hiddenSeen)
      var seen = desk.gathered.hiddenSeen.matrix(firstRow: 0, rows: block.rows.count, columns: shape.outputSize)
      block.pass.masks?.maskRecurrent(&seen, block)
    }
    if shape.hasCell {
      gatherBefore(
        1, block, segment, values: memory.cells, checkpoints: memory.checkpoints, into: &desk.gathered.cellsBefore)
    }
    if desk.gathered.newCells.count > 0 {
      formCells(block, segment, memory.records, before: desk.gathered.cellsBefore, into: &desk.gathered.newCells)
    }
  }

  /// What C of a block was before it zoned out.
  private func formCells(
    _ block: PassBlock, _ segment: TapeSegment, _ records: borrowing AlignedBuffer<Scalar>,
    before: borrowing AlignedBuffer<Scalar>, into cells: inout AlignedBuffer<Scalar>
  ) {
    let (layer, direction, rows) = (block.pass.layer, block.pass.direction, block.rows.count)
    let first = tape.recordRow(block.rows.lowerBound, layer, direction, base: segment.firstRow)
    var target = cells.matrix(firstRow: 0, rows: rows, columns: shape.hiddenSize)
    engine(layer, direction).formCells(
      before.matrixView(firstRow: 0, rows: rows, columns: shape.hiddenSize),
      record: records.matrixView(firstRow: first, rows: rows, columns: shape.recordSize), into: &target)
  }

  private func backward(
    _ block: PassBlock, _ segment: TapeSegment, x: borrowing AlignedBuffer<Scalar>,
    _ gathered: borrowing GatheredRows<Scalar>, hidden: borrowing AlignedBuffer<Scalar>,
    cells: borrowing AlignedBuffer<Scalar>, records: inout AlignedBuffer<Scalar>, gradient: Box<LayerState<Scalar>>,
    inputGradient: inout AlignedBuffer<Scalar>, weights: inout Weights, scratch: inout TrainingScratch<Scalar>
  ) {
    let (layer, direction, rows) = (block.pass.layer, block.pass.direction, block.rows.count)
    let columns = shape.inputSize(ofLayer: layer)
    let first = tape.recordRow(block.rows.lowerBound, layer, direction, base: segment.firstRow)
    let known = gathered.values(
      x.matrixView(firstRow: 0, rows: rows, columns: columns), hidden: self.hidden(hidden, block, segment),
      cells: self.cells(cells, block, segment), masks: block.pass.masks)
    var record = records.matrix(firstRow: first, rows: rows, columns: shape.recordSize)
    var input = inputGradient.matrix(firstRow: 0, rows: rows, columns: columns)
    unsafe engine(layer, direction).backward(
      known, block, record: &record, gradient: &gradient.value, inputGradient: &input, weights: &weights,
      scratch: &scratch)
    block.pass.masks?.maskInput(&input, block)
  }

  /// Adds the gradients that the lowest layer of a walk gave to the caller's, or to those of the layer below.
  private func handDown(
    _ block: PassBlock, _ gradients: borrowing AlignedBuffer<Scalar>, to input: inout MutableMatrixView<Scalar>,
    or below: inout AlignedBuffer<Scalar>
  ) {
    let (layer, rows) = (block.pass.layer, block.rows)
    let columns = shape.inputSize(ofLayer: layer)
    let gradients = gradients.matrixView(firstRow: 0, rows: rows.count, columns: columns)
    if layer == 0 {
      plan.scatterAdding(gradients, steps: block.steps, to: &input)
    } else {
      var target = below.matrix(firstRow: rows.lowerBound, rows: rows.count, columns: columns)
      target.add(gradients)
    }
  }
}
