/// An engine that can say what its pre-activations were.
package protocol RecordingEngine: HoistingEngine {
  /// One step from projected inputs, as `advance` without a record, bit for bit. Where `record` has rows, one for each
  /// sequence, they take the pre-activations (without peepholes), and whatever else going back needs.
  func advance(
    _ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>,
    record: inout MutableMatrixView<Scalar>)
}

extension RecordingEngine {
  package func advance(_ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>) {
    var none = MutableMatrixView(MutableSpan<Scalar>(), rows: 0, columns: 0)
    advance(&state, projected: &z, record: &none)
  }
}

/// A training engine that walks back step by step with the recurrent product alone, and leaves the gradients of the
/// weights and of the inputs to one product over all rows of a block.
///
/// In the record pre-activations z become slopes a'(z), and these the gradients of z, each in the place of the other.
protocol HoistingTrainer: TrainingEngine {
  associatedtype Forward: RecordingEngine where Forward.Scalar == Weights.Scalar
  /// Whose products and functions going back uses.
  associatedtype Matrix: ConstantMatrix where Matrix.Scalar == Weights.Scalar

  /// The way there.
  var forward: Forward { get }
  /// Numbers of a row of a step's activations.
  var valueSize: Int { get }
  /// Numbers of a row of a product with transposed weights.
  var productSize: Int { get }
  /// Numbers of a row of what is kept for the products over the block; it may be 0.
  var keptSize: Int { get }

  /// Works out what is kept of each row of a block and does not depend on gradients, before the block is walked back.
  func prepare(
    _ known: borrowing BlockValues<Weights.Scalar>, kept: inout MutableMatrixView<Weights.Scalar>, team: ThreadTeam)

  /// One step back, for the rows of `record`: from the gradient of the state after it to that of the state before it,
  /// and from the record to the gradients of the pre-activations.
  func retreat(
    _ known: borrowing BlockValues<Weights.Scalar>, gradient: inout LayerState<Weights.Scalar>,
    record: inout MutableMatrixView<Weights.Scalar>, values: inout MutableMatrixView<Weights.Scalar>,
    product: inout MutableMatrixView<Weights.Scalar>, kept: inout MutableMatrixView<Weights.Scalar>)

  /// The products over all rows of a block, from the gradients of the pre-activations. What was kept is used up.
  func collect(
    _ known: borrowing BlockValues<Weights.Scalar>, record: borrowing MatrixView<Weights.Scalar>,
    kept: inout MutableMatrixView<Weights.Scalar>, inputGradient: inout MutableMatrixView<Weights.Scalar>,
    weights: inout Weights, team: ThreadTeam)
}

extension HoistingTrainer {
  func prepare(
    _ known: borrowing BlockValues<Weights.Scalar>, kept: inout MutableMatrixView<Weights.Scalar>, team: ThreadTeam
  ) {}

  package func scratchSizes(rows: Int, batchSize: Int) -> TrainingScratchSizes {
    TrainingScratchSizes(
      projected: rows * forward.preactivationStride, values: batchSize * valueSize, product: batchSize * productSize,
      kept: rows * keptSize)
  }

  @specialized(where Self == NaiveLSTMTrainer<Float>)
  @specialized(where Self == BLASLSTMTrainer<Float>)
  @specialized(where Self == GRUTrainer<PlainMatrix<Float>>)
  @specialized(where Self == GRUTrainer<BLASMatrix<Float>>)
  @specialized(where Self == RNNTrainer<PlainMatrix<Float>>)
  @specialized(where Self == RNNTrainer<BLASMatrix<Float>>)
  @specialized(where Self == NaiveLSTMTrainer<Double>)
  @specialized(where Self == BLASLSTMTrainer<Double>)
  @specialized(where Self == GRUTrainer<PlainMatrix<Double>>)
  @specialized(where Self == GRUTrainer<BLASMatrix<Double>>)
  @specialized(where Self == RNNTrainer<PlainMatrix<Double>>)
  @specialized(where Self == RNNTrainer<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedLSTMTrainer<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedLSTMTrainer<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedGRUTrainer<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedGRUTrainer<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedLSTMTrainer<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedLSTMTrainer<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedGRUTrainer<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedGRUTrainer<BLASMatrix<Double>>)
  package func record(
    _ x: borrowing MatrixView<Weights.Scalar>, _ block: PassBlock, state: inout LayerState<Weights.Scalar>,
    record: inout MutableMatrixView<Weights.Scalar>, cells: inout MutableMatrixView<Weights.Scalar>,
    hidden: inout MutableMatrixView<Weights.Scalar>, scratch: inout TrainingScratch<Weights.Scalar>
  ) {
    let stride = forward.preactivationStride
    var z = MutableMatrixView(scratch.projected.mutableSpan, rows: x.rows, columns: stride)
    forward.projectInput(x, into: &z)
    for step in block.walk {
      let rows = block.rows(ofStep: step)
      var stepZ = z.block(rows: rows, columns: 0..<stride)
      var stepRecord = record.block(rows: rows, columns: 0..<record.columns)
      if let masks = block.pass.masks { state.prepare(masks, rows: rows.count) }
      forward.advance(&state, projected: &stepZ, record: &stepRecord)
      if let masks = block.pass.masks { state.zoneOut(masks, step: step, rows: rows.count) }
      state.copyHidden(rows: rows.count, to: &hidden, firstRow: rows.lowerBound, column: 0)
      if cells.rows > 0 { state.copyCells(rows: rows.count, to: &cells, firstRow: rows.lowerBound) }
    }
  }

  @specialized(where Self == NaiveLSTMTrainer<Float>)
  @specialized(where Self == BLASLSTMTrainer<Float>)
  @specialized(where Self == GRUTrainer<PlainMatrix<Float>>)
  @specialized(where Self == GRUTrainer<BLASMatrix<Float>>)
  @specialized(where Self == RNNTrainer<PlainMatrix<Float>>)
  @specialized(where Self == RNNTrainer<BLASMatrix<Float>>)
  @specialized(where Self == NaiveLSTMTrainer<Double>)
  @specialized(where Self == BLASLSTMTrainer<Double>)
  @specialized(where Self == GRUTrainer<PlainMatrix<Double>>)
  @specialized(where Self == GRUTrainer<BLASMatrix<Double>>)
  @specialized(where Self == RNNTrainer<PlainMatrix<Double>>)
  @specialized(where Self == RNNTrainer<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedLSTMTrainer<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedLSTMTrainer<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedGRUTrainer<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedGRUTrainer<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedLSTMTrainer<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedLSTMTrainer<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedGRUTrainer<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedGRUTrainer<BLASMatrix<Double>>)
  package func backward(
    _ known: borrowing BlockValues<Weights.Scalar>, _ block: PassBlock,
    record: inout MutableMatrixView<Weights.Scalar>, gradient: inout LayerState<Weights.Scalar>,
    inputGradient: inout MutableMatrixView<Weights.Scalar>, weights: inout Weights, adding: Bool,
    scratch: inout TrainingScratch<Weights.Scalar>
  ) {
    if !adding { weights.clear() }
    walkBack(
      known, block, record: &record, gradient: &gradient, values: &scratch.values, product: &scratch.product,
      kept: &scratch.kept)
    let keptSize = keptSize
    var kept = MutableMatrixView(
      scratch.kept.mutableSpan, rows: keptSize == 0 ? 0 : record.rows, columns: keptSize)
    collect(
      known, record: record.view, kept: &kept, inputGradient: &inputGradient, weights: &weights, team: block.pass.team)
  }

  private func walkBack(
    _ known: borrowing BlockValues<Weights.Scalar>, _ block: PassBlock,
    record: inout MutableMatrixView<Weights.Scalar>, gradient: inout LayerState<Weights.Scalar>,
    values: inout AlignedBuffer<Weights.Scalar>, product: inout AlignedBuffer<Weights.Scalar>,
    kept: inout AlignedBuffer<Weights.Scalar>
  ) {
    let (valueSize, productSize, keptSize) = (valueSize, productSize, keptSize)
    let limit = Weights.Scalar(block.pass.hiddenGradientLimit)
    var keptRows = MutableMatrixView(kept.mutableSpan, rows: keptSize == 0 ? 0 : record.rows, columns: keptSize)
    prepare(known, kept: &keptRows, team: block.pass.team)
    for step in block.walkBack {
      let rows = block.rows(ofStep: step)
      let now = known.rows(rows)
      gradient.addOutputGradients(now.hiddenGradient, now.cellGradient)
      if limit < .infinity { gradient.clipHidden(to: limit, rows: rows.count) }
      if let masks = now.masks { gradient.splitGradient(masks, step: step, rows: rows.count) }
      var stepRecord = record.block(rows: rows, columns: 0..<record.columns)
      var stepKept = keptRows.block(rows: keptSize == 0 ? 0..<0 : rows, columns: 0..<keptSize)
      var stepValues = MutableMatrixView(values.mutableSpan, rows: rows.count, columns: valueSize)
      var stepProduct = MutableMatrixView(product.mutableSpan, rows: rows.count, columns: productSize)
      retreat(
        now, gradient: &gradient, record: &stepRecord, values: &stepValues, product: &stepProduct, kept: &stepKept)
      if let masks = now.masks { gradient.joinGradient(masks, rows: rows.count) }
    }
  }

  /// Adds the product of what stands before a step, [h, x], and some gradients of its pre-activations, which are those
  /// of the first columns.
  func addWeightGradients(
    _ known: borrowing BlockValues<Weights.Scalar>, _ gradients: borrowing MatrixView<Weights.Scalar>,
    columns: Range<Int>, to matrix: inout Tensor<Weights.Scalar>, team: ThreadTeam
  ) {
    addProduct(known.hiddenSeen, gradients, to: &matrix, firstRow: 0, columns: columns, team: team)
    addProduct(
      known.x, gradients, to: &matrix, firstRow: known.hiddenBefore.columns, columns: columns, team: team)
  }

  /// Adds aᵀ·b to some rows and columns of a matrix.
  func addProduct(
    _ a: borrowing MatrixView<Weights.Scalar>, _ b: borrowing MatrixView<Weights.Scalar>,
    to matrix: inout Tensor<Weights.Scalar>, firstRow: Int, columns: Range<Int>, team: ThreadTeam
  ) {
    let (rows, width) = (matrix.shape[0], matrix.shape[1])
    var all = MutableMatrixView(matrix.mutableSpan, rows: rows, columns: width)
    var part = all.block(rows: firstRow..<firstRow + a.columns, columns: columns)
    Matrix.multiply(a.transposed, b, into: &part, adding: true, team: team)
  }

  /// The gradient of the inputs: that of the pre-activations, through the last rows of the weights.
  func multiplyInput(
    _ matrix: Tensor<Weights.Scalar>, _ gradients: borrowing MatrixView<Weights.Scalar>,
    into inputGradient: inout MutableMatrixView<Weights.Scalar>, team: ThreadTeam
  ) {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let all = MatrixView(matrix.span, rows: rows, columns: columns)
    let input = all.rows(rows - inputGradient.columns..<rows)
    Matrix.multiply(gradients, input.transposed, into: &inputGradient, adding: false, team: team)
  }

  /// c = v·M, for the first columns of a matrix that has room for whatever the arithmetic pads.
  @inline(__always)
  func form(
    _ c: inout MutableMatrixView<Weights.Scalar>, _ v: borrowing MatrixView<Weights.Scalar>, _ matrix: Matrix
  ) {
    var padded = c.block(rows: 0..<c.rows, columns: 0..<matrix.width)
    padded.fill(with: 0)
    matrix.addProduct(of: v, to: &padded)
  }
}

extension LayerState {
  /// Adds the gradients of a step's outputs to those that came back through later steps.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func addOutputGradients(_ hidden: borrowing MatrixView<Scalar>, _ cells: borrowing MatrixView<Scalar>) {
    do {
      var target = mutableHidden(rows: hidden.rows)
      target.add(hidden)
    }
    guard cells.rows > 0 else { return }
    var target = MutableMatrixView(cell.mutableSpan, rows: cells.rows, columns: cells.columns)
    target.add(cells)
  }
}

extension LayerState {
  /// Brings the gradients of h of the first sequences within a limit. NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func clipHidden(to limit: Scalar, rows: Int) {
    var target = mutableHidden(rows: rows)
    for row in 0..<rows {
      for unit in 0..<target.columns {
        let value = target[row, unit]
        target[row, unit] = value > limit ? limit : value < -limit ? -limit : value
      }
    }
  }

  /// Takes the first columns of a matrix for the units of the first sequences.
  mutating func setUnits(_ values: borrowing MutableMatrixView<Scalar>) {
    let hiddenSize = hiddenSize
    var target = MutableMatrixView(units.mutableSpan, rows: values.rows, columns: hiddenSize)
    target.copyRows(of: values.view)
  }
}
