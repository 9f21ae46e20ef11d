/// What a run of one layer and direction needs besides its inputs and outputs.
package struct LaneMemory<Scalar: RecurrentScalar>: ~Copyable {
  /// What the layer and direction carry.
  var state: LayerState<Scalar>
  /// Whatever its engine needs.
  var scratch: AlignedBuffer<Scalar>
  /// Packed [rows, H]: every C' of the run, or nothing.
  var record: AlignedBuffer<Scalar>

  /// Memory for N sequences, and scratch memory of `scratchCount` elements.
  init(_ shape: StackShape, batchSize: Int, scratchCount: Int) {
    state = LayerState(shape, rows: batchSize, inputSize: 0)
    scratch = AlignedBuffer(count: scratchCount)
    record = AlignedBuffer(count: 0)
  }
}

extension LaneMemory {
  /// Takes the state before the first step out of the user's tensors.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func begin(_ pass: LayerPass, of stack: LayerStack<Scalar>, _ states: [Tensor<Scalar>], isRecording: Bool) {
    state.load(states, pass.plan, stack.index(pass))
    let count = isRecording ? pass.plan.packedRowCount * stack.shape.hiddenSize : 0
    if record.count != count { record = AlignedBuffer(count: count) }
  }

  /// Runs one layer and direction.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  mutating func run(
    _ x: borrowing MatrixView<Scalar>, _ pass: LayerPass, on engine: any LayerEngine<Scalar>,
    output: inout MutableMatrixView<Scalar>
  ) {
    let columns = state.hiddenSize
    Self.run(x, pass, on: engine, &state, &record, &scratch, recordColumns: columns, &output)
  }

  // The spans of two properties of one value may not live side by side; those of two parameters may.
  private static func run(
    _ x: borrowing MatrixView<Scalar>, _ pass: LayerPass, on engine: any LayerEngine<Scalar>,
    _ state: inout LayerState<Scalar>, _ record: inout AlignedBuffer<Scalar>, _ scratch: inout AlignedBuffer<Scalar>,
    recordColumns: Int, _ output: inout MutableMatrixView<Scalar>
  ) {
    let rows = record.count / recordColumns
    var cells = MutableMatrixView(record.mutableSpan, rows: rows, columns: recordColumns)
    engine.run(x, pass, state: &state, output: &output, cells: &cells, scratch: &scratch)
  }

  /// Puts the state after the last step where the user finds it, and the record of C'.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func end(
    _ pass: LayerPass, of stack: LayerStack<Scalar>, _ states: inout [Tensor<Scalar>],
    _ cells: inout MutableMatrixView<Scalar>
  ) {
    let plan = pass.plan
    state.store(&states, plan, stack.index(pass))
    guard cells.rows > 0 else { return }
    let columns = stack.shape.hiddenSize
    plan.unpack(
      record.span, columns: columns, into: &cells, firstRow: pass.layer * plan.stepCount * plan.batchSize,
      column: pass.direction.rawValue * columns)
  }
}
