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
  /// G·V: the floats of one row and panel of a projected input, over all phases.
  var projectedPanelSize: Int { get }
  /// Floats of all weights, which a step reads once.
  var weightCount: Int { get }
  /// Floats of scratch memory for each sequence, which last for a step.
  var scratchSize: Int { get }

  /// z = bias + x·W for some of the panels, of every phase that reads x.
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
  /// Projected inputs, to be used in place of x; or nil.
  var z: ProjectedRows?
  /// h before the step. Only read.
  var hiddenBefore: SharedRows
  /// h after the step.
  var hidden: SharedRows
  /// C, replaced by C'; without rows for a cell without one.
  var cell: SharedRows
  /// Where a copy of C' goes, or nil.
  var cellRecord: SharedRows?
  /// Where the values of the gates go, or nil.
  var gateRecord: SharedRows?
  /// The cell's scratch memory.
  var scratch: SharedRows
}

/// Projected inputs of a block of steps: [panel][block row][G·V], or for a cell whose gates are packed apart
/// [panel]([block row][G₁·V], [block row][G₂·V]).
@unsafe
struct ProjectedRows {
  /// The first panel of the block.
  var start: UnsafeMutablePointer<Float>
  /// Floats from one panel to the next.
  var panelStride: Int
  /// Rows that the block has room for.
  var blockRows: Int
  /// The row of the block that comes first.
  var firstRow: Int

  /// The first row of a pack whose rows are `floats` wide, behind packs of `before` floats.
  func pack(_ floats: Int, after before: Int) -> UnsafeMutablePointer<Float> {
    unsafe start + blockRows * before + firstRow * floats
  }
}
