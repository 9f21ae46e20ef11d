/// What a `Trainer` goes through in every epoch, and in which order: sequences by length, or one long stream.
///
/// Everything follows from the order's own members and the number of the epoch, so that a run that is resumed in the middle
/// goes on with the batch that comes next.
public protocol BatchOrder<Batch>: Sendable {
  /// What tells of one batch which examples are in it.
  associatedtype Batch: Sendable

  /// What is counted in progress reports, and what the mean loss of an epoch is over: "sequences".
  static var unit: String { get }

  /// The batches of an epoch, counted from 0.
  func batches(ofEpoch epoch: Int) -> [Batch]

  /// How many of the unit are in a batch.
  func count(in batch: Batch) -> Int

  /// What tells this order from another, for checkpoints to keep.
  var identity: [Int] { get }
}

extension BatchOrder {
  /// The batches of the first so many epochs: the steps that a schedule over the whole training takes.
  ///
  /// - Complexity: That of so many calls of `batches(ofEpoch:)`.
  public func batchCount(ofEpochs epochs: Int) -> Int { (0..<epochs).reduce(0) { $0 + batches(ofEpoch: $1).count } }
}
