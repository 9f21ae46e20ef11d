/// Steps of one layer and direction that are worked on together.
package struct PassBlock: Sendable {
  let pass: LayerPass
  let steps: Range<Int>

  /// The steps in the order in which they are walked through.
  var walk: StrideTo<Int> {
    switch pass.direction {
    case .forward: stride(from: steps.lowerBound, to: steps.upperBound, by: 1)
    case .reverse: stride(from: steps.upperBound - 1, to: steps.lowerBound - 1, by: -1)
    }
  }

  /// The same steps, the last one first.
  var walkBack: StrideTo<Int> {
    switch pass.direction {
    case .forward: stride(from: steps.upperBound - 1, to: steps.lowerBound - 1, by: -1)
    case .reverse: stride(from: steps.lowerBound, to: steps.upperBound, by: 1)
    }
  }

  /// How many of the rows of `step`, the first ones, go on from the step walked before it, which is one of the block.
  func continuingRows(_ step: Int) -> Int { steps.contains(pass.stepBefore(step)) ? pass.continuingRows(step) : 0 }

  /// The packed rows of all steps.
  var rows: Range<Int> { pass.packedRows(steps) }

  /// The rows of a step, counted from the block's first one.
  func rows(ofStep step: Int) -> Range<Int> {
    let rows = pass.plan.packedRows(step)
    let first = rows.lowerBound - self.rows.lowerBound
    return first..<first + rows.count
  }
}
