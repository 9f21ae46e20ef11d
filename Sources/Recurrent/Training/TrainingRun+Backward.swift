extension TrainingRun {
  /// Goes back through every layer, and uses up what is on the tape.
  ///
  /// - Parameters:
  ///   - outputs: the gradients of the outputs by part: T·N rows of D·R, and L·T·N rows of D·H; no tensor for zeros.
  ///   - state: on entry the gradient of the final state, on return that of the initial one.
  ///   - input: T·N rows of I, all 0, to which gradients are added.
  ///   - weights: where theirs belong.
  ///   - adding: whether they are added to what stands there; else they take its place.
  func backward(
    hidden: Tensor<Scalar>?, cells: Tensor<Scalar>?, state: inout [Tensor<Scalar>],
    input: inout MutableMatrixView<Scalar>, weights: inout LayerParameters<Weights>, adding: Bool,
    memory: inout TapeMemory<Scalar>, desk: inout TrainingDesk<Scalar>
  ) {
    if !adding && plan.packedRowCount == 0 { weights.clear() }
    let nothing = Tensor<Scalar>(shape: [0])
    desk.beginBackward(rows: tape.blockRows, hasCellGradients: cells != nil)
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
      var adding = adding
      for segment in segments.reversed() {
        if segment.index != segments.count - 1 || !holdsLastSegment(index) {
          recordAgain(segment, walk, memory: &memory, desk: &desk)
        }
        for steps in segment.blocks.reversed() {
          for layer in walk.layers.reversed() {
            let block = block(steps, layer, walk)
            let isAtHand = hasHiddenGradientAtHand(block, hidden)
            if layer < walk.layers.upperBound - 1 {
              swap(&desk.inputGradient, &desk.gathered.hidden)
            } else if !isAtHand {
              gatherHiddenGradients(block, of: hidden, above: desk.above, into: &desk.gathered.hidden)
            }
            if let cells { gatherCellGradients(block, of: cells, into: &desk.gathered.cellGradients) }
            gatherValues(block, segment, memory: memory, desk: &desk)
            backward(
              block, segment, x: desk.input, desk.gathered, given: isAtHand ? hidden! : nothing, hidden: memory.hidden,
              cells: memory.cells,
              records: &memory.records,
              gradient: gradients[layer - walk.layers.lowerBound], inputGradient: &desk.inputGradient,
              weights: &weights[layer: layer, direction: walk.direction], adding: adding, scratch: &desk.scratch)
          }
          adding = true
          handDown(block(steps, walk.layers.lowerBound, walk), desk.inputGradient, to: &input, or: &desk.below)
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
    _ segment: TapeSegment, _ walk: Walk, memory: inout TapeMemory<Scalar>, desk: inout TrainingDesk<Scalar>
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
  func gatherValues(
    _ block: PassBlock, _ segment: TapeSegment, memory: borrowing TapeMemory<Scalar>,
    desk: inout TrainingDesk<Scalar>
  ) {
    if !hasInputAtHand(block) { gatherInput(block, segment, hidden: memory.hidden, into: &desk.input) }
    let hasBefore = rowsBefore(block, segment) != nil
    if !hasBefore {
      gatherBefore(
        0, block, segment, values: memory.hidden, checkpoints: memory.checkpoints, into: &desk.gathered.hiddenBefore)
    }
    if desk.gathered.hiddenSeen.count > 0 {
      gatherBefore(
        0, block, segment, values: memory.hidden, checkpoints: memory.checkpoints, into: &desk.gathered.hiddenSeen)
      var seen = desk.gathered.hiddenSeen.matrix(firstRow: 0, rows: block.rows.count, columns: shape.outputSize)
      block.pass.masks?.maskRecurrent(&seen, block)
    }
    if shape.hasCell && (!hasBefore || desk.gathered.newCells.count > 0) {
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
    _ gathered: borrowing GatheredRows<Scalar>, given: Tensor<Scalar>, hidden: borrowing AlignedBuffer<Scalar>,
    cells: borrowing AlignedBuffer<Scalar>, records: inout AlignedBuffer<Scalar>, gradient: Box<LayerState<Scalar>>,
    inputGradient: inout AlignedBuffer<Scalar>, weights: inout Weights, adding: Bool,
    scratch: inout TrainingScratch<Scalar>
  ) {
    let (layer, direction, rows) = (block.pass.layer, block.pass.direction, block.rows.count)
    let columns = shape.inputSize(ofLayer: layer)
    let first = tape.recordRow(block.rows.lowerBound, layer, direction, base: segment.firstRow)
    let known = values(block, segment, x: x, gathered, given: given.span, hidden: hidden, cells: cells)
    var record = records.matrix(firstRow: first, rows: rows, columns: shape.recordSize)
    var input = inputGradient.matrix(firstRow: 0, rows: rows, columns: columns)
    unsafe engine(layer, direction).backward(
      known, block, record: &record, gradient: &gradient.value, inputGradient: &input, weights: &weights,
      adding: adding, scratch: &scratch)
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
