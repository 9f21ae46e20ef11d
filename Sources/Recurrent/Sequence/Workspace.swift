/// The scratch memory of whole-sequence calls, allocated once from the largest problem it is for.
///
/// It never grows. A call that fits in it allocates nothing that depends on the widths of the layer; a call that does
/// not fit traps and says so.
public struct Workspace<Scalar: RecurrentScalar>: ~Copyable {
  /// The sizes of the layer that this workspace is for.
  public let shape: StackShape
  /// The most steps T of a call.
  public let stepCount: Int
  /// The most sequences N of a call.
  public let batchSize: Int

  /// [T·N, features]: the packed inputs of the layer at work, where they don't stand in the caller's tensor.
  var input: AlignedBuffer<Scalar>
  /// [T·N, D·R]: the packed outputs of the layer at work, likewise. They are the next layer's inputs.
  var output: AlignedBuffer<Scalar>
  /// [T·N, R]: what the lower one of two layers that run side by side hands to the upper one.
  var middle: AlignedBuffer<Scalar>
  /// Of the layer and direction at work, and of the other direction or layer.
  var lane, secondLane: LaneMemory<Scalar>

  /// Scratch memory for calls of `layer` with up to T steps of N sequences.
  ///
  /// - Complexity: O(T·N·(I + D·R + G·H)).
  public init(for layer: some RecurrentLayer<Scalar>, stepCount: Int, batchSize: Int) {
    require(stepCount >= 0 && batchSize >= 0, "Workspace: \(stepCount) steps of \(batchSize) sequences")
    self.init(layer.stack, stepCount: stepCount, batchSize: batchSize)
  }

  init(_ stack: LayerStack<Scalar>, stepCount: Int, batchSize: Int) {
    shape = stack.shape
    self.stepCount = stepCount
    self.batchSize = batchSize
    let rows = checkedProduct("Workspace", stepCount, batchSize, sizeof: Scalar.self)
    // The two change places after each layer, so that either must hold what the other one holds.
    let width = max(shape.inputSize, shape.outputSize * shape.directionCount)
    input = AlignedBuffer(count: checkedProduct("Workspace", rows, width, sizeof: Scalar.self))
    output = AlignedBuffer(count: checkedProduct("Workspace", rows, width, sizeof: Scalar.self))
    let scratchCount = Self.scratchCount(stack, stepCount: stepCount, batchSize: batchSize)
    lane = LaneMemory(shape, batchSize: batchSize, scratchCount: scratchCount)
    // Memory that is never touched costs nothing, so that it need not be known here which layers run side by side.
    let isOne = stack.engines.count == 1
    secondLane = LaneMemory(shape, batchSize: isOne ? 0 : batchSize, scratchCount: isOne ? 0 : scratchCount)
    middle = AlignedBuffer(
      count: shape.layerCount == 1 ? 0 : checkedProduct("Workspace", rows, shape.outputSize, sizeof: Scalar.self))
  }

  /// Traps unless a run of `stack` fits.
  func requireRoom(for plan: BatchPlan, of stack: LayerStack<Scalar>) {
    require(shape == stack.shape, "Workspace: made for the sizes \(shape), used with \(stack.shape)")
    require(
      plan.stepCount <= stepCount && plan.batchSize <= batchSize,
      "Workspace: made for \(stepCount) steps of \(batchSize) sequences, used with \(plan.stepCount) of \(plan.batchSize)"
    )
    let scratch = Self.scratchCount(stack, stepCount: plan.stepCount, batchSize: plan.batchSize)
    require(
      scratch <= lane.scratch.count,
      "Workspace: made with \(lane.scratch.count) elements of scratch, used with an engine that needs \(scratch)")
  }

  private static func scratchCount(_ stack: LayerStack<Scalar>, stepCount: Int, batchSize: Int) -> Int {
    stack.engines.map { $0.scratchCount(stepCount: stepCount, batchSize: batchSize) }.max() ?? 0
  }
}
