internal import Recurrent
internal import RecurrentFormats

/// Where training stands: with the parameters and the optimiser's state, all that the rest of a run depends on.
public struct TrainingState: Sendable, Equatable {
  /// Steps so far.
  public internal(set) var step = 0
  /// Epochs that are over.
  public internal(set) var epoch = 0
  /// Batches of the current epoch that are done.
  public internal(set) var position = 0
  /// Sequences of the current epoch that are done, or whatever the order of batches counts.
  public internal(set) var sequences = 0
  /// Their losses, added up.
  public internal(set) var lossSum = 0.0
  /// The lowest validation loss so far.
  public internal(set) var bestLoss = Double.infinity
  /// Epochs since then.
  public internal(set) var epochsSinceBest = 0
  /// The state of the generator that the model draws from.
  public internal(set) var generator: UInt64

  /// Before the first step.
  init(seed: UInt64) { generator = seed }

  /// The mean loss of the current epoch so far.
  public var meanLoss: Double { sequences == 0 ? 0 : lossSum / Double(sequences) }
}

extension TrainingState {
  private static let counters = "training.counters"
  private static let losses = "training.losses"

  /// Writes the state, whole numbers as I64 and losses as F64, so that it comes back bit for bit.
  func save(to file: inout TensorFile) {
    file.set(
      Self.counters,
      integers: [step, epoch, position, sequences, epochsSinceBest, Int(truncatingIfNeeded: generator)])
    file.set(Self.losses, Tensor<Double>(shape: [2], elements: [lossSum, bestLoss]))
  }

  /// Reads the state. The counts must be such as go on being counted, and the losses numbers, or ∞ before the first
  /// validation.
  init(restoring file: TensorFile) throws(TensorFileError) {
    let counters = try file.integers(Self.counters, count: 6)
    for counter in counters.dropLast() where counter < 0 || counter > 1 << 53 {
      throw .badTensor(Self.counters, reason: "a count of \(counter)")
    }
    let losses = try file.tensor(Self.losses, shape: [2], of: Double.self).elements
    if let loss = losses.first(where: \.isNaN) { throw .badTensor(Self.losses, reason: "a loss of \(loss)") }
    (step, epoch, position, sequences, epochsSinceBest) = (
      counters[0], counters[1], counters[2], counters[3], counters[4]
    )
    generator = UInt64(truncatingIfNeeded: counters[5])
    (lossSum, bestLoss) = (losses[0], losses[1])
  }

  /// Throws unless an order of batches has such a place in its epoch.
  func requirePlace<Order: BatchOrder>(in batches: Order) throws(TensorFileError) {
    let order = batches.batches(ofEpoch: epoch)
    guard position <= min(order.count, step) else {
      throw .badTensor(
        Self.counters, reason: "\(position) batches of an epoch of \(order.count), and \(step) steps in all")
    }
    let count = order.prefix(position).reduce(0) { $0 + batches.count(in: $1) }
    guard sequences == count else {
      throw .badTensor(Self.counters, reason: "\(sequences) \(Order.unit) in \(position) batches of \(count)")
    }
  }
}
