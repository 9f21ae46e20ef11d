// What a block reads stands together where it is, more often than not: then engines see it there, and nothing is gathered.

extension TrainingRun {
  /// Whether the inputs of a block are consecutive rows of the caller's tensor.
  func hasInputAtHand(_ block: PassBlock) -> Bool {
    block.pass.layer == 0 && plan.isPacked && block.pass.masks == nil
  }

  /// The inputs of a block, in the caller's tensor or gathered.
  @_lifetime(borrow self, borrow gathered)
  func inputs(_ block: PassBlock, gathered: borrowing AlignedBuffer<Scalar>) -> MatrixView<Scalar> {
    let columns = shape.inputSize(ofLayer: block.pass.layer)
    guard hasInputAtHand(block) else {
      return gathered.matrixView(firstRow: 0, rows: block.rows.count, columns: columns)
    }
    return MatrixView(input.span, rows: plan.stepCount * plan.batchSize, columns: columns).rows(block.rows)
  }

  /// Whether the gradients of h of a block are consecutive rows of the caller's tensor.
  func hasHiddenGradientAtHand(_ block: PassBlock, _ given: Tensor<Scalar>?) -> Bool {
    block.pass.layer == shape.layerCount - 1 && plan.isPacked && given != nil
  }

  /// The packed rows that stand before those of a block, step by step, where all of them are on the tape: every step has
  /// as many rows, and the first one walked goes on from another step of the segment.
  func rowsBefore(_ block: PassBlock, _ segment: TapeSegment) -> Range<Int>? {
    let first = block.pass.direction == .forward ? block.steps.lowerBound : block.steps.upperBound - 1
    guard plan.isUniform, segment.steps.contains(block.pass.stepBefore(first)) else { return nil }
    let distance = block.pass.direction == .forward ? -plan.batchSize : plan.batchSize
    return block.rows.lowerBound + distance..<block.rows.upperBound + distance
  }

  /// h from before each row of a block, on the tape or gathered.
  @_lifetime(borrow hidden, borrow gathered)
  func hiddenBefore(
    _ block: PassBlock, _ segment: TapeSegment, _ hidden: borrowing AlignedBuffer<Scalar>,
    gathered: borrowing AlignedBuffer<Scalar>
  ) -> MatrixView<Scalar> {
    guard let before = rowsBefore(block, segment) else {
      return gathered.matrixView(firstRow: 0, rows: block.rows.count, columns: shape.outputSize)
    }
    let (layer, direction) = (block.pass.layer, block.pass.direction)
    return hidden.matrixView(
      firstRow: tape.hiddenRow(before.lowerBound, layer, direction, base: segment.firstRow), rows: before.count,
      columns: shape.outputSize)
  }

  /// C from before each row of a block likewise; no rows in a cell without one.
  @_lifetime(borrow cells, borrow gathered)
  func cellsBefore(
    _ block: PassBlock, _ segment: TapeSegment, _ cells: borrowing AlignedBuffer<Scalar>,
    gathered: borrowing AlignedBuffer<Scalar>
  ) -> MatrixView<Scalar> {
    let count = shape.hasCell ? block.rows.count : 0
    guard shape.hasCell, let before = rowsBefore(block, segment) else {
      return gathered.matrixView(firstRow: 0, rows: count, columns: shape.hiddenSize)
    }
    let (layer, direction) = (block.pass.layer, block.pass.direction)
    return cells.matrixView(
      firstRow: tape.recordRow(before.lowerBound, layer, direction, base: segment.firstRow), rows: count,
      columns: shape.hiddenSize)
  }

  /// The gradients of h of a block, in the caller's tensor or gathered.
  @_lifetime(borrow gathered, copy given)
  func hiddenGradients(
    _ block: PassBlock, given: Span<Scalar>, gathered: borrowing AlignedBuffer<Scalar>
  ) -> MatrixView<Scalar> {
    guard given.count > 0 else {
      return gathered.matrixView(firstRow: 0, rows: block.rows.count, columns: shape.outputSize)
    }
    let (column, width) = (block.pass.outputColumn, shape.outputSize * shape.directionCount)
    return MatrixView(given, rows: plan.stepCount * plan.batchSize, columns: width)
      .columns(column..<column + shape.outputSize).rows(block.rows)
  }

  /// All that is known of a block when it is walked back.
  ///
  /// - Parameters:
  ///   - x: its inputs, if they had to be gathered; `gathered` is the same for all the rest.
  ///   - given: the caller's gradients of h where they are at hand, else nothing.
  ///   - hidden: h on the tape, and `cells` C.
  @_lifetime(borrow self, borrow x, borrow gathered, copy given, borrow hidden, borrow cells)
  func values(
    _ block: PassBlock, _ segment: TapeSegment, x: borrowing AlignedBuffer<Scalar>,
    _ gathered: borrowing GatheredRows<Scalar>, given: Span<Scalar>, hidden: borrowing AlignedBuffer<Scalar>,
    cells: borrowing AlignedBuffer<Scalar>
  ) -> BlockValues<Scalar> {
    let rows = block.rows.count
    let before = hiddenBefore(block, segment, hidden, gathered: gathered.hiddenBefore)
    return BlockValues(
      x: inputs(block, gathered: x), hiddenBefore: before, hidden: self.hidden(hidden, block, segment),
      hiddenSeen: gathered.hiddenSeen.count == 0
        ? before : gathered.hiddenSeen.matrixView(firstRow: 0, rows: rows, columns: shape.outputSize),
      cellsBefore: cellsBefore(block, segment, cells, gathered: gathered.cellsBefore),
      cells: gathered.newCells.count == 0
        ? self.cells(cells, block, segment)
        : gathered.newCells.matrixView(firstRow: 0, rows: rows, columns: shape.hiddenSize),
      hiddenGradient: hiddenGradients(block, given: given, gathered: gathered.hidden),
      cellGradient: gathered.cellGradients.matrixView(
        firstRow: 0, rows: gathered.hasCellGradients ? rows : 0, columns: shape.hiddenSize),
      masks: block.pass.masks)
  }
}
