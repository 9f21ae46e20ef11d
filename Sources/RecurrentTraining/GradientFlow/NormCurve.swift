internal import Recurrent

/// Norms of gradients of states, by how many steps a state lies back from the end of its sequence.
public struct NormCurve: Sendable, Equatable {
  /// At each distance one norm for each sequence that goes back so far, in the order of the batch.
  public let norms: [[Double]]

  /// A curve from its norms.
  public init(norms: [[Double]]) { self.norms = norms }

  /// The mean over the sequences at each distance.
  public var means: [Double] { norms.map { $0.reduce(0, +) / Double($0.count) } }

  /// The median over the sequences at each distance.
  public var medians: [Double] { norms.map { $0.median ?? .nan } }
}

extension Sequence<Double> {
  /// The number in the middle, or the mean of the two there; nil where there is none. NaN counts as the largest.
  var median: Double? {
    let sorted = sorted { $0 < $1 || $1.isNaN && !$0.isNaN }
    guard !sorted.isEmpty else { return nil }
    let (low, high) = (sorted[(sorted.count - 1) / 2], sorted[sorted.count / 2])
    return low == high ? low : low + (high - low) / 2
  }
}
