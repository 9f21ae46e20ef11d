/// What a forward run leaves for the way back: gates, C and h of every step, or with less memory what they can be
/// computed from.
///
///     var tape = Tape(for: lstm, steps: 120, batchSize: 32, memoryLimit: .mebibytes(64))
///     let output = lstm.forward(features, recording: &tape)
///     let inputGradients = lstm.backward(OutputGradients(hidden: gradient), through: &tape, into: &gradients)
///
/// Everything kept, it takes for each step, sequence, layer and direction 4·H numbers for the gates of an LSTM (of a GRU 4·H
/// or 3·H, of a plain RNN H), H for C, and R for h. Under a limit it keeps h and C from before each of some segments of the
/// time and computes one segment at a time once more, at the cost of one more forward run: then memory grows as √T. The
/// gradients are the same to the last bit. The input is shared with the caller's tensor, and not counted; nor is what a run
/// works in, which stays with the tape, too: the values of one block, and on `fused` the weights once more, transposed.
///
/// A tape is allocated once, and serves any number of runs, one at a time. Going back uses up what is on it.
public struct Tape<Layer: RecurrentLayer>: ~Copyable {
  /// The type of the numbers.
  public typealias Scalar = Layer.Scalar

  /// The most steps T of a run.
  public var stepCount: Int { plan.stepCount }
  /// The number of sequences N of every run.
  public var batchSize: Int { plan.batchSize }
  /// Bytes of all that is kept.
  public var byteCount: Int { plan.elementCount * MemoryLayout<Scalar>.stride }
  /// Whether a forward run is on the tape that nobody has gone back through.
  public var isRecorded: Bool { run != nil }

  let plan: TapePlan
  var memory: TapeMemory<Scalar>
  /// Where runs work; nil before the first one.
  private var desk: TrainingDesk<Scalar>?
  /// Where runs have what they pack.
  let shelf = PackShelf()
  /// The forward run that is on the tape.
  var run: TrainingRun<Layer.Weights>?

  /// A tape for runs of `layer` over up to `steps` steps of `batchSize` sequences.
  ///
  /// - Parameters:
  ///   - layer: the layers whose runs it will record.
  ///   - steps: T, the most steps of a run.
  ///   - batchSize: N, the sequences of every run.
  ///   - memoryLimit: the most that the tape may take, at least `leastByteCount`; where nil, everything is kept.
  /// - Complexity: O(`byteCount`), or O(T) where the system has zeroed pages at hand.
  public init(for layer: Layer, steps: Int, batchSize: Int, memoryLimit: MemorySize? = nil) {
    requireCounts(steps, batchSize)
    let plan = TapePlan(
      layer.stack.shape, stepCount: steps, batchSize: batchSize, limit: memoryLimit,
      scalarSize: MemoryLayout<Scalar>.stride)
    guard let plan else {
      let least = Self.leastByteCount(for: layer, steps: steps, batchSize: batchSize)
      fatalError("Tape: a limit of \(memoryLimit?.byteCount ?? 0) bytes; \(least) are the least that will do")
    }
    self.plan = plan
    memory = TapeMemory(plan)
    desk = nil
    run = nil
  }

  /// The bytes of the smallest tape for such runs.
  ///
  /// - Complexity: O(T).
  public static func leastByteCount(for layer: Layer, steps: Int, batchSize: Int) -> Int {
    requireCounts(steps, batchSize)
    let plan = TapePlan.least(layer.stack.shape, stepCount: steps, batchSize: batchSize)
    return plan.elementCount * MemoryLayout<Scalar>.stride
  }

  /// The bytes of a tape for such runs that keeps everything.
  public static func wholeByteCount(for layer: Layer, steps: Int, batchSize: Int) -> Int {
    requireCounts(steps, batchSize)
    let plan = TapePlan.whole(layer.stack.shape, stepCount: steps, batchSize: batchSize)
    return plan.elementCount * MemoryLayout<Scalar>.stride
  }
}

extension Tape {
  /// Lends a run the memory of the tape, and a desk that serves it.
  mutating func lend(
    to run: TrainingRun<Layer.Weights>,
    _ body: (inout TapeMemory<Scalar>, inout TrainingDesk<Scalar>) -> Void
  ) {
    let needs = TrainingDesk<Scalar>.Needs(run)
    var taken = desk.take()
    if taken?.needs != needs { taken = TrainingDesk(needs, plan) }
    body(&memory, &taken!)
    desk = taken
  }
}

// Its buffers belong to this tape alone, and runs need exclusive access to it.
extension Tape: @unchecked Sendable {}

private func requireCounts(_ steps: Int, _ batchSize: Int) {
  require(steps >= 0 && batchSize >= 0, "Tape: \(steps) steps of \(batchSize) sequences")
}

/// The memory of a tape; `TapePlan` knows what stands where.
struct TapeMemory<Scalar: RecurrentScalar>: ~Copyable {
  /// Rows of `StackShape.recordSize`.
  var records: AlignedBuffer<Scalar>
  /// Rows of H.
  var cells: AlignedBuffer<Scalar>
  /// Rows of R.
  var hidden: AlignedBuffer<Scalar>
  /// h and C from before each segment.
  var checkpoints: AlignedBuffer<Scalar>

  init(_ plan: TapePlan) {
    records = AlignedBuffer(count: plan.recordCount)
    cells = AlignedBuffer(count: plan.cellCount)
    hidden = AlignedBuffer(count: plan.hiddenCount)
    checkpoints = AlignedBuffer(count: plan.checkpointCount)
  }
}
