/// An engine that hoists the input's product out of the time loop: one product for the rows of all steps, then the
/// recurrent product step by step.
///
/// The first rows of the state, as many as z has, move on by one step; the others stay as they are.
package protocol HoistingEngine: LayerEngine {
  /// Elements from one row of pre-activations z to the next: at least G·H, more where the engine likes padding.
  var preactivationStride: Int { get }

  /// z = x·W_x, for any number of rows, each the input of one sequence at one step.
  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>)

  /// One step from projected inputs, a row of z for each sequence. z is used up.
  func advance(_ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>)

  /// One step from the inputs that stand beside h in `state`. z is scratch, a row for each sequence.
  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>)
}

extension HoistingEngine {
  package func zoningOut(_ regularization: Regularization) -> (any LayerEngine<Scalar>)? {
    ZoneoutEngine(self, regularization)
  }

  /// Rows of projected inputs that are made at a time: all of a short sequence, else as many as stay in the cache.
  /// (Those of a long one would travel through memory twice: 131 MB for 64 sequences of 1000 steps with H = 128.)
  private func blockRows(rows: Int, batchSize: Int) -> Int {
    let cached = (2 << 20) / (MemoryLayout<Scalar>.stride * max(preactivationStride, 1))
    return min(rows, max(cached, batchSize))
  }

  package func scratchCount(stepCount: Int, batchSize: Int) -> Int {
    let rows = checkedProduct("scratchCount", stepCount, batchSize, sizeof: Scalar.self)
    return checkedProduct(
      "scratchCount", blockRows(rows: rows, batchSize: batchSize), preactivationStride, sizeof: Scalar.self)
  }

  @specialized(where Self == BLASLSTM<Float>)
  @specialized(where Self == BLASLSTM<Double>)
  @specialized(where Self == NaiveLSTM<Float>)
  @specialized(where Self == NaiveLSTM<Double>)
  @specialized(where Self == HoistingGRU<BLASMatrix<Float>>)
  @specialized(where Self == HoistingGRU<BLASMatrix<Double>>)
  @specialized(where Self == HoistingGRU<PlainMatrix<Float>>)
  @specialized(where Self == HoistingGRU<PlainMatrix<Double>>)
  @specialized(where Self == HoistingRNN<BLASMatrix<Float>>)
  @specialized(where Self == HoistingRNN<BLASMatrix<Double>>)
  @specialized(where Self == HoistingRNN<PlainMatrix<Float>>)
  @specialized(where Self == HoistingRNN<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedLSTM<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedLSTM<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedLSTM<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedLSTM<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedGRU<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedGRU<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedGRU<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedGRU<PlainMatrix<Double>>)
  package func run(
    _ x: borrowing MatrixView<Scalar>, _ pass: LayerPass, state: inout LayerState<Scalar>,
    output: inout MutableMatrixView<Scalar>, cells: inout MutableMatrixView<Scalar>,
    scratch: inout AlignedBuffer<Scalar>
  ) {
    let room = blockRows(rows: x.rows, batchSize: pass.plan.batchSize)
    var block = 0..<0
    var z = MutableMatrixView(scratch.mutableSpan, rows: room, columns: preactivationStride)
    for step in pass.steps {
      let rows = pass.plan.packedRows(step)
      if !block.contains(step) {
        block = pass.block(from: step, rows: room)
        let packed = pass.packedRows(block)
        var projected = z.block(rows: 0..<packed.count, columns: 0..<preactivationStride)
        projectInput(x.rows(packed), into: &projected)
      }
      let first = rows.lowerBound - pass.plan.firstPackedRow[block.lowerBound]
      var stepZ = z.block(rows: first..<first + rows.count, columns: 0..<preactivationStride)
      advance(&state, projected: &stepZ)
      state.copyHidden(rows: rows.count, to: &output, firstRow: rows.lowerBound, column: pass.outputColumn)
      if cells.rows > 0 { state.copyCells(rows: rows.count, to: &cells, firstRow: rows.lowerBound) }
    }
  }

  @specialized(where Self == BLASLSTM<Float>)
  @specialized(where Self == BLASLSTM<Double>)
  @specialized(where Self == NaiveLSTM<Float>)
  @specialized(where Self == NaiveLSTM<Double>)
  @specialized(where Self == HoistingGRU<BLASMatrix<Float>>)
  @specialized(where Self == HoistingGRU<BLASMatrix<Double>>)
  @specialized(where Self == HoistingGRU<PlainMatrix<Float>>)
  @specialized(where Self == HoistingGRU<PlainMatrix<Double>>)
  @specialized(where Self == HoistingRNN<BLASMatrix<Float>>)
  @specialized(where Self == HoistingRNN<BLASMatrix<Double>>)
  @specialized(where Self == HoistingRNN<PlainMatrix<Float>>)
  @specialized(where Self == HoistingRNN<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedLSTM<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedLSTM<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedLSTM<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedLSTM<PlainMatrix<Double>>)
  @specialized(where Self == NormalizedGRU<BLASMatrix<Float>>)
  @specialized(where Self == NormalizedGRU<BLASMatrix<Double>>)
  @specialized(where Self == NormalizedGRU<PlainMatrix<Float>>)
  @specialized(where Self == NormalizedGRU<PlainMatrix<Double>>)
  package func step(_ state: inout LayerState<Scalar>, rows: Int, scratch: inout AlignedBuffer<Scalar>) {
    var z = MutableMatrixView(scratch.mutableSpan, rows: rows, columns: preactivationStride)
    step(&state, scratch: &z)
  }
}
