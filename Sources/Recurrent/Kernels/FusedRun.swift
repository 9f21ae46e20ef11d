internal import CRecurrentKernels

/// One direction of one layer over the packed rows of some steps of a batch, worked on by the members of a team.
///
/// h of a step is read from where the step before it left it in the output. Rows that begin with a step (all of them at
/// the first one; in reverse, those of shorter sequences later) read the initial state instead, and are its last rows.
@safe
struct FusedRun<Cell: FusedCell>: @unchecked Sendable {
  let cell: Cell
  let block: PassBlock
  let sharing: FusedSharing
  /// [rows, I].
  let x: SharedRows
  /// [N, R].
  let initialHidden: SharedRows
  /// [rows, R].
  let output: SharedRows
  /// [N, H].
  let cells: SharedRows
  /// [rows, H], or nil.
  let cellRecord: SharedRows?
  /// [rows, gates], or nil.
  let gateRecord: SharedRows?
  /// [N, scratchSize].
  let scratch: SharedRows
  /// The inputs of a block, as `ProjectedRows` sees them.
  let projected: UnsafeMutablePointer<Float>
  /// The steps of the layer below that are done, where it runs beside this one; and of this one, for the layer above.
  let layerBelow, layerAbove: Progress?

  /// One member's part, from the first step to the last.
  func work(_ member: Member) {
    let control = rk_flush_denormals_begin()
    defer { rk_flush_denormals_end(control) }
    var member = member
    var hoisted = 0..<0
    for step in block.walk {
      if !sharing.hoistsInput {
        layerBelow?.wait(for: step + 1)
      } else if !hoisted.contains(step) {
        hoisted = block.pass.block(from: step, rows: sharing.blockRows).clamped(to: block.steps)
        layerBelow?.wait(for: hoisted.upperBound)
        project(hoisted, member)
      }
      for phase in cell.panelCounts.indices {
        perform(phase, step, hoisted, member)
        if !sharing.isByRows && !member.meet() {
          if member.index > 0 { return }
          member = .alone
        }
      }
      if member.index == 0 { layerAbove?.reach(step + 1) }
    }
  }

  /// The first row of a step, counted from the first one of all.
  private func firstRow(_ step: Int) -> Int {
    block.pass.plan.firstPackedRow[step] - block.pass.plan.firstPackedRow[block.steps.lowerBound]
  }

  /// The input product of some steps, for the panels that this member will need it for.
  private func project(_ steps: Range<Int>, _ member: Member) {
    let rows = unsafe FusedRows(
      count: block.pass.packedRows(steps).count, x: x.from(firstRow(steps.lowerBound)), z: projectedRows(from: 0),
      hiddenBefore: initialHidden, hidden: output, cell: cells, scratch: scratch)
    unsafe cell.project(rows, panels: member.share(of: cell.panelCounts[0]))
  }

  /// The projected inputs of the steps at work, from one of their rows on.
  private func projectedRows(from row: Int) -> ProjectedRows {
    unsafe ProjectedRows(
      start: projected, panelStride: sharing.blockRows * cell.projectedPanelSize, blockRows: sharing.blockRows,
      firstRow: row)
  }

  /// One phase of one step: the rows that go on from the step before, then those that begin here.
  private func perform(_ phase: Int, _ step: Int, _ hoisted: Range<Int>, _ member: Member) {
    let rows = block.pass.plan.activeRows[step]
    let continuing = block.continuingRows(step)
    if continuing > 0 {
      let before = firstRow(block.pass.stepBefore(step))
      unsafe perform(phase, step, hoisted, 0..<continuing, after: output.from(before), member)
    }
    unsafe perform(phase, step, hoisted, continuing..<rows, after: initialHidden, member)
  }

  private func perform(
    _ phase: Int, _ step: Int, _ hoisted: Range<Int>, _ range: Range<Int>, after hiddenBefore: SharedRows,
    _ member: Member
  ) {
    // By rows, a member has those whose number leaves its own index; by panels, all.
    let every = sharing.isByRows ? member.count : 1
    let remainder = sharing.isByRows ? (member.index - range.lowerBound % every + every) % every : 0
    let first = range.lowerBound + remainder
    guard first < range.upperBound else { return }
    let panels = sharing.isByRows ? 0..<cell.panelCounts[phase] : member.share(of: cell.panelCounts[phase])
    let row = firstRow(step) + first
    let z = sharing.hoistsInput ? unsafe projectedRows(from: row - firstRow(hoisted.lowerBound)) : nil
    let rows = unsafe FusedRows(
      count: (range.upperBound - first + every - 1) / every, x: x.from(row, every: every), z: z,
      hiddenBefore: hiddenBefore.from(first, every: every), hidden: output.from(row, every: every),
      cell: cells.from(first, every: every), cellRecord: cellRecord?.from(row, every: every),
      gateRecord: gateRecord?.from(row, every: every), scratch: scratch.from(first, every: every))
    for panels in sharing.parts(of: panels, step) { unsafe cell.perform(phase: phase, rows, panels: panels) }
  }
}
