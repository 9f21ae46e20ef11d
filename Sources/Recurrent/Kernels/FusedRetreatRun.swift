internal import CRecurrentKernels

/// A block walked back step by step, worked on by the members of a team.
///
/// Each member has the panels of some units, of which it computes the gradients in every step. The gradient of h before
/// a step is the first thing that the next one computes. Rows that go no further back in the block leave theirs where
/// the state's gradients stand; rows that begin to go back find theirs there.
@safe
struct FusedRetreatRun<Retreat: FusedRetreat>: @unchecked Sendable {
  let retreat: Retreat
  let block: PassBlock
  /// All rows of the block, and of the state.
  let all: FusedRetreatRows

  /// One member's part.
  func work(_ member: Member) {
    let control = rk_flush_denormals_begin()
    defer { rk_flush_denormals_end(control) }
    var member = member
    for step in block.walkBack {
      for phase in retreat.panelCounts.indices {
        perform(phase, step, member)
        if !member.meet() {
          if member.index > 0 { return }
          member = .alone
        }
      }
      leave(step, member)
    }
  }

  /// One phase of one step: the rows that were walked in the step before, then those that begin here.
  private func perform(_ phase: Int, _ step: Int, _ member: Member) {
    let panels = member.share(of: retreat.panelCounts[phase])
    let later = block.pass.stepAfter(step)
    let rows = block.rows(ofStep: step)
    let continuing = block.steps.contains(later) ? min(block.rows(ofStep: later).count, rows.count) : 0
    if continuing > 0 {
      let part = unsafe all.from(
        0, row: rows.lowerBound, count: continuing, later: all.gradients.from(block.rows(ofStep: later).lowerBound))
      unsafe retreat.perform(phase: phase, part, panels: panels)
    }
    if continuing < rows.count {
      let part = unsafe all.from(
        continuing, row: rows.lowerBound + continuing, count: rows.count - continuing, later: nil)
      unsafe retreat.perform(phase: phase, part, panels: panels)
    }
  }

  /// The gradients of h before a step, for the rows that it began with.
  private func leave(_ step: Int, _ member: Member) {
    let rows = block.rows(ofStep: step)
    let continuing = block.continuingRows(step)
    guard continuing < rows.count else { return }
    let row = rows.lowerBound + continuing
    var part = unsafe all.from(
      continuing, row: row, count: rows.count - continuing, later: all.gradients.from(row))
    unsafe part.given = nil
    unsafe part.hiddenLimit = .infinity
    unsafe retreat.kernels.formHiddenGradient(
      retreat.hiddenGradient(part), part, retreat.recurrent, into: part.hiddenGradient,
      panels: member.share(of: retreat.recurrent.panelCount))
  }
}

extension FusedRetreat {
  /// The gradient of h after a step, as kernels take it.
  @unsafe
  @inline(__always)
  func hiddenGradient(_ rows: FusedRetreatRows) -> rk_gradient_sum {
    let carried = unsafe carriesHidden || rows.later == nil ? rows.hiddenGradient : nil
    return unsafe rk_gradient_sum(
      count: rows.later == nil ? 0 : recurrent.rowCount, weights: recurrent.elements.base, v: rows.later?.start,
      v_stride: rows.later?.stride ?? 0, carried: carried?.start, carried_stride: carried?.stride ?? 0,
      given: rows.given?.start, given_stride: rows.given?.stride ?? 0, limit: rows.hiddenLimit)
  }
}

extension PackedPanels {
  /// The product of `v` with these weights, as kernels take it, and nothing else.
  @unsafe
  func sum(_ v: SharedRows) -> rk_gradient_sum {
    unsafe rk_gradient_sum(
      count: rowCount, weights: elements.base, v: v.start, v_stride: v.stride, carried: nil, carried_stride: 0,
      given: nil, given_stride: 0, limit: .infinity)
  }
}
