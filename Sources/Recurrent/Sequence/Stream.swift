/// Runs a layer one step at a time, for sequences whose next frame is not known yet: it keeps the state of N sequences.
/// After it is made a step allocates nothing and takes no lock: so it is on the engine `fused`, and on `blas` for Float
/// on processors for which OpenBLAS has kernels for small products (else OpenBLAS locks inside larger products).
///
///     var stream = lstm.stream(batchSize: 1)
///     stream.step(frame.span, into: hidden.mutableSpan)
///
/// T steps give what one call over T steps gives: to the last bit on the engines `fused` and `naive`, within rounding on
/// `blas`, whose product depends on the number of its rows. A stream may move between threads but serves one at a time;
/// any number of streams share the weights of one layer, those that it had when they were made.
public struct Stream<Layer: RecurrentLayer>: ~Copyable {
  /// The type of the numbers.
  public typealias Scalar = Layer.Scalar

  /// N.
  public let batchSize: Int
  /// The sizes of the layers.
  public let shape: StackShape

  private let engines: [any LayerEngine<Scalar>]
  private var states: OwnedArray<LayerState<Scalar>>
  private var scratch: AlignedBuffer<Scalar>

  /// A stream of `batchSize` sequences before their first step. The layer must not be bidirectional: a reverse
  /// direction starts at the end, which a stream does not have.
  public init(_ layer: borrowing Layer, batchSize: Int) {
    let stack = layer.stack
    let shape = stack.shape
    require(batchSize >= 0, "Stream: \(batchSize) sequences")
    require(shape.directionCount == 1, "Stream: \(shape.directionCount) directions; a stream has only 1, forward")
    self.batchSize = batchSize
    self.shape = shape
    engines = stack.engines
    states = OwnedArray(count: shape.layerCount) { layer in
      LayerState(shape, rows: batchSize, inputSize: shape.inputSize(ofLayer: layer))
    }
    scratch = AlignedBuffer(
      count: stack.engines.map { $0.scratchCount(stepCount: 1, batchSize: batchSize) }.max() ?? 0)
  }

  /// Moves every sequence on by one step.
  ///
  /// - Parameters:
  ///   - frame: [N, I].
  ///   - hidden: [N, R]: h of the last layer.
  /// - Complexity: O(N·G·H·(I + R)·L).
  @specialized(where Layer == LSTM<Float>)
  @specialized(where Layer == LSTM<Double>)
  public mutating func step(_ frame: Span<Scalar>, into hidden: consuming MutableSpan<Scalar>) {
    require(
      frame.count == batchSize * shape.inputSize,
      "step: \(frame.count) inputs for \(batchSize) sequences of \(shape.inputSize) features")
    require(
      hidden.count == batchSize * shape.outputSize,
      "step: \(hidden.count) outputs for \(batchSize) sequences of \(shape.outputSize)")
    states[0].setInput(MatrixView(frame, rows: batchSize, columns: shape.inputSize))
    for layer in engines.indices {
      if layer > 0 { states.change(layer, from: layer - 1) { $0.setInput(hiddenOf: $1) } }
      engines[layer].step(&states[layer], scratch: &scratch)
    }
    var output = MutableMatrixView(hidden, rows: batchSize, columns: shape.outputSize)
    states[states.count - 1].copyHidden(rows: batchSize, to: &output, firstRow: 0, column: 0)
  }

  /// Puts one sequence back before its first step: its state becomes zeros, the others stay as they are.
  public mutating func reset(row: Int) {
    require(row >= 0 && row < batchSize, "reset: row \(row) of \(batchSize)")
    for layer in 0..<states.count { states[layer].reset(row: row) }
  }

  /// Puts every sequence back before its first step.
  public mutating func reset() {
    for row in 0..<batchSize { reset(row: row) }
  }

  /// The state of all sequences: to be kept, or handed on.
  ///
  /// - Complexity: O(N·(R + H)·L); both reading and writing allocate.
  public var state: Layer.State {
    get {
      let plan = BatchPlan(stepCount: 0, batchSize: batchSize, layout: .timeMajor, lengths: nil)
      var components = shape.componentSizes.map { Tensor<Scalar>(shape: [shape.layerCount, batchSize, $0]) }
      for layer in 0..<states.count { states[layer].store(&components, plan, layer) }
      return Layer.State(components: components)
    }
    set {
      let plan = BatchPlan(stepCount: 0, batchSize: batchSize, layout: .timeMajor, lengths: nil)
      let components = newValue.components
      shape.requireState(components, batchSize: batchSize)
      for layer in 0..<states.count { states[layer].load(components, plan, layer) }
    }
  }
}

// Its buffers belong to this stream alone, and `step` needs exclusive access to it.
extension Stream: @unchecked Sendable {}

extension RecurrentLayer {
  /// A stream of `batchSize` sequences before their first step.
  public func stream(batchSize: Int) -> Stream<Self> { Stream(self, batchSize: batchSize) }
}
