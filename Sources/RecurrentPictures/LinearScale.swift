internal import Foundation

/// Numbers from `low` to `high` on an axis where a difference is a distance.
package struct LinearScale {
  package let low: Double
  package let high: Double
  /// Where `low` and `high` are in the picture.
  package let start: Double
  package let end: Double

  package init(_ low: Double, _ high: Double, from start: Double, to end: Double) {
    self.low = low
    self.high = high > low ? high : low + 1
    self.start = start
    self.end = end
  }

  package func callAsFunction(_ value: Double) -> Double { start + (end - start) * (value - low) / (high - low) }

  /// Round numbers to draw lines at, some 80 pixels from one another.
  package var ticks: [Double] {
    let wanted = (high - low) * 80 / abs(end - start)
    let power = pow(10, log10(wanted).rounded(.down))
    let distance = [1.0, 2, 5, 10].first { $0 * power >= wanted }! * power
    let first = Int((low / distance).rounded(.up))
    let last = Int((high / distance * (1 + 1e-12)).rounded(.down))
    return first > last ? [] : (first...last).map { Double($0) * distance }
  }
}
