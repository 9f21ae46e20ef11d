internal import Recurrent

/// What one gate of a layer and direction did in a batch. Where one of its values is NaN, so is what is said of them.
public struct GateStatistics: Sendable, Equatable {
  /// What it is.
  public let kind: GateKind
  /// Its mean.
  public let mean: Double
  /// The share of its values that are saturated below, under 0.1 of a gate and under −0.9 of a candidate.
  public let lowShare: Double
  /// The share of its values that are saturated above, over 0.9.
  public let highShare: Double
  /// The mean of each unit.
  public let unitMeans: [Double]
  /// The share of each unit's values that are saturated, below or above.
  public let unitSaturatedShares: [Double]
  /// Of a gate that keeps the state, each unit's time constant: the steps in which it alone, without what comes in, lets a
  /// state shrink to 1/e. ∞ for a unit that keeps everything.
  ///
  /// It is −1 over the mean of ln f: over a sequence what is left is the product of all f, and so their geometric mean
  /// counts. (Tallec & Ollivier, "Can recurrent neural networks warp time?", 2018.)
  public let timeConstants: [Double]?
}

extension GateRecord {
  /// What each gate did, over all steps of all sequences: in the order of `kinds`.
  ///
  /// - Complexity: O(T·N·G·H).
  public func statistics() -> [GateStatistics] { kinds.indices.map { statistics($0) } }

  private func statistics(_ gate: Int) -> GateStatistics {
    let (kind, size, width) = (kinds[gate], hiddenSize, values.shape[2])
    let (low, high) = kind.saturation
    var lowCounts = [Int](repeating: 0, count: size)
    var highCounts = lowCounts
    var sums = [Double](repeating: 0, count: size)
    var logarithms = sums
    for (sequence, length) in lengths.enumerated() {
      for step in 0..<length {
        let start = (step * lengths.count + sequence) * width + gate * size
        for unit in 0..<size {
          let value = Double(values.span[start + unit])
          sums[unit] += value
          if value < low { lowCounts[unit] += 1 }
          if value > high { highCounts[unit] += 1 }
          if kind.keepsState { logarithms[unit] += Double._log(max(value, 0)) }
        }
      }
    }
    let (count, total) = (Double(lengths.reduce(0, +)), sums.reduce(0, +))
    let all = count * Double(size)
    // No NaN is below or above anything, and so none was counted.
    func share(_ count: Int, of all: Double, summing sum: Double) -> Double { sum.isNaN ? .nan : Double(count) / all }
    return GateStatistics(
      kind: kind, mean: total / all, lowShare: share(lowCounts.reduce(0, +), of: all, summing: total),
      highShare: share(highCounts.reduce(0, +), of: all, summing: total), unitMeans: sums.map { $0 / count },
      unitSaturatedShares: (0..<size).map { share(lowCounts[$0] + highCounts[$0], of: count, summing: sums[$0]) },
      timeConstants: kind.keepsState ? logarithms.map { $0 >= 0 ? .infinity : -count / $0 } : nil)
  }
}
