// Two runs side by side, each on its half of the team: the directions of a layer, or two layers one of which feeds the
// other. Where a step is short, meeting after each takes a good part of it; so they need not meet at every step.

/// An engine whose runs can be shared out among members.
protocol SharedEngine {
  /// What a run needs to know of its sharing among `members`, in `blockCount` blocks of projected inputs at least.
  func sharing(_ plan: BatchPlan, members: Int, blockCount: Int, scratchCount: Int) -> FusedSharing
  /// Traps unless input, output and state have the sizes that the plan says.
  func requireRoom(
    _ x: borrowing MatrixView<Float>, _ pass: LayerPass, _ state: borrowing LayerState<Float>,
    _ output: borrowing MutableMatrixView<Float>)
  /// What each member does for a run.
  @unsafe func work(on lane: FusedLane, _ sharing: FusedSharing) -> @Sendable (Member) -> Void
}

extension FusedEngine: SharedEngine {
  func sharing(_ plan: BatchPlan, members: Int, blockCount: Int, scratchCount: Int) -> FusedSharing {
    FusedSharing(
      cell, plan: plan, team: members, room: scratchCount - rowScratchCount(plan.batchSize), blockCount: blockCount)
  }

  func prefersCompany(_ pass: LayerPass, ofNextLayer: Bool) -> Bool {
    FusedSharing.prefersCompany(cell, plan: pass.plan, team: pass.team.memberCount, ofNextLayer: ofNextLayer)
  }

  func run(
    _ x: borrowing MatrixView<Float>, _ passes: (LayerPass, LayerPass), beside other: any LayerEngine<Float>,
    memory: inout LaneMemory<Float>, _ otherMemory: inout LaneMemory<Float>,
    middle: inout MutableMatrixView<Float>, output: inout MutableMatrixView<Float>
  ) {
    guard passes.0.plan.packedRowCount > 0 else { return }
    guard let other = other as? any SharedEngine else {
      fatalError("run: an engine \(engine.rawValue) beside \(other.engine.rawValue)")
    }
    let isStacked = passes.1.layer > passes.0.layer
    if isStacked {
      requireRoom(x, passes.0, memory.state, middle)
      let x = MatrixView(middle.elements.span, rows: middle.rows, columns: middle.columns)
      other.requireRoom(x, passes.1, otherMemory.state, output)
    } else {
      requireRoom(x, passes.0, memory.state, output)
      other.requireRoom(x, passes.1, otherMemory.state, output)
    }
    let team = passes.0.team
    let half = team.memberCount / 2
    // Stacked, the upper layer's part begins when the first block of the lower one is complete. Two full tiles of rows
    // still make an efficient product.
    let blockCount = isStacked ? min(max(x.rows / 12, 1), 64) : 1
    let sharing = sharing(
      passes.0.plan, members: half, blockCount: blockCount, scratchCount: memory.scratch.count)
    let otherSharing = other.sharing(
      passes.1.plan, members: half, blockCount: blockCount, scratchCount: otherMemory.scratch.count)
    let progress = isStacked ? Progress() : nil
    unsafe memory.withLane(passes.0) { lane in
      unsafe otherMemory.withLane(passes.1) { otherLane in
        unsafe x.withAddress { x in
          unsafe middle.withAddress { middle in
            unsafe output.withAddress { output in
              var (lane, otherLane) = unsafe (lane, otherLane)
              unsafe lane.x = x
              unsafe lane.output = isStacked ? middle : output
              unsafe lane.layerAbove = progress
              unsafe otherLane.x = isStacked ? middle : x
              unsafe otherLane.output = output
              unsafe otherLane.layerBelow = progress
              let works = unsafe (work(on: lane, sharing), other.work(on: otherLane, otherSharing))
              team.run(members: sharing.memberCount + otherSharing.memberCount) { member in
                guard member.count > 1 else {
                  works.0(member)
                  works.1(member)
                  return
                }
                let half = member.half
                if half.index == 0 { works.0(half.member) } else { works.1(half.member) }
              }
            }
          }
        }
      }
    }
    if isStacked {
      memory.state.takeFinalHidden(of: passes.0, from: middle)
    } else {
      memory.state.takeFinalHidden(of: passes.0, from: output)
    }
    otherMemory.state.takeFinalHidden(of: passes.1, from: output)
  }
}

extension LaneMemory where Scalar == Float {
  /// Lends the addresses of this memory as a lane that has yet to be given its input and output.
  @unsafe
  mutating func withLane(_ pass: LayerPass, _ body: (FusedLane) -> Void) {
    let columns = state.hiddenSize
    unsafe Self.withLane(pass, &state, &scratch, &record, recordColumns: columns, body)
  }

  private static func withLane(
    _ pass: LayerPass, _ state: inout LayerState<Float>, _ scratch: inout AlignedBuffer<Float>,
    _ record: inout AlignedBuffer<Float>, recordColumns: Int, _ body: (FusedLane) -> Void
  ) {
    let isRecording = record.count > 0
    unsafe state.withAddresses { hidden, cells in
      unsafe scratch.withAddress { scratch in
        unsafe record.withAddress { record in
          let nowhere = unsafe SharedRows(start: record, stride: 0)
          unsafe body(
            FusedLane(
              block: PassBlock(pass: pass, steps: pass.plan.activeRows.indices), x: nowhere, output: nowhere,
              hidden: hidden, cells: cells,
              cellRecord: isRecording ? SharedRows(start: record, stride: recordColumns) : nil, scratch: scratch))
        }
      }
    }
  }
}
