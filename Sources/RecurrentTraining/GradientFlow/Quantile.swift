extension Sequence<Double> {
  /// The number that such a share of all is not above, from 0, the least, to 1, the largest: between two neighbours in
  /// proportion; nil where there is none. NaN counts as the largest.
  ///
  /// - Complexity: O(n·log n).
  func quantile(_ share: Double) -> Double? {
    let sorted = sorted { $0 < $1 || $1.isNaN && !$0.isNaN }
    guard !sorted.isEmpty else { return nil }
    let place = share * Double(sorted.count - 1)
    let (low, high) = (sorted[Int(place)], sorted[Int(place.rounded(.up))])
    // Parts of both, not of their difference, which two large or infinite numbers may not have.
    let fraction = place - place.rounded(.down)
    return low == high ? low : low * (1 - fraction) + high * fraction
  }

  /// The number in the middle, or the mean of the two there; nil where there is none.
  var median: Double? { quantile(0.5) }
}
