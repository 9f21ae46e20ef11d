/// A cell in the fused kernels, walked back: what one of its steps is made of, and the products over all rows of a block.
///
/// Its weights stand transposed in panels of what they once multiplied. As forward, a step has one phase or more, after
/// each of which the members of a team meet.
protocol FusedRetreat: Sendable {
  associatedtype Cell: FusedCell
  associatedtype Weights: LayerWeights where Weights.Scalar == Float

  /// Packs the weights.
  init(_ cell: Cell, _ weights: Weights, room: PackingRoom)

  var kernels: Kernels { get }
  /// For each phase the panels of its results.
  var panelCounts: [Int] { get }
  /// From the first columns of the gradients of a step's pre-activations to that of h before it.
  var recurrent: PackedPanels { get }
  /// Whether a part of the gradient of h goes past these weights: it waits in `FusedRetreatRows.hiddenGradient`.
  var carriesHidden: Bool { get }
  /// Floats of the gradients of a row's pre-activations.
  var gradientSize: Int { get }
  /// Floats of what is kept of every row for the products over the block; may be 0.
  var keptSize: Int { get }

  /// One phase of a step, for some of its panels.
  @unsafe func perform(phase: Int, _ rows: FusedRetreatRows, panels: Range<Int>)

  /// The values of the gates of a block, from what the way forward left in the record.
  func formGates(
    _ known: borrowing BlockValues<Float>, record: borrowing MatrixView<Float>,
    into gates: inout MutableMatrixView<Float>)

  /// The products over all rows of a block, from the gradients of the pre-activations. What a block says of the weights is
  /// added to what stands there or takes its place.
  func collect(
    _ known: borrowing BlockValues<Float>, gradients: borrowing MatrixView<Float>, kept: borrowing MatrixView<Float>,
    inputGradient: inout MutableMatrixView<Float>, weights: inout Weights, adding: Bool,
    desk: inout AlignedBuffer<Float>, team: ThreadTeam)
}

extension FusedRetreat {
  /// They stand in the first columns.
  func formGates(
    _ known: borrowing BlockValues<Float>, record: borrowing MatrixView<Float>,
    into gates: inout MutableMatrixView<Float>
  ) {
    gates.copyRows(of: record)
  }
}

/// Where the rows of one kernel call of the way back stand.
@unsafe
struct FusedRetreatRows {
  var count: Int
  /// The gradients of the pre-activations of the step walked before, or nil for rows that begin their way back here.
  var later: SharedRows?
  /// The values of the gates. Only read.
  var record: SharedRows
  /// The gradients of their pre-activations.
  var gradients: SharedRows
  /// h and C before the step and after it. Only read; C without rows for a cell without one.
  var hiddenBefore, hidden, cellsBefore, cells: SharedRows
  /// The gradients of the outputs h and C, or nil.
  var given, givenCells: SharedRows?
  /// [N, R]: for rows without `later` the gradient of h after the step; and what is carried from step to step.
  var hiddenGradient: SharedRows
  /// [N, H]: the gradient of C, replaced step by step.
  var cellGradient: SharedRows
  /// What is kept for the products over the block.
  var kept: SharedRows
  /// How far from 0 a gradient of h may be when it goes through the step.
  var hiddenLimit = Float.infinity

  /// The rows of a step from `first` on, whose first one is the row `row` of the block.
  func from(_ first: Int, row: Int, count: Int, later: SharedRows?) -> FusedRetreatRows {
    unsafe FusedRetreatRows(
      count: count, later: later, record: record.from(row), gradients: gradients.from(row),
      hiddenBefore: hiddenBefore.from(row), hidden: hidden.from(row), cellsBefore: cellsBefore.from(row),
      cells: cells.from(row), given: given?.from(row), givenCells: givenCells?.from(row),
      hiddenGradient: hiddenGradient.from(first), cellGradient: cellGradient.from(first), kept: kept.from(row),
      hiddenLimit: hiddenLimit)
  }
}
