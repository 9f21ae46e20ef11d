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
  private let states: [Box<LayerState<Scalar>>]
  /// Room for the sequences that take part in a step where not all do.
  private let active: [Box<LayerState<Scalar>>]
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
    states = (0..<shape.layerCount).map { layer in
      Box(LayerState(shape, rows: batchSize, inputSize: shape.inputSize(ofLayer: layer)))
    }
    active = (0..<shape.layerCount).map { layer in
      Box(LayerState(shape, rows: batchSize, inputSize: shape.inputSize(ofLayer: layer)))
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
  @specialized(where Layer == GRU<Float>)
  @specialized(where Layer == GRU<Double>)
  @specialized(where Layer == RNN<Float>)
  @specialized(where Layer == RNN<Double>)
  public mutating func step(_ frame: Span<Scalar>, into hidden: consuming MutableSpan<Scalar>) {
    require(
      frame.count == batchSize * shape.inputSize,
      "step: \(frame.count) inputs for \(batchSize) sequences of \(shape.inputSize) features")
    require(
      hidden.count == batchSize * shape.outputSize,
      "step: \(hidden.count) outputs for \(batchSize) sequences of \(shape.outputSize)")
    Self.step(engines, frame, into: hidden, rows: batchSize, shape, states, &scratch)
  }

  /// Moves some of the sequences on by one step, and leaves the others as they are: for sessions that come and go.
  ///
  /// Each of them gets the bits that it would get alone, on the engines `fused` and `naive`.
  ///
  /// - Parameters:
  ///   - rows: the M sequences that take part, in ascending order.
  ///   - frame: [M, I].
  ///   - hidden: [M, R]: h of the last layer.
  /// - Complexity: O(M·G·H·(I + R)·L).
  @specialized(where Layer == LSTM<Float>)
  @specialized(where Layer == LSTM<Double>)
  @specialized(where Layer == GRU<Float>)
  @specialized(where Layer == GRU<Double>)
  @specialized(where Layer == RNN<Float>)
  @specialized(where Layer == RNN<Double>)
  public mutating func step(rows: Span<Int>, _ frame: Span<Scalar>, into hidden: consuming MutableSpan<Scalar>) {
    for index in rows.indices {
      require(rows[index] >= 0 && rows[index] < batchSize, "step: row \(rows[index]) of \(batchSize)")
      require(
        index == 0 || rows[index - 1] < rows[index],
        "step: row \(rows[index]) after row \(rows[max(index - 1, 0)]); rows must be in ascending order")
    }
    require(
      frame.count == rows.count * shape.inputSize,
      "step: \(frame.count) inputs for \(rows.count) sequences of \(shape.inputSize) features")
    require(
      hidden.count == rows.count * shape.outputSize,
      "step: \(hidden.count) outputs for \(rows.count) sequences of \(shape.outputSize)")
    for layer in engines.indices { unsafe active[layer].value.gather(rows, of: states[layer].value) }
    Self.step(engines, frame, into: hidden, rows: rows.count, shape, active, &scratch)
    for layer in engines.indices { unsafe states[layer].value.scatter(rows, from: active[layer].value) }
  }

  /// One step of the first `rows` sequences of `states`.
  @inline(__always)
  private static func step(
    _ engines: [any LayerEngine<Scalar>], _ frame: Span<Scalar>, into hidden: consuming MutableSpan<Scalar>,
    rows: Int, _ shape: StackShape, _ states: [Box<LayerState<Scalar>>],
    _ scratch: inout AlignedBuffer<Scalar>
  ) {
    unsafe states[0].value.setInput(MatrixView(frame, rows: rows, columns: shape.inputSize))
    for layer in engines.indices {
      if layer > 0 { unsafe states[layer].value.setInput(hiddenOf: states[layer - 1].value, rows: rows) }
      unsafe engines[layer].step(&states[layer].value, rows: rows, scratch: &scratch)
    }
    var output = MutableMatrixView(hidden, rows: rows, columns: shape.outputSize)
    unsafe states[states.count - 1].value.copyHidden(rows: rows, to: &output, firstRow: 0, column: 0)
  }

  /// Puts one sequence back before its first step: its state becomes zeros, the others stay as they are.
  public mutating func reset(row: Int) {
    require(row >= 0 && row < batchSize, "reset: row \(row) of \(batchSize)")
    for box in states { unsafe box.value.reset(row: row) }
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
      for layer in states.indices { unsafe states[layer].value.store(&components, plan, layer) }
      return Layer.State(components: components)
    }
    set {
      let plan = BatchPlan(stepCount: 0, batchSize: batchSize, layout: .timeMajor, lengths: nil)
      let components = newValue.components
      shape.requireState(components, batchSize: batchSize)
      for layer in states.indices { unsafe states[layer].value.load(components, plan, layer) }
    }
  }
}

// Its buffers belong to this stream alone, and `step` needs exclusive access to it.
extension Stream: @unchecked Sendable {}

extension RecurrentLayer {
  /// A stream of `batchSize` sequences before their first step.
  public func stream(batchSize: Int) -> Stream<Self> { Stream(self, batchSize: batchSize) }
}
