internal import CRecurrent
internal import Recurrent

/// What a handle of a tape stands for: a tape of any cell.
protocol Recording: AnyObject {}

/// A tape of one cell.
final class TapeOf<Layer: CellLayer>: Recording {
  /// Of the layers that the tape is for.
  let configuration: Layer.Weights.Configuration
  var tape: Tape<Layer>
  /// The sizes of the run that is on the tape.
  var recorded: SequenceSizes?
  /// Where gradients by the weights are summed up, made when they are first needed.
  var gradients: LayerParameters<Layer.Weights>?

  init(_ layer: Layer, _ sizes: SequenceSizes, memoryLimit: MemorySize?) {
    configuration = layer.configuration
    tape = Tape(for: layer, steps: sizes.stepCount, batchSize: sizes.batchSize, memoryLimit: memoryLimit)
  }
}

extension ModelOf {
  func tapeSizes(stepCount: Int, batchSize: Int) throws(Failure) -> (least: Int, most: Int) {
    let sizes = try tapeRoom(stepCount: stepCount, batchSize: batchSize)
    return (least(sizes), most(sizes))
  }

  func makeTape(stepCount: Int, batchSize: Int, memoryLimit: Int) throws(Failure) -> any Recording {
    let sizes = try tapeRoom(stepCount: stepCount, batchSize: batchSize)
    let most = most(sizes)
    // A limit that is below 0 as an Int is one beyond Int's reach, and so none.
    let isLimited = memoryLimit > 0 && memoryLimit < most
    if isLimited {
      let least = least(sizes)
      try check(memoryLimit >= least, "a memory_limit of \(memoryLimit) bytes; \(least) are the least that will do")
    }
    try checkMemory("such a tape", Double(isLimited ? memoryLimit : most))
    return TapeOf(layer, sizes, memoryLimit: isLimited ? .bytes(memoryLimit) : nil)
  }

  private func least(_ sizes: SequenceSizes) -> Int {
    Tape.leastByteCount(for: layer, steps: sizes.stepCount, batchSize: sizes.batchSize)
  }

  private func most(_ sizes: SequenceSizes) -> Int {
    Tape.wholeByteCount(for: layer, steps: sizes.stepCount, batchSize: sizes.batchSize)
  }

  /// Sizes of a tape whose bytes can be counted.
  private func tapeRoom(stepCount: Int, batchSize: Int) throws(Failure) -> SequenceSizes {
    let shape = layer.stack.shape
    let sizes = try SequenceSizes(
      shape, stepCount: stepCount, batchSize: batchSize, layout: RECURRENT_TIME_MAJOR)
    // Each row keeps its gates, C and h, and at most one checkpoint.
    let row = Double(shape.recordSize) + 2 * Double(shape.hiddenSize) + 2 * Double(shape.outputSize)
    let rows = Double(stepCount + 1) * Double(batchSize) * Double(shape.layerCount) * Double(shape.directionCount)
    guard 4 * row * rows < 0x1p60 else {
      throw Failure(
        RECURRENT_OUT_OF_MEMORY, "a tape for \(stepCount) steps of \(batchSize) sequences is beyond all memory")
    }
    return sizes
  }

  func forward(_ sequences: recurrent_sequences, recording tape: any Recording) throws(Failure) {
    let tape = try own(tape)
    let call = try unsafe SequenceCall(sequences, layer.stack.shape)
    let sizes = call.sizes
    try check(
      sizes.stepCount <= tape.tape.stepCount, "\(sizes.stepCount) steps for a tape of \(tape.tape.stepCount)")
    try check(
      sizes.batchSize == tape.tape.batchSize, "\(sizes.batchSize) sequences for a tape of \(tape.tape.batchSize)")
    let isRegularized = layer.configuration.regularization != .none
    call.store(
      layer.forward(
        call.inputTensor, lengths: call.lengths, from: call.initialState(), layout: sizes.layout,
        recording: &tape.tape, masks: isRegularized ? Masks(seed: call.maskSeed) : nil,
        recordingCells: call.recordsCells))
    tape.recorded = sizes
  }

  func backward(_ gradients: recurrent_gradients, through tape: any Recording) throws(Failure) {
    let tape = try own(tape)
    guard let sizes = tape.recorded else {
      throw Failure(
        RECURRENT_NOTHING_RECORDED, "the tape holds 0 runs; there must be 1, which recurrent_model_forward records")
    }
    let call = try unsafe GradientCall(gradients, sizes, parameterCount: parameterCount)
    var sums = tape.gradients.take() ?? layer.parameters.zeros()
    if let given = call.accumulated { sums.take(from: given.span) }
    let result = layer.backward(
      call.outputGradients(), through: &tape.tape, into: &sums, accumulating: call.accumulated != nil)
    tape.recorded = nil
    call.store(result)
    call.parameters.map { sums.store(in: $0) }
    tape.gradients = sums
  }

  /// The tape as one of this cell, made for this configuration.
  private func own(_ tape: any Recording) throws(Failure) -> TapeOf<Layer> {
    guard let tape = tape as? TapeOf<Layer>, tape.configuration == layer.configuration else {
      throw Failure(RECURRENT_INVALID_ARGUMENT, "the tape is for models of another configuration")
    }
    return tape
  }
}
