/// One direction of one layer over the packed rows of a batch: what an engine needs to know of it besides the numbers.
package struct LayerPass: Sendable {
  let plan: BatchPlan
  let layer: Int
  let direction: Direction
  /// The column of the output from which on this direction writes h.
  let outputColumn: Int
  /// Who may work on it.
  let team: ThreadTeam
  /// What it is trained with.
  var masks: LayerMasks? = nil
  /// How far from 0 a gradient of h may be when it goes through a step.
  var hiddenGradientLimit = Double.infinity

  /// The steps in the order in which this direction walks through them.
  var steps: StrideTo<Int> { plan.steps(direction) }

  /// The step that is walked before `step`, which may lie outside.
  func stepBefore(_ step: Int) -> Int { direction == .forward ? step - 1 : step + 1 }

  /// The step that is walked after `step`, which may lie outside.
  func stepAfter(_ step: Int) -> Int { direction == .forward ? step + 1 : step - 1 }

  /// How many of the rows of `step`, the first ones, go on from the step walked before it. The others begin here.
  func continuingRows(_ step: Int) -> Int {
    let before = stepBefore(step)
    return plan.activeRows.indices.contains(before) ? min(plan.activeRows[before], plan.activeRows[step]) : 0
  }

  /// The packed row in which the sequence of a sorted row ends, in this direction; nil for a sequence without steps.
  func lastPackedRow(ofRow row: Int) -> Int? {
    let length = plan.lengths[row]
    return length == 0 ? nil : plan.firstPackedRow[direction == .forward ? length - 1 : 0] + row
  }

  /// The steps from `step` on, in this direction, that have up to `rows` rows together: one step at least.
  func block(from step: Int, rows: Int) -> Range<Int> {
    var block = step..<step + 1
    while true {
      let wider =
        direction == .forward
        ? block.lowerBound..<block.upperBound + 1 : block.lowerBound - 1..<block.upperBound
      guard wider.lowerBound >= 0, wider.upperBound <= plan.activeRows.count, packedRows(wider).count <= rows else {
        return block
      }
      block = wider
    }
  }

  /// The packed rows of some steps.
  func packedRows(_ steps: Range<Int>) -> Range<Int> {
    plan.firstPackedRow[steps.lowerBound]..<plan.packedRows(steps.upperBound - 1).upperBound
  }
}
