internal import Foundation

/// Numbers from `low` to `high` on an axis where a factor is a distance.
package struct LogScale {
  package let low: Double
  package let high: Double
  /// Where `low` and `high` are in the picture.
  package let start: Double
  package let end: Double

  package init(_ low: Double, _ high: Double, from start: Double, to end: Double) {
    self.low = low
    self.high = high
    self.start = start
    self.end = end
  }

  package func callAsFunction(_ value: Double) -> Double {
    start + (end - start) * log(value / low) / log(high / low)
  }

  /// The number at a place.
  package func value(at place: Double) -> Double { low * pow(high / low, (place - start) / (end - start)) }

  /// Round numbers to draw lines at, as many as there is room for: 1, 10, 100, or with numbers between them.
  package var ticks: [Double] {
    let decade = abs(end - start) / log10(high / low)
    let mantissas: [Double] = decade < 120 ? [1] : decade < 600 ? [1, 2, 5] : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]
    let exponents = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
    return exponents.flatMap { exponent in mantissas.map { $0 * pow(10, Double(exponent)) } }
      .filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
  }
}
