internal import CRecurrentKernels

/// A layer and direction on the fused kernels.
///
/// The bits of a sequence's results depend on its inputs and the weights alone: every pre-activation is one chain of
/// multiply-adds in one order, however the work is shared out.
struct FusedEngine<Cell: FusedCell>: LayerEngine {
  typealias Scalar = Float
  let cell: Cell
  var engine: Engine { .fused }

  /// Scratch memory: that of the cell and h of a step for each sequence, then the projected inputs of a block.
  func scratchCount(stepCount: Int, batchSize: Int) -> Int {
    rowScratchCount(batchSize)
      + FusedSharing.room(
        cell, stepCount: stepCount, batchSize: batchSize, members: ThreadTeam.shared.memberCount)
  }

  /// Rounded up to whole cache lines, so that what follows is aligned.
  func rowScratchCount(_ batchSize: Int) -> Int {
    (batchSize * (cell.scratchSize + cell.outputSize) + 15) / 16 * 16
  }

  func run(
    _ x: borrowing MatrixView<Float>, _ pass: LayerPass, state: inout LayerState<Float>,
    output: inout MutableMatrixView<Float>, cells: inout MutableMatrixView<Float>,
    scratch: inout AlignedBuffer<Float>
  ) {
    guard pass.plan.packedRowCount > 0 else { return }
    requireRoom(x, pass, state, output)
    require(
      cells.rows == 0 || cells.rows == pass.plan.packedRowCount,
      "run: \(cells.rows) rows for cell states of \(pass.plan.packedRowCount) packed rows")
    let isRecording = cells.rows > 0
    let sharing = FusedSharing(
      cell, plan: pass.plan, team: pass.team.memberCount, room: scratch.count - rowScratchCount(pass.plan.batchSize))
    unsafe state.withAddresses { hidden, cell in
      unsafe x.withAddress { x in
        unsafe output.withAddress { output in
          unsafe cells.withAddress { record in
            unsafe scratch.withAddress { scratch in
              let lane = unsafe FusedLane(
                block: PassBlock(pass: pass, steps: pass.plan.activeRows.indices), x: x, output: output, hidden: hidden,
                cells: cell, cellRecord: isRecording ? record : nil,
                scratch: scratch)
              let work = unsafe work(on: lane, sharing)
              pass.team.run(members: sharing.memberCount, work)
            }
          }
        }
      }
    }
    state.takeFinalHidden(of: pass, from: output)
  }

  /// What each member does for a run.
  @unsafe
  @specialized(where Cell == FusedLSTMCell)
  @specialized(where Cell == FusedGRUCell)
  @specialized(where Cell == FusedResetBeforeGRUCell)
  @specialized(where Cell == FusedRNNCell)
  func work(on lane: FusedLane, _ sharing: FusedSharing) -> @Sendable (Member) -> Void {
    let pass = unsafe lane.block.pass
    let batchSize = pass.plan.batchSize
    require(
      !sharing.hoistsInput || sharing.blockRows >= batchSize,
      "run: scratch memory for \(sharing.blockRows) projected rows; a step has \(batchSize)")
    let run = unsafe FusedRun(
      cell: cell, block: lane.block, sharing: sharing, x: lane.x, initialHidden: lane.hidden,
      output: SharedRows(start: lane.output.start + pass.outputColumn, stride: lane.output.stride),
      cells: lane.cells, cellRecord: lane.cellRecord, gateRecord: lane.gateRecord,
      scratch: SharedRows(start: lane.scratch, stride: cell.scratchSize),
      projected: lane.scratch + rowScratchCount(batchSize), layerBelow: lane.layerBelow, layerAbove: lane.layerAbove)
    return { member in run.work(member) }
  }

  /// Traps unless the matrices of a run have the sizes that its plan says.
  func requireRoom(
    _ x: borrowing MatrixView<Float>, _ pass: LayerPass, _ state: borrowing LayerState<Float>,
    _ output: borrowing MutableMatrixView<Float>
  ) {
    let plan = pass.plan
    require(x.rows == plan.packedRowCount, "run: \(x.rows) rows of input for \(plan.packedRowCount) packed rows")
    require(x.columns == cell.inputSize, "run: \(x.columns) features for an input size of \(cell.inputSize)")
    require(
      output.rows == plan.packedRowCount && output.columns >= pass.outputColumn + cell.outputSize,
      "run: \(output.rows) rows of output for \(plan.packedRowCount) packed rows")
    require(state.rows >= plan.batchSize, "run: a state of \(state.rows) rows for \(plan.batchSize) sequences")
  }

  @specialized(where Cell == FusedLSTMCell)
  @specialized(where Cell == FusedGRUCell)
  @specialized(where Cell == FusedResetBeforeGRUCell)
  @specialized(where Cell == FusedRNNCell)
  func step(_ state: inout LayerState<Float>, rows: Int, scratch: inout AlignedBuffer<Float>) {
    guard rows > 0 else { return }
    require(state.rows >= rows, "step: a state of \(state.rows) rows for \(rows) sequences")
    let (outputSize, scratchSize) = (cell.outputSize, cell.scratchSize)
    require(scratch.count >= rowScratchCount(rows), "step: \(scratch.count) elements of scratch for \(rows) sequences")
    let control = rk_flush_denormals_begin()
    defer { rk_flush_denormals_end(control) }
    unsafe state.withAddresses { hidden, cells in
      unsafe scratch.withAddress { scratch in
        let next = unsafe SharedRows(start: scratch + rows * scratchSize, stride: outputSize)
        let step = unsafe FusedRows(
          count: rows, x: SharedRows(start: hidden.start + outputSize, stride: hidden.stride), z: nil,
          hiddenBefore: hidden, hidden: next, cell: cells, cellRecord: nil,
          scratch: SharedRows(start: scratch, stride: scratchSize))
        for phase in cell.panelCounts.indices {
          unsafe cell.perform(phase: phase, step, panels: 0..<cell.panelCounts[phase])
        }
        for row in 0..<rows {
          unsafe hidden.from(row).start.update(from: next.from(row).start, count: outputSize)
        }
      }
    }
  }
}

extension FusedCell {
  /// A layer on this cell, if `Scalar` is what the kernels compute with. (Inlined, so that the cell is a known type
  /// there, for which all of the engine is then compiled.)
  @inline(__always)
  func engine<Scalar: RecurrentScalar>(for _: Scalar.Type) -> (any LayerEngine<Scalar>)? {
    FusedEngine(cell: self) as? any LayerEngine<Scalar>
  }
}
