/// Truncated backpropagation through time: training on a sequence that is longer than memory, or that never ends.
///
/// The sequence comes in chunks of up to k1 steps. After each its loss goes back through the last k2 steps, the chunk's own
/// and those before it, and is cut there: what lies further back is taken for constant. The state is carried over.
/// (Williams & Peng, "An efficient gradient-based algorithm for on-line training of recurrent network trajectories",
/// 1990: BPTT(k2; k1).)
///
///     var window = TruncatedBPTT(for: lstm, chunk: 32, window: 96, batchSize: 16)
///     while let chunk = next() {                             // [32, N, I]
///       let output = window.forward(lstm, chunk)             // output.hidden [32, N, R]
///       window.backward(lstm, OutputGradients(hidden: gradient(output.hidden)), into: &gradients)
///       adam.update(&lstm.parameters, with: gradients)
///     }
///
/// The steps before the chunk run forward once more with it, with the weights of now, from the state that was reached
/// before them. So a window of k2 steps costs k2 / k1 forward runs, and one of k2 = k1 no more than it must. Where weights
/// stay the same and the window covers the whole sequence, the gradients of all chunks together are those of
/// backpropagation through all of it, within rounding.
public struct TruncatedBPTT<Layer: RecurrentLayer>: ~Copyable {
  /// The type of the numbers.
  public typealias Scalar = Layer.Scalar

  /// k1: the most steps of a chunk.
  public let chunkSize: Int
  /// k2: the steps back to which gradients go; a multiple of k1.
  public let windowSize: Int
  /// The state after the last chunk.
  public private(set) var state: Layer.State

  private var tape: Tape<Layer>
  /// Those of the window.
  private var masks: Masks?
  /// The chunks of the window, and the state from before each.
  private var chunks: [(input: Tensor<Scalar>, before: Layer.State)] = []

  /// A window at the start of `batchSize` sequences.
  ///
  /// - Parameters:
  ///   - layer: the layers to be trained, which must not be bidirectional: a reverse direction starts at the end.
  ///   - chunk: k1, at least 1.
  ///   - window: k2, a multiple of k1.
  ///   - batchSize: N, the sequences side by side.
  ///   - initial: the state before the first step, zeros where nil.
  ///   - memoryLimit: that of the tape, which is as long as the window.
  ///   - masks: for a layer with a regularisation. Masks go by the steps of the whole sequence, so that a step that is
  ///     run again gets its own masks again; and those of whole sequences stay.
  public init(
    for layer: Layer, chunk: Int, window: Int, batchSize: Int, from initial: Layer.State? = nil,
    memoryLimit: MemorySize? = nil, masks: Masks? = nil
  ) {
    let directionCount = layer.stack.shape.directionCount
    require(directionCount == 1, "TruncatedBPTT: \(directionCount) directions; a chunk has only 1, forward")
    require(
      chunk > 0 && window > 0 && window.isMultiple(of: chunk),
      "TruncatedBPTT: a window of \(window) steps is not a multiple of chunks of \(chunk)")
    chunkSize = chunk
    windowSize = window
    self.masks = masks
    state = initial ?? layer.zeroState(batchSize: batchSize)
    layer.stack.shape.requireState(state.components, batchSize: batchSize)
    tape = Tape(for: layer, steps: window, batchSize: batchSize, memoryLimit: memoryLimit)
  }

  /// Runs the next steps: [up to k1, N, I]. Everything in the output belongs to them alone.
  public mutating func forward(
    _ layer: Layer, _ chunk: Tensor<Scalar>, recordingCells: Bool = false
  ) -> SequenceOutput<Layer.State> {
    require(chunk.shape.count == 3, "TruncatedBPTT: a chunk of \(chunk.shape.count) dimensions in place of 3")
    require(chunk.shape[0] <= chunkSize, "TruncatedBPTT: a chunk of \(chunk.shape[0]) steps; \(chunkSize) are the most")
    if chunks.count == windowSize / chunkSize {
      let first = chunks.removeFirst()
      masks?.firstStep += first.input.shape[0]
    }
    chunks.append((chunk, state))
    let input = Tensor(joiningSteps: chunks.map(\.input))
    let output = layer.forward(
      input, from: chunks[0].before, recording: &tape, masks: masks, recordingCells: recordingCells)
    state = output.final
    let past = input.shape[0] - chunk.shape[0]
    return SequenceOutput(
      hidden: output.hidden.droppingSteps(past), final: output.final, cells: output.cells?.droppingSteps(past))
  }

  /// Takes the gradient of the loss by the outputs of the last chunk back through the window. `accumulating` and
  /// `clippingHidden` are those of a layer's `backward`.
  ///
  /// - Returns: the gradients by the inputs of the whole window and by the state before it, where they are cut.
  @discardableResult
  public mutating func backward(
    _ layer: Layer, _ outputs: OutputGradients<Layer.State>, into gradients: inout LayerParameters<Layer.Weights>,
    accumulating: Bool = false, clippingHidden limit: Scalar? = nil
  ) -> InputGradients<Layer.State> {
    let past = chunks.dropLast().reduce(0) { $0 + $1.input.shape[0] }
    let window = OutputGradients(
      hidden: outputs.hidden?.prependingZeroSteps(past), cells: outputs.cells?.prependingZeroSteps(past),
      final: outputs.final)
    return layer.backward(
      window, through: &tape, into: &gradients, accumulating: accumulating, clippingHidden: limit)
  }
}

// Steps of [T, N, F] and [L, T, N, F] tensors: the third dimension from the end.
extension Tensor {
  /// The steps of several [T, N, F] tensors one after another.
  fileprivate init(joiningSteps parts: [Tensor]) {
    let steps = parts.reduce(0) { $0 + $1.shape[0] }
    for part in parts {
      require(
        part.shape.dropFirst() == parts[0].shape.dropFirst(),
        "TruncatedBPTT: a chunk of shape \(part.shape) beside one of \(parts[0].shape)")
    }
    self.init(shape: [steps] + parts[0].shape.dropFirst(), elements: parts.flatMap(\.elements))
  }

  fileprivate func droppingSteps(_ count: Int) -> Tensor { mappingSteps(-count) { $0.dropFirst($1) } }

  fileprivate func prependingZeroSteps(_ count: Int) -> Tensor {
    mappingSteps(count) { repeatElement(0, count: $1) + $0 }
  }

  /// Changes the steps of each leading index by so many; `change` is given their elements and the number to be changed.
  private func mappingSteps<Elements: Sequence<Scalar>>(
    _ difference: Int, _ change: (ArraySlice<Scalar>, Int) -> Elements
  ) -> Tensor {
    var shape = shape
    let axis = shape.count - 3
    require(axis >= 0, "TruncatedBPTT: \(shape.count) dimensions; there must be 3 or 4")
    let step = shape[(axis + 1)...].reduce(1, *)
    let run = shape[axis] * step
    shape[axis] += difference
    var result: [Scalar] = []
    result.reserveCapacity(shape.reduce(1, *))
    for index in 0..<shape[..<axis].reduce(1, *) {
      result += change(elements[index * run..<(index + 1) * run], abs(difference) * step)
    }
    return Tensor(shape: shape, elements: result)
  }
}
