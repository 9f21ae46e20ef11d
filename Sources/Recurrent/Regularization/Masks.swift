/// Where the masks of a training run come from: a seed, and names for what they are drawn for.
///
/// A mask's value for a unit follows from the seed, the layer and direction, the step, the row's identity and the unit by
/// way of a counter-based generator. Nothing is stored and nothing depends on the order of the work: a sequence gets the
/// same masks at any place of a batch, with any padding, tape limit and number of threads, and again on the way back.
///
/// Give every run a seed of its own, such as the number of the training step or `generator.next()`.
public struct Masks: Hashable, Sendable {
  /// Another seed, other masks.
  public var seed: UInt64
  /// The identity of each of the N sequences, from 0 to 2³² − 1; their places in the batch where nil. Two rows of one
  /// identity get the same masks.
  public var rows: [Int]?
  /// The step at which the run begins in a sequence that comes in pieces.
  public var firstStep: Int

  /// Masks from a seed.
  public init(seed: UInt64, rows: [Int]? = nil, firstStep: Int = 0) {
    self.seed = seed
    self.rows = rows
    self.firstStep = firstStep
  }
}

/// All masks of one run.
struct RunMasks: Sendable {
  let regularization: Regularization
  private let generator: Philox
  /// The identities of the rows of the sorted batch.
  private let rows: [UInt32]
  private let firstStep: UInt32

  /// The masks that a run needs: none where nothing is left to chance.
  init?(_ regularization: Regularization, _ masks: Masks?, _ plan: BatchPlan) {
    guard regularization != .none else { return nil }
    guard let masks else { fatalError("forward: 0 masks for a layer with \(regularization); it needs `masks:`") }
    let limit = Int(UInt32.max)
    let rows = masks.rows ?? Array(0..<plan.batchSize)
    require(rows.count == plan.batchSize, "Masks: \(rows.count) rows for \(plan.batchSize) sequences")
    for row in rows { require(row >= 0 && row <= limit, "Masks: a row \(row); it must be from 0 to \(limit)") }
    require(
      masks.firstStep >= 0 && masks.firstStep <= limit - plan.stepCount,
      "Masks: \(plan.stepCount) steps from step \(masks.firstStep) on; the last must be from 0 to \(limit)")
    self.regularization = regularization
    generator = Philox(key: masks.seed)
    self.rows = plan.order.map { UInt32(rows[$0]) }
    firstStep = UInt32(masks.firstStep)
  }

  /// Those of one layer and direction.
  func of(layer: Int, _ direction: Direction) -> LayerMasks {
    LayerMasks(
      regularization: regularization, layer: layer, direction: direction, generator: generator, rows: rows,
      firstStep: firstStep)
  }
}

/// The masks of one layer and direction.
package struct LayerMasks: Sendable {
  let regularization: Regularization
  let layer: Int
  let direction: Direction
  fileprivate let generator: Philox
  fileprivate let rows: [UInt32]
  fileprivate let firstStep: UInt32

  /// The mask of every step of a sequence.
  func mask(_ purpose: Mask.Purpose, _ probability: Double) -> Mask {
    // Outputs are dropped for both directions of the layer above.
    let direction = purpose == .dropout ? .forward : direction
    return Mask(
      generator: generator, stream: purpose.rawValue << 29 | UInt32(direction.rawValue) << 28 | UInt32(layer),
      probability: probability)
  }

  /// The place of one sequence's step in a mask, or of all of its steps.
  func place(row: Int, step: Int?) -> Mask.Place {
    Mask.Place(row: rows[row], step: step.map { firstStep + UInt32($0) } ?? 0)
  }
}

/// Which numbers of a row are left out.
struct Mask {
  /// What a mask is for: masks of one seed are independent of each other.
  enum Purpose: UInt32 { case dropout, input, recurrent, hiddenZoneout, cellZoneout, dropConnect }

  /// A row at a step.
  struct Place {
    let row: UInt32
    let step: UInt32
  }

  private let generator: Philox
  private let stream: UInt32
  /// Numbers below it are left out: p·2³².
  private let threshold: UInt64
  /// 1 / (1 − p).
  let scale: Double

  init(generator: Philox, stream: UInt32, probability: Double) {
    self.generator = generator
    self.stream = stream
    threshold = UInt64((probability * 0x1p32).rounded())
    scale = 1 / (1 - probability)
  }

  /// Calls `body` for each of a row's units, ascending, with whether it is left out.
  @inline(__always)
  func forEach(_ count: Int, at place: Place, _ body: (_ unit: Int, _ isLeftOut: Bool) -> Void) {
    for first in stride(from: 0, to: count, by: 4) {
      let bits = generator(SIMD4(UInt32(first / 4), place.row, place.step, stream))
      for lane in 0..<min(4, count - first) { body(first + lane, UInt64(bits[lane]) < threshold) }
    }
  }

  /// Multiplies a row of a matrix with the mask: 0 for what is left out, 1 / (1 − p) for what stays.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func multiply<Scalar: RecurrentScalar>(_ matrix: inout MutableMatrixView<Scalar>, row: Int, at place: Place) {
    let scale = Scalar(scale)
    forEach(matrix.columns, at: place) { column, isLeftOut in
      if isLeftOut { matrix[row, column] = 0 } else { matrix[row, column] *= scale }
    }
  }
}
