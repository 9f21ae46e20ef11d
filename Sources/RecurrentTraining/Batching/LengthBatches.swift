internal import Recurrent

/// Batches of sequences of similar length, in a new order every epoch.
///
/// All sequences are shuffled; pools of `poolSize` are sorted, longest first, and cut into batches; the batches are
/// shuffled. A batch ends early where one more sequence would make more than `paddingLimit` of it padding. Everything
/// follows from the seed and the epoch: nothing has to be remembered to go on in the middle.
public struct LengthBatches: BatchOrder, Equatable {
  /// The length of every sequence.
  public let lengths: [Int]
  /// Sequences in a batch, at most.
  public let batchSize: Int
  /// Where the order of every epoch comes from.
  public let seed: UInt64
  /// Sequences that are sorted together: many make little padding, few make orders that differ more.
  public let poolSize: Int
  /// The largest share of a batch's T·N positions that may be padding, from 0 to 1.
  public let paddingLimit: Double

  /// Batches of at most `batchSize`; pools of 50 batches unless said otherwise.
  public init(
    lengths: [Int], batchSize: Int, seed: UInt64, poolSize: Int? = nil, paddingLimit: Double = 0.25
  ) {
    require(batchSize > 0, "LengthBatches: a batch of \(batchSize)")
    let poolSize = poolSize ?? 50 * batchSize
    require(poolSize > 0, "LengthBatches: a pool of \(poolSize)")
    require(paddingLimit >= 0 && paddingLimit <= 1, "LengthBatches: a padding limit of \(paddingLimit)")
    for length in lengths { require(length >= 0, "LengthBatches: a length of \(length)") }
    self.lengths = lengths
    self.batchSize = batchSize
    self.seed = seed
    self.poolSize = poolSize
    self.paddingLimit = paddingLimit
  }

  /// Batches of at most `batchSize` of `count` examples that have no length, such as images, or that all have the same one:
  /// they are shuffled, and there is no padding.
  public init(count: Int, batchSize: Int, seed: UInt64) {
    require(count >= 0, "LengthBatches: \(count) examples")
    self.init(lengths: [Int](repeating: 1, count: count), batchSize: batchSize, seed: seed)
  }

  /// The batches of an epoch: the numbers of their sequences, longest first. Every sequence is in one of them.
  ///
  /// - Complexity: O(n·log(poolSize)) for n sequences.
  public func batches(ofEpoch epoch: Int) -> [[Int]] {
    // The generator's own mixing keeps the epochs of one seed, and equal epochs of other seeds, apart.
    var seeds = SeededGenerator(seed: seed)
    var generator = SeededGenerator(seed: seeds.next() ^ UInt64(bitPattern: Int64(epoch)))
    let order = lengths.indices.shuffled(by: &generator)
    var batches: [[Int]] = []
    for start in stride(from: 0, to: order.count, by: poolSize) {
      // Equal lengths keep the shuffled order: Swift's sort is stable, but does not promise it.
      let pool = (start..<min(start + poolSize, order.count)).sorted { a, b in
        let (long, short) = (lengths[order[a]], lengths[order[b]])
        return long == short ? a < b : long > short
      }
      cut(pool.map { order[$0] }, into: &batches)
    }
    return batches.shuffled(by: &generator)
  }

  /// "sequences".
  public static var unit: String { "sequences" }

  /// The sequences of a batch.
  public func count(in batch: [Int]) -> Int { batch.count }

  /// The options, and a digest of the lengths (FNV-1a).
  public var identity: [Int] {
    let digest = lengths.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0100_0000_01B3 }
    let bits = [seed, paddingLimit.bitPattern, digest].map { Int(truncatingIfNeeded: $0) }
    return [lengths.count, batchSize, poolSize] + bits
  }

  private func cut(_ pool: [Int], into batches: inout [[Int]]) {
    var batch: [Int] = []
    var filled = 0
    for sequence in pool {
      let positions = Double((batch.count + 1) * lengths[batch.first ?? sequence])
      let padding = positions - Double(filled + lengths[sequence])
      if batch.count == batchSize || padding > paddingLimit * positions {
        batches.append(batch)
        (batch, filled) = ([], 0)
      }
      batch.append(sequence)
      filled += lengths[sequence]
    }
    if !batch.isEmpty { batches.append(batch) }
  }
}

extension Collection {
  /// Fisher and Yates's shuffle, written out: the standard library may change its own.
  fileprivate func shuffled(by generator: inout SeededGenerator) -> [Element] {
    var elements = Array(self)
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      // The high half of a product: a number from 0...last, off by less than last/2⁶⁴.
      let choice = generator.next().multipliedFullWidth(by: UInt64(last + 1)).high
      elements.swapAt(last, Int(choice))
    }
    return elements
  }
}
