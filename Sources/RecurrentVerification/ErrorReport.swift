/// A number of the Double definition, and how far rounding may take another precision from it.
package struct Bounded: Sendable {
  package var value: Double
  /// The root mean square of the error that rounding leads one to expect.
  package var deviation: Double

  package init(_ value: Double, deviation: Double = 0) {
    self.value = value
    self.deviation = deviation
  }
}

/// The outcome of comparing results with the Double definition.
package struct ErrorReport: Sendable {
  /// The largest difference.
  package private(set) var maxAbsoluteError = 0.0
  /// The largest difference that would have passed, over the same numbers.
  package private(set) var bound = 0.0
  /// Whether every single number was inside its own bound; a NaN is not.
  package private(set) var isWithinBound = true
  /// The largest difference in units of its bound, to see how much room there is.
  package private(set) var maxShareOfBound = 0.0

  package init() {}

  /// Deviations up to which a result passes: see `Roundoff`.
  package static let confidence = 6.0

  package mutating func compare(_ result: Double, with expected: Bounded) {
    let error = (result - expected.value).magnitude
    let limit = Self.confidence * expected.deviation
    if !(error <= limit) { isWithinBound = false }
    maxAbsoluteError = max(maxAbsoluteError, error.isNaN ? .infinity : error)
    bound = max(bound, limit)
    if limit > 0 { maxShareOfBound = max(maxShareOfBound, error / limit) }
  }
}
