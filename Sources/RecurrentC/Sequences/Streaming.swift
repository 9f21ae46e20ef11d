internal import CRecurrent
internal import Recurrent

/// What a handle of a stream stands for: a stream of any cell.
protocol Streaming: AnyObject {
  /// The sizes of the layers.
  var shape: StackShape { get }
  /// N.
  var batchSize: Int { get }

  func step(_ frame: Input<Float>, _ hidden: Output<Float>)
  func step(rows: Input<Int>, _ frame: Input<Float>, _ hidden: Output<Float>)
  func reset(row: Int)
  func reset()
  func readState(hidden: Output<Float>?, cell: Output<Float>?)
  func writeState(hidden: Input<Float>?, cell: Input<Float>?)
}

/// A stream of one cell.
final class StreamOf<Layer: CellLayer>: Streaming {
  let shape: StackShape
  let batchSize: Int
  // The table of handles lets one call at a time in.
  @exclusivity(unchecked) private var stream: Stream<Layer>

  init(_ layer: Layer, batchSize: Int) {
    unsafe stream = layer.stream(batchSize: batchSize)
    shape = layer.stack.shape
    self.batchSize = batchSize
  }

  func step(_ frame: Input<Float>, _ hidden: Output<Float>) {
    unsafe stream.step(frame.span, into: hidden.mutableSpan)
  }

  func step(rows: Input<Int>, _ frame: Input<Float>, _ hidden: Output<Float>) {
    unsafe stream.step(rows: rows.span, frame.span, into: hidden.mutableSpan)
  }

  func reset(row: Int) { unsafe stream.reset(row: row) }

  func reset() { unsafe stream.reset() }

  func readState(hidden: Output<Float>?, cell: Output<Float>?) {
    unsafe stream.state.store(hidden: hidden, cell: cell)
  }

  func writeState(hidden: Input<Float>?, cell: Input<Float>?) {
    var components = unsafe stream.state.components
    for (index, part) in [hidden, cell].enumerated() {
      if let part { components[index] = Tensor(shape: components[index].shape, elements: part.array) }
    }
    unsafe stream.state = Layer.State(components: components)
  }
}

extension ModelOf {
  func run(_ sequences: recurrent_sequences) throws(Failure) {
    let call = try unsafe SequenceCall(sequences, layer.stack.shape)
    call.store(
      layer(
        call.inputTensor, lengths: call.lengths, from: call.initialState(), layout: call.sizes.layout,
        recordingCells: call.recordsCells))
  }

  func makeStream(batchSize: Int) throws(Failure) -> any Streaming {
    let shape = layer.stack.shape
    guard shape.directionCount == 1 else {
      throw Failure(
        RECURRENT_UNSUPPORTED, "the model has \(shape.directionCount) directions; a stream has only 1, forward")
    }
    let sizes = try SequenceSizes(shape, stepCount: 1, batchSize: batchSize, layout: RECURRENT_TIME_MAJOR)
    try checkMemory("such a stream", 2 * sizes.memoryEstimate(recordingCells: false))
    return StreamOf(layer, batchSize: batchSize)
  }
}
