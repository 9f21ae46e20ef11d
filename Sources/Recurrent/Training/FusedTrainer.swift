/// A layer and direction that learns on the fused kernels. h has the bits of the engine `fused`.
///
/// The record of a step are the values of its gates, which the kernels leave there on the way forward. Walking back they
/// make the gradients of the pre-activations from them, step by step, each member of a team for its own panels of units;
/// all the rest are large products over the rows of a block, on the same kernels.
struct FusedTrainer<Retreat: FusedRetreat>: TrainingEngine {
  typealias Weights = Retreat.Weights

  let forward: FusedEngine<Retreat.Cell>
  let retreat: Retreat

  /// From the gradients of a row's pre-activations to those of the next. Where they are many, the steps back of a GRU with
  /// N = 32, H = 1024 are 1.1 times as fast on Zen 3 with the gap behind each row, and those of an LSTM 1.03 to 1.1 times.
  private var gradientStride: Int {
    let size = retreat.gradientSize
    return size >= 512 ? MatrixView<Float>.stride(of: size) : size
  }

  func scratchSizes(rows: Int, batchSize: Int) -> TrainingScratchSizes {
    let stepCount = batchSize == 0 ? 0 : (rows + batchSize - 1) / batchSize
    let cell = forward.cell
    // h or what is kept, and x: the layers above read up to two directions of this one.
    let widest = (
      a: max(cell.outputSize, retreat.keptSize) + max(cell.inputSize, 2 * cell.outputSize),
      b: retreat.recurrent.rowCount
    )
    return TrainingScratchSizes(
      projected: forward.scratchCount(stepCount: stepCount, batchSize: batchSize), gradients: rows * gradientStride,
      kept: rows * retreat.keptSize, sums: RowSum.deskCount(rows: rows, columns: widest))
  }

  @specialized(where Retreat == FusedLSTMRetreat)
  @specialized(where Retreat == FusedGRURetreat)
  @specialized(where Retreat == FusedResetBeforeGRURetreat)
  @specialized(where Retreat == FusedRNNRetreat)
  func record(
    _ x: borrowing MatrixView<Float>, _ block: PassBlock, state: inout LayerState<Float>,
    record: inout MutableMatrixView<Float>, cells: inout MutableMatrixView<Float>,
    hidden: inout MutableMatrixView<Float>, scratch: inout TrainingScratch<Float>
  ) {
    guard x.rows > 0 else { return }
    let hasCell = cells.rows > 0
    let rowScratch = forward.rowScratchCount(block.pass.plan.batchSize)
    let sharing = FusedSharing(
      forward.cell, plan: block.pass.plan, team: block.pass.team.memberCount,
      room: scratch.projected.count - rowScratch)
    unsafe x.withAddress { x in
      unsafe state.withAddresses { initialHidden, initialCells in
        unsafe record.withAddress { record in
          unsafe cells.withAddress { cells in
            unsafe hidden.withAddress { hidden in
              unsafe scratch.projected.withAddress { scratch in
                let lane = unsafe FusedLane(
                  block: block.alone, x: x, output: hidden, hidden: initialHidden, cells: initialCells,
                  cellRecord: hasCell ? cells : nil, gateRecord: record, scratch: scratch)
                block.pass.team.run(members: sharing.memberCount, unsafe forward.work(on: lane, sharing))
              }
            }
          }
        }
      }
    }
    state.takeHidden(after: block, from: hidden)
  }

  @specialized(where Retreat == FusedLSTMRetreat)
  @specialized(where Retreat == FusedGRURetreat)
  @specialized(where Retreat == FusedResetBeforeGRURetreat)
  @specialized(where Retreat == FusedRNNRetreat)
  func backward(
    _ known: borrowing BlockValues<Float>, _ block: PassBlock, record: inout MutableMatrixView<Float>,
    gradient: inout LayerState<Float>, inputGradient: inout MutableMatrixView<Float>, weights: inout Weights,
    adding: Bool, scratch: inout TrainingScratch<Float>
  ) {
    guard record.rows > 0 else {
      if !adding { weights.clear() }
      return
    }
    walkBack(
      known, block, record: record.view, gradients: &scratch.gradients, state: &gradient, kept: &scratch.kept)
    collect(
      known, block, gradients: scratch.gradients, kept: scratch.kept, inputGradient: &inputGradient,
      weights: &weights, adding: adding, desk: &scratch.sums)
  }

  func formGates(
    _ known: borrowing BlockValues<Float>, record: borrowing MatrixView<Float>,
    into gates: inout MutableMatrixView<Float>
  ) {
    retreat.formGates(known, record: record, into: &gates)
  }

  private func collect(
    _ known: borrowing BlockValues<Float>, _ block: PassBlock, gradients: borrowing AlignedBuffer<Float>,
    kept: borrowing AlignedBuffer<Float>, inputGradient: inout MutableMatrixView<Float>, weights: inout Weights,
    adding: Bool, desk: inout AlignedBuffer<Float>
  ) {
    let (rows, keptSize) = (block.rows.count, retreat.keptSize)
    retreat.collect(
      known,
      gradients: gradients.matrixView(
        firstRow: 0, rows: rows, columns: retreat.gradientSize, stride: gradientStride),
      kept: kept.matrixView(firstRow: 0, rows: keptSize == 0 ? 0 : rows, columns: keptSize),
      inputGradient: &inputGradient, weights: &weights, adding: adding, desk: &desk, team: block.pass.team)
  }

  private func walkBack(
    _ known: borrowing BlockValues<Float>, _ block: PassBlock, record: borrowing MatrixView<Float>,
    gradients: inout AlignedBuffer<Float>, state: inout LayerState<Float>, kept: inout AlignedBuffer<Float>
  ) {
    let sharing = FusedSharing(forward.cell, plan: block.pass.plan, team: block.pass.team.memberCount, room: 0)
    unsafe state.withAddresses { hiddenGradient, cellGradient in
      unsafe record.withAddress { record in
        unsafe gradients.withAddress { gradients in
          unsafe kept.withAddress { kept in
            unsafe known.withRows { rows in
              var rows = unsafe rows
              unsafe rows.record = record
              unsafe rows.gradients = SharedRows(start: gradients, stride: gradientStride)
              unsafe rows.hiddenGradient = hiddenGradient
              unsafe rows.cellGradient = cellGradient
              unsafe rows.kept = SharedRows(start: kept, stride: retreat.keptSize)
              unsafe rows.hiddenLimit = Float(block.pass.hiddenGradientLimit)
              let run = unsafe FusedRetreatRun(retreat: retreat, block: block, all: rows)
              block.pass.team.run(members: min(sharing.memberCount, retreat.panelCounts.min()!)) { run.work($0) }
            }
          }
        }
      }
    }
  }
}

extension PassBlock {
  /// The same steps where nobody else writes to the output.
  fileprivate var alone: PassBlock {
    PassBlock(
      pass: LayerPass(plan: pass.plan, layer: pass.layer, direction: pass.direction, outputColumn: 0, team: pass.team),
      steps: steps)
  }

  /// The row of the block in which a sorted row of the batch ends, in this direction; nil for one without steps in it.
  fileprivate func lastRow(ofRow row: Int) -> Int? {
    let own = steps.clamped(to: 0..<pass.plan.lengths[row])
    guard !own.isEmpty else { return nil }
    return rows(ofStep: pass.direction == .forward ? own.upperBound - 1 : own.lowerBound).lowerBound + row
  }
}

extension LayerState where Scalar == Float {
  /// Takes h after each sequence's last step in a block out of all of them.
  fileprivate mutating func takeHidden(after block: PassBlock, from hidden: borrowing MutableMatrixView<Float>) {
    let count = rows
    var target = mutableHidden(rows: count)
    for row in 0..<block.pass.plan.batchSize {
      guard let last = block.lastRow(ofRow: row) else { continue }
      target.copy(hidden.view, row: last, toRow: row, column: 0)
    }
  }
}

extension BlockValues where Scalar == Float {
  /// Lends the addresses of what is known. Those of the record and of gradients to be made are yet to be set.
  @unsafe
  fileprivate borrowing func withRows(_ body: (FusedRetreatRows) -> Void) {
    let (count, hasCellGradients) = (x.rows, cellGradient.rows > 0)
    unsafe hiddenBefore.withAddress { hiddenBefore in
      unsafe hidden.withAddress { hidden in
        unsafe cellsBefore.withAddress { cellsBefore in
          unsafe cells.withAddress { cells in
            unsafe hiddenGradient.withAddress { given in
              unsafe cellGradient.withAddress { givenCells in
                unsafe body(
                  FusedRetreatRows(
                    count: count, later: nil, record: hidden, gradients: hidden, hiddenBefore: hiddenBefore,
                    hidden: hidden, cellsBefore: cellsBefore, cells: cells, given: given,
                    givenCells: hasCellGradients ? givenCells : nil, hiddenGradient: hidden, cellGradient: cells,
                    kept: hidden))
              }
            }
          }
        }
      }
    }
  }
}

extension FusedEngine {
  /// A trainer for this engine's layer, if `weights` are such as its cell has; they are those that it runs with.
  func trainer<Retreat: FusedRetreat, Weights: LayerWeights>(
    _: Retreat.Type, _ weights: Weights, room: PackingRoom
  ) -> (any TrainingEngine<Weights>)? where Retreat.Cell == Cell {
    guard let floats = weights as? Retreat.Weights else { return nil }
    return FusedTrainer(forward: self, retreat: Retreat(cell, floats, room: room)) as? any TrainingEngine<Weights>
  }
}
