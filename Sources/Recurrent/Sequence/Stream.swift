/// Runs a layer one step at a time, for sequences whose next frame is not known yet: it keeps the state of N sequences,
/// and after it is made allocates nothing.
///
///     var stream = lstm.stream(batchSize: 1)
///     stream.step(frame.span, into: hidden.mutableSpan)
///
/// T steps give what one call over T steps gives: within rounding on the engine `blas`, whose product depends on the
/// number of its rows, and to the last bit on `naive`. A stream may move between threads but serves one at a time; any
/// number of streams share the weights of one layer.
public struct Stream<Layer: RecurrentLayer>: ~Copyable {
  /// The type of the numbers.
  public typealias Scalar = Layer.Scalar

  /// N.
  public let batchSize: Int
  /// The sizes of the layers.
  public let shape: StackShape

  private let engines: [any LayerEngine<Scalar>]
  private let states: [Box<LayerState<Scalar>>]
  private var preactivations: AlignedBuffer<Scalar>

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
    let stride = stack.engines.map(\.preactivationStride).max() ?? 0
    preactivations = AlignedBuffer(count: batchSize * stride)
  }

  /// Moves every sequence on by one step.
  ///
  /// - Parameters:
  ///   - frame: [N, I].
  ///   - hidden: [N, R]: h of the last layer.
  /// - Complexity: O(N·G·H·(I + R)·L). No allocation, no lock.
  @specialized(where Layer == LSTM<Float>)
  @specialized(where Layer == LSTM<Double>)
  public mutating func step(_ frame: Span<Scalar>, into hidden: consuming MutableSpan<Scalar>) {
    require(
      frame.count == batchSize * shape.inputSize,
      "step: \(frame.count) inputs for \(batchSize) sequences of \(shape.inputSize) features")
    require(
      hidden.count == batchSize * shape.outputSize,
      "step: \(hidden.count) outputs for \(batchSize) sequences of \(shape.outputSize)")
    states[0].value.setInput(MatrixView(frame, rows: batchSize, columns: shape.inputSize))
    for layer in engines.indices {
      if layer > 0 { states[layer].value.setInput(hiddenOf: states[layer - 1].value) }
      Self.step(engines[layer], &states[layer].value, &preactivations, rows: batchSize)
    }
    var output = MutableMatrixView(hidden, rows: batchSize, columns: shape.outputSize)
    states[states.count - 1].value.copyHidden(rows: batchSize, to: &output, firstRow: 0, column: 0)
  }

  @inline(__always)
  private static func step(
    _ engine: any LayerEngine<Scalar>, _ state: inout LayerState<Scalar>, _ scratch: inout AlignedBuffer<Scalar>,
    rows: Int
  ) {
    var z = MutableMatrixView(scratch.mutableSpan, rows: rows, columns: engine.preactivationStride)
    engine.step(&state, scratch: &z)
  }

  /// Puts one sequence back before its first step: its state becomes zeros, the others stay as they are.
  public mutating func reset(row: Int) {
    require(row >= 0 && row < batchSize, "reset: row \(row) of \(batchSize)")
    for box in states { box.value.reset(row: row) }
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
      for layer in states.indices { states[layer].value.store(&components, plan, layer) }
      return Layer.State(components: components)
    }
    set {
      let plan = BatchPlan(stepCount: 0, batchSize: batchSize, layout: .timeMajor, lengths: nil)
      let components = newValue.components
      LayerStack(shape, engines: engines).requireState(components, batchSize: batchSize)
      for layer in states.indices { states[layer].value.load(components, plan, layer) }
    }
  }
}

// The boxes belong to this stream alone, and `step` needs exclusive access to it.
extension Stream: @unchecked Sendable {}

extension RecurrentLayer {
  /// A stream of `batchSize` sequences before their first step.
  public func stream(batchSize: Int) -> Stream<Self> { Stream(self, batchSize: batchSize) }
}

/// A place on the heap, so that an array can hold what must not be copied.
private final class Box<Value: ~Copyable> {
  var value: Value
  init(_ value: consuming Value) { self.value = value }
}
