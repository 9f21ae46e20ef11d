extension Tape {
  /// The gates of one layer and direction at every step of the run that is on the tape, which stays there.
  ///
  ///     var tape = Tape(for: lstm, steps: 120, batchSize: 32)
  ///     _ = lstm.forward(features, recording: &tape)
  ///     let gates = tape.gates(layer: 0)   // [120, 32, 4·H]: i f g o of every unit
  ///
  /// The last dimension has a block of H numbers for each gate, in the order of `LSTMGate` or `GRUGate`. Of a plain RNN,
  /// which has no gates, it is what the activation gave: h, before it zoned out. They are the gates that the run computed
  /// with, and on which going back relies.
  ///
  /// - Parameters:
  ///   - layer: from 0 to L − 1.
  ///   - direction: one that the layer has.
  /// - Returns: [T, N, G·H], or [N, T, G·H] where the input was batch-major. 0 past the end of a sequence.
  /// - Precondition: the tape keeps everything; one that was made with a limit may not.
  /// - Complexity: O(T·N·(G·H + R)).
  public mutating func gates(layer: Int = 0, direction: Direction = .forward) -> Tensor<Scalar> {
    guard let run else { fatalError("gates: the tape holds 0 runs; there must be 1, which `forward` records") }
    let shape = plan.shape
    require(layer >= 0 && layer < shape.layerCount, "gates: layer \(layer) of \(shape.layerCount)")
    require(
      direction.rawValue < shape.directionCount, "gates: direction \(direction.rawValue) of \(shape.directionCount)")
    require(
      plan.keepsEverything,
      "gates: a tape of \(byteCount) bytes does not keep every gate; \(plan.wholeByteCount(of: Scalar.self)) would do")
    let (first, second) = (run.input.shape[0], run.input.shape[1])
    var gates = Tensor<Scalar>(shape: [first, second, shape.gateCount * shape.hiddenSize])
    withDenormalsFlushed(unless: run.isNaive) {
      lend(to: run) { memory, desk in
        var rows = MutableMatrixView(
          gates.mutableSpan, rows: first * second, columns: shape.gateCount * shape.hiddenSize)
        run.formGates(layer, direction, into: &rows, memory: memory, desk: &desk)
      }
    }
    return gates
  }
}

extension TapePlan {
  /// The bytes of the plan that keeps everything for the same runs.
  fileprivate func wholeByteCount<Scalar>(of _: Scalar.Type) -> Int {
    TapePlan.whole(shape, stepCount: stepCount, batchSize: batchSize).elementCount * MemoryLayout<Scalar>.stride
  }
}

extension TrainingRun {
  /// The gates of a layer and direction, off a tape that keeps everything.
  ///
  /// - Parameter gates: T·N rows of G·H, in the order of the input.
  fileprivate func formGates(
    _ layer: Int, _ direction: Direction, into gates: inout MutableMatrixView<Scalar>,
    memory: borrowing TapeMemory<Scalar>, desk: inout TrainingDesk<Scalar>
  ) {
    let walk = tape.walks.first { $0.direction == direction && $0.layers.contains(layer) }!
    var packed = AlignedBuffer<Scalar>(count: tape.blockRows * gates.columns)
    for segment in segments(walk) {
      for steps in segment.blocks {
        let block = block(steps, layer, walk)
        let (rows, columns) = (block.rows.count, gates.columns)
        gatherValues(block, segment, memory: memory, desk: &desk)
        let known = values(
          block, segment, x: desk.input, desk.gathered, given: Span(), hidden: memory.hidden, cells: memory.cells)
        let first = tape.recordRow(block.rows.lowerBound, layer, direction, base: segment.firstRow)
        var target = packed.matrix(firstRow: 0, rows: rows, columns: columns)
        engine(layer, direction).formGates(
          known, record: memory.records.matrixView(firstRow: first, rows: rows, columns: shape.recordSize),
          into: &target)
        plan.scatter(target.view, steps: steps, into: &gates, firstRow: 0, column: 0)
      }
    }
  }
}
