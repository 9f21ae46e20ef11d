/// One layer and direction of one cell, forward with a record of what happened, and backward through it.
///
/// A run is cut into blocks of steps. For each block `record` leaves a row of numbers for each of its packed rows, from
/// which `backward` makes gradients of the pre-activations, where they stand or in its scratch memory. What the numbers
/// mean is the engine's own affair; their places in time and memory are the business of whoever keeps the tape.
package protocol TrainingEngine<Weights>: Sendable {
  associatedtype Weights: LayerWeights

  /// What scratch memory it takes for blocks of up to `rows` rows of `batchSize` sequences. That of the first layer
  /// serves every layer of a stack.
  func scratchSizes(rows: Int, batchSize: Int) -> TrainingScratchSizes

  /// Runs a block forward.
  ///
  /// - Parameters:
  ///   - x: the inputs [rows, features] of the block.
  ///   - state: that before the block, replaced with the one after it.
  ///   - record: [rows, `StackShape.recordSize`].
  ///   - cells: [rows, H], for every C', or no rows in a cell without one.
  ///   - hidden: [rows, R], for every h'.
  func record(
    _ x: borrowing MatrixView<Weights.Scalar>, _ block: PassBlock, state: inout LayerState<Weights.Scalar>,
    record: inout MutableMatrixView<Weights.Scalar>, cells: inout MutableMatrixView<Weights.Scalar>,
    hidden: inout MutableMatrixView<Weights.Scalar>, scratch: inout TrainingScratch<Weights.Scalar>)

  /// Runs a block backward.
  ///
  /// - Parameters:
  ///   - known: what is known of the block.
  ///   - record: what `record` left. It may be used up.
  ///   - gradient: that of the state after the block, replaced with that of the state before it.
  ///   - inputGradient: [rows, features], to be written.
  ///   - weights: where the block's part of their gradients belongs.
  ///   - adding: whether it is added to what stands there; else it takes its place.
  func backward(
    _ known: borrowing BlockValues<Weights.Scalar>, _ block: PassBlock,
    record: inout MutableMatrixView<Weights.Scalar>, gradient: inout LayerState<Weights.Scalar>,
    inputGradient: inout MutableMatrixView<Weights.Scalar>, weights: inout Weights, adding: Bool,
    scratch: inout TrainingScratch<Weights.Scalar>)

  /// C' of a block that the equations gave before it zoned out, from what `record` left.
  ///
  /// - Parameters:
  ///   - before: [rows, H]: C before the step of each row.
  ///   - cells: [rows, H], to be written.
  func formCells(
    _ before: borrowing MatrixView<Weights.Scalar>, record: borrowing MatrixView<Weights.Scalar>,
    into cells: inout MutableMatrixView<Weights.Scalar>)

  /// The values of the gates of a block, from what `record` left, which stays.
  ///
  /// - Parameter gates: [rows, G·H], to be written in the order of the cell's blocks.
  func formGates(
    _ known: borrowing BlockValues<Weights.Scalar>, record: borrowing MatrixView<Weights.Scalar>,
    into gates: inout MutableMatrixView<Weights.Scalar>)
}

extension TrainingEngine {
  package func formCells(
    _ before: borrowing MatrixView<Weights.Scalar>, record: borrowing MatrixView<Weights.Scalar>,
    into cells: inout MutableMatrixView<Weights.Scalar>
  ) {
    fatalError("formCells: \(cells.rows) rows of C of a \(Weights.Configuration.cellName), which has none")
  }
}

/// The engines that train stacked layers: layer by layer, and in each layer the forward direction first.
public struct TrainingEngines<Weights: LayerWeights>: Sendable {
  let engines: [any TrainingEngine<Weights>]
}

/// What is known of a block, or of some of its rows, when it is walked back.
package struct BlockValues<Scalar: RecurrentScalar>: ~Escapable {
  /// [rows, features].
  let x: MatrixView<Scalar>
  /// [rows, R]: h before the step of each row.
  let hiddenBefore: MatrixView<Scalar>
  /// [rows, R]: h after it.
  let hidden: MatrixView<Scalar>
  /// [rows, R]: the same as the gates saw it.
  let hiddenSeen: MatrixView<Scalar>
  /// [rows, H]: C before the step of each row; no rows in a cell without one.
  let cellsBefore: MatrixView<Scalar>
  /// [rows, H]: C after it, likewise; where C zones out, what it was before that.
  let cells: MatrixView<Scalar>
  /// [rows, R]: the gradients of the outputs h, without what comes back through later steps.
  let hiddenGradient: MatrixView<Scalar>
  /// [rows, H]: likewise those of C; no rows where there are none.
  let cellGradient: MatrixView<Scalar>

  /// What the layer is trained with.
  let masks: LayerMasks?

  @_lifetime(
    copy x, copy hiddenBefore, copy hidden, copy hiddenSeen, copy cellsBefore, copy cells, copy hiddenGradient,
    copy cellGradient)
  init(
    x: MatrixView<Scalar>, hiddenBefore: MatrixView<Scalar>, hidden: MatrixView<Scalar>,
    hiddenSeen: MatrixView<Scalar>, cellsBefore: MatrixView<Scalar>, cells: MatrixView<Scalar>,
    hiddenGradient: MatrixView<Scalar>, cellGradient: MatrixView<Scalar>, masks: LayerMasks?
  ) {
    self.x = x
    self.hiddenBefore = hiddenBefore
    self.hidden = hidden
    self.hiddenSeen = hiddenSeen
    self.cellsBefore = cellsBefore
    self.cells = cells
    self.hiddenGradient = hiddenGradient
    self.cellGradient = cellGradient
    self.masks = masks
  }

  /// What is known of some of the rows.
  @_lifetime(copy self)
  func rows(_ range: Range<Int>) -> BlockValues {
    BlockValues(
      x: x.rows(range), hiddenBefore: hiddenBefore.rows(range), hidden: hidden.rows(range),
      hiddenSeen: hiddenSeen.rows(range), cellsBefore: cellsBefore.someRows(range), cells: cells.someRows(range),
      hiddenGradient: hiddenGradient.rows(range), cellGradient: cellGradient.someRows(range), masks: masks)
  }
}

extension MatrixView {
  /// Some of the rows, or none where the matrix has none.
  @_lifetime(copy self)
  fileprivate func someRows(_ range: Range<Int>) -> MatrixView { rows == 0 ? self : rows(range) }
}

/// The numbers that the parts of a `TrainingScratch` hold.
package struct TrainingScratchSizes: Sendable, Hashable {
  var projected = 0
  var values = 0
  var product = 0
  var gradients = 0
  var kept = 0
  var sums = 0
}

/// Memory for the block at work.
package struct TrainingScratch<Scalar: RecurrentScalar>: ~Copyable {
  /// The forward run's pre-activations of a block.
  var projected: AlignedBuffer<Scalar>
  /// A step's activations.
  var values: AlignedBuffer<Scalar>
  /// A step's product with transposed weights.
  var product: AlignedBuffer<Scalar>
  /// The gradients of a block's pre-activations, where they do not stand in its record.
  var gradients: AlignedBuffer<Scalar>
  /// What the products over a whole block need of each of its rows, besides what the tape holds.
  var kept: AlignedBuffer<Scalar>
  /// What is packed for the sums over all rows of a block.
  var sums: AlignedBuffer<Scalar>

  init(_ sizes: TrainingScratchSizes) {
    projected = AlignedBuffer(count: sizes.projected)
    values = AlignedBuffer(count: sizes.values)
    product = AlignedBuffer(count: sizes.product)
    gradients = AlignedBuffer(count: sizes.gradients)
    kept = AlignedBuffer(count: sizes.kept)
    sums = AlignedBuffer(count: sizes.sums)
  }
}
