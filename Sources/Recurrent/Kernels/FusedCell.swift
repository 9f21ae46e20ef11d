/// A cell in the fused kernels: what one of its steps is made of.
///
/// A step has one phase or more. After each the members of a team meet, because the next phase reads what all of them
/// wrote. A phase is shared out by panels of its results, or by rows.
protocol FusedCell: Sendable {
  /// The width of x.
  var inputSize: Int { get }
  /// R: the width of h.
  var outputSize: Int { get }
  /// For each phase the panels of its results. Stored, not made anew: every step asks.
  var panelCounts: [Int] { get }
  /// G·V: the floats of one row and panel of a projected input.
  var projectedPanelSize: Int { get }
  /// Floats of all weights, which a step reads once.
  var weightCount: Int { get }
  /// Floats of scratch memory for each sequence, which last for a step.
  var scratchSize: Int { get }

  /// z = bias + x·W for some of the panels of the first phase.
  @unsafe func project(_ rows: FusedRows, panels: Range<Int>)
  /// One phase of a step, for some of its panels.
  @unsafe func perform(phase: Int, _ rows: FusedRows, panels: Range<Int>)
}

extension FusedCell {
  /// Floats of one row of a projected input, over all panels.
  var projectedRowSize: Int { panelCounts[0] * projectedPanelSize }
}

/// Where the rows of one kernel call stand.
@unsafe
struct FusedRows {
  var count: Int
  /// Inputs. Only read.
  var x: SharedRows
  /// Projected inputs, [panel][row][G·V], to be used in place of x; or nil.
  var z: UnsafeMutablePointer<Float>?
  /// Floats from one panel of z to the next.
  var zPanelStride: Int
  /// h before the step. Only read.
  var hiddenBefore: SharedRows
  /// h after the step.
  var hidden: SharedRows
  /// C, replaced by C'; without rows for a cell without one.
  var cell: SharedRows
  /// Where a copy of C' goes, or nil.
  var cellRecord: SharedRows?
  /// The cell's scratch memory.
  var scratch: SharedRows
}
