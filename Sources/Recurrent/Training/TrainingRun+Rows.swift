// What a block reads stands in many places: in the caller's tensors, where other sequences and the past lie between, on
// the tape, and in the state from before the segment. It is gathered, so that engines see matrices.

extension TrainingRun {
  /// h of a block of a layer and direction on the tape.
  @_lifetime(borrow buffer)
  func hidden(
    _ buffer: borrowing AlignedBuffer<Scalar>, _ block: PassBlock, _ segment: TapeSegment
  ) -> MatrixView<Scalar> {
    let first = tape.hiddenRow(
      block.rows.lowerBound, block.pass.layer, block.pass.direction, base: segment.firstRow)
    return buffer.matrixView(firstRow: first, rows: block.rows.count, columns: shape.outputSize)
  }

  /// C of a block likewise; no rows in a cell without one.
  @_lifetime(borrow buffer)
  func cells(
    _ buffer: borrowing AlignedBuffer<Scalar>, _ block: PassBlock, _ segment: TapeSegment
  ) -> MatrixView<Scalar> {
    guard shape.hasCell else { return buffer.matrixView(firstRow: 0, rows: 0, columns: shape.hiddenSize) }
    let first = tape.recordRow(
      block.rows.lowerBound, block.pass.layer, block.pass.direction, base: segment.firstRow)
    return buffer.matrixView(firstRow: first, rows: block.rows.count, columns: shape.hiddenSize)
  }

  /// The inputs of a block: the caller's, or h of all directions of the layer below; less what dropout leaves out.
  func gatherInput(
    _ block: PassBlock, _ segment: TapeSegment, hidden buffer: borrowing AlignedBuffer<Scalar>,
    into input: inout AlignedBuffer<Scalar>
  ) {
    let (layer, rows) = (block.pass.layer, block.rows)
    let columns = shape.inputSize(ofLayer: layer)
    var x = input.matrix(firstRow: 0, rows: rows.count, columns: columns)
    if layer == 0 {
      let all = MatrixView(self.input.span, rows: plan.stepCount * plan.batchSize, columns: columns)
      plan.gather(all, steps: block.steps, firstRow: 0, into: &x)
    } else {
      for direction in Direction.allCases.prefix(shape.directionCount) {
        let first = tape.hiddenRow(rows.lowerBound, layer - 1, direction, base: segment.firstRow)
        let below = buffer.matrixView(firstRow: first, rows: rows.count, columns: shape.outputSize)
        for row in 0..<rows.count {
          x.copy(below, row: row, toRow: row, column: direction.rawValue * shape.outputSize)
        }
      }
    }
    block.pass.masks?.maskInput(&x, block)
  }

  /// h or C (component 0 or 1) from before each row of a block: that of the step before, or of the state from before the
  /// segment, in which a sequence that has not begun still has its initial state.
  func gatherBefore(
    _ component: Int, _ block: PassBlock, _ segment: TapeSegment, values: borrowing AlignedBuffer<Scalar>,
    checkpoints: borrowing AlignedBuffer<Scalar>, into target: inout AlignedBuffer<Scalar>
  ) {
    let (pass, width) = (block.pass, shape.componentSizes[component])
    let start = tape.checkpoint(component, pass.layer, pass.direction, segment: segment.index)
    let state = MatrixView(
      checkpoints.span.extracting(droppingFirst: start), rows: plan.batchSize, columns: width)
    let all = MatrixView(values.span, rows: values.count / width, columns: width)
    var before = target.matrix(firstRow: 0, rows: block.rows.count, columns: width)
    for step in block.steps {
      let rows = block.rows(ofStep: step)
      let past = pass.stepBefore(step)
      let continuing = segment.steps.contains(past) ? pass.continuingRows(step) : 0
      if continuing > 0 {
        let packed = plan.firstPackedRow[past]
        let first =
          component == 0
          ? tape.hiddenRow(packed, pass.layer, pass.direction, base: segment.firstRow)
          : tape.recordRow(packed, pass.layer, pass.direction, base: segment.firstRow)
        for row in 0..<continuing { before.copy(all, row: first + row, toRow: rows.lowerBound + row, column: 0) }
      }
      for row in continuing..<rows.count { before.copy(state, row: row, toRow: rows.lowerBound + row, column: 0) }
    }
  }

  /// Keeps the state from before a segment.
  func saveCheckpoint(
    _ state: borrowing LayerState<Scalar>, _ layer: Int, _ walk: Walk, _ segment: TapeSegment,
    _ checkpoints: inout AlignedBuffer<Scalar>
  ) {
    for (component, width) in shape.componentSizes.enumerated() {
      let start = tape.checkpoint(component, layer, walk.direction, segment: segment.index)
      var all = checkpoints.mutableSpan
      var target = MutableMatrixView(
        all._mutatingExtracting(start..<start + plan.batchSize * width), rows: plan.batchSize, columns: width)
      target.copyRows(of: state.component(component))
    }
  }

  /// Takes it up again.
  func loadCheckpoint(
    _ state: inout LayerState<Scalar>, _ layer: Int, _ walk: Walk, _ segment: TapeSegment,
    _ checkpoints: borrowing AlignedBuffer<Scalar>
  ) {
    for (component, width) in shape.componentSizes.enumerated() {
      let start = tape.checkpoint(component, layer, walk.direction, segment: segment.index)
      let source = MatrixView(
        checkpoints.span.extracting(droppingFirst: start), rows: plan.batchSize, columns: width)
      var target = state.mutableComponent(component)
      target.copyRows(of: source)
    }
  }
}

extension BatchPlan {
  /// Gathers the packed rows of some steps from a tensor whose rows for these sequences begin with `firstRow`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func gather<Scalar: RecurrentScalar>(
    _ tensor: borrowing MatrixView<Scalar>, steps: Range<Int>, firstRow: Int,
    into packed: inout MutableMatrixView<Scalar>
  ) {
    var target = 0
    for step in steps {
      for row in 0..<activeRows[step] {
        packed.copy(tensor, row: firstRow + tensorRow(row, step), toRow: target, column: 0)
        target += 1
      }
    }
  }

  /// Scatters the packed rows of some steps to where they belong in a tensor, from a row and a column on.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func scatter<Scalar: RecurrentScalar>(
    _ packed: borrowing MatrixView<Scalar>, steps: Range<Int>, into tensor: inout MutableMatrixView<Scalar>,
    firstRow: Int, column: Int
  ) {
    var source = 0
    for step in steps {
      for row in 0..<activeRows[step] {
        tensor.copy(packed, row: source, toRow: firstRow + tensorRow(row, step), column: column)
        source += 1
      }
    }
  }

  /// Adds the packed rows of some steps to those of a tensor.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func scatterAdding<Scalar: RecurrentScalar>(
    _ packed: borrowing MatrixView<Scalar>, steps: Range<Int>, to tensor: inout MutableMatrixView<Scalar>
  ) {
    var source = 0
    for step in steps {
      for row in 0..<activeRows[step] {
        let target = tensorRow(row, step)
        var part = tensor.block(rows: target..<target + 1, columns: 0..<packed.columns)
        part.add(packed.rows(source..<source + 1))
        source += 1
      }
    }
  }
}
