/// Memory for the block at work, forward and back. A tape keeps it from run to run, so that its pages are the process's
/// own after the first one: clearing pages anew took 1 to 4 % of a training step.
struct TrainingDesk<Scalar: RecurrentScalar>: ~Copyable {
  /// What a run needs; a desk serves all that need the same.
  struct Needs: Hashable {
    let scratch: TrainingScratchSizes
    let masksHidden: Bool
    let zonesCellsOut: Bool

    init<Weights: LayerWeights<Scalar>>(_ run: TrainingRun<Weights>) {
      let regularization = run.masks?.regularization ?? .none
      scratch = run.engines[0].scratchSizes(rows: run.tape.blockRows, batchSize: run.plan.batchSize)
      masksHidden = regularization.recurrentDropout > 0
      zonesCellsOut = regularization.cellZoneout > 0
    }
  }

  let needs: Needs
  /// [rows, features]: what the block reads, where it has to be gathered.
  var input: AlignedBuffer<Scalar>
  /// What the engine needs.
  var scratch: TrainingScratch<Scalar>
  var gathered: GatheredRows<Scalar>
  /// [rows, features]: the gradients that the block gives. The layer below finds them in `gathered.hidden`.
  var inputGradient: AlignedBuffer<Scalar>
  /// [packed rows, D·R]: the gradients of all outputs of the layer at work, and of the one below, where there are two
  /// directions, each of which gives its part.
  var above: AlignedBuffer<Scalar>
  var below: AlignedBuffer<Scalar>

  init(_ needs: Needs, _ tape: TapePlan) {
    let (shape, rows) = (tape.shape, tape.blockRows)
    let crossing =
      shape.directionCount > 1 && shape.layerCount > 1
      ? tape.stepCount * tape.batchSize * shape.outputSize * shape.directionCount : 0
    self.needs = needs
    input = AlignedBuffer(count: rows * shape.widestInput)
    scratch = TrainingScratch(needs.scratch)
    gathered = GatheredRows(needs, shape, rows: rows)
    inputGradient = AlignedBuffer(count: rows * max(shape.widestInput, shape.outputSize))
    above = AlignedBuffer(count: crossing)
    below = AlignedBuffer(count: crossing)
  }

  /// Makes ready for going back.
  mutating func beginBackward(rows: Int, hasCellGradients: Bool) {
    gathered.takeCellGradients(hasCellGradients, rows: rows)
    var gradients = below.mutableSpan
    gradients.update(repeating: 0)
  }
}

/// What is known of a block besides its inputs, where it has to be gathered.
struct GatheredRows<Scalar: RecurrentScalar>: ~Copyable {
  /// [rows, R]: the gradients of h, in room for as many columns as a layer reads.
  var hidden: AlignedBuffer<Scalar>
  /// [rows, H]: those of C, where there are any.
  var cellGradients = AlignedBuffer<Scalar>(count: 0)
  private(set) var hasCellGradients = false
  /// [rows, R] and [rows, H]: h and C from before each row.
  var hiddenBefore: AlignedBuffer<Scalar>
  var cellsBefore: AlignedBuffer<Scalar>
  /// [rows, R]: h from before each row as the gates saw it, where dropout hid units from them.
  var hiddenSeen = AlignedBuffer<Scalar>(count: 0)
  /// [rows, H]: C after each row before it zoned out, where it does.
  var newCells = AlignedBuffer<Scalar>(count: 0)
  let shape: StackShape

  init(_ needs: TrainingDesk<Scalar>.Needs, _ shape: StackShape, rows: Int) {
    self.shape = shape
    hidden = AlignedBuffer(count: rows * max(shape.widestInput, shape.outputSize))
    hiddenBefore = AlignedBuffer(count: rows * shape.outputSize)
    cellsBefore = AlignedBuffer(count: shape.hasCell ? rows * shape.hiddenSize : 0)
    if needs.masksHidden { hiddenSeen = AlignedBuffer(count: rows * shape.outputSize) }
    if needs.zonesCellsOut { newCells = AlignedBuffer(count: rows * shape.hiddenSize) }
  }

  /// Makes room for gradients of C, where there are any.
  mutating func takeCellGradients(_ hasCellGradients: Bool, rows: Int) {
    self.hasCellGradients = hasCellGradients
    if hasCellGradients && cellGradients.count == 0 {
      cellGradients = AlignedBuffer(count: rows * shape.hiddenSize)
    }
  }
}
