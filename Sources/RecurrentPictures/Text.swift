internal import Foundation

/// Numbers as people read them.
package enum Text {
  /// Three significant digits, as a plain decimal: 0, 0.012, 3.45, 118, 2040.
  package static func three(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    guard value != 0 else { return "0" }
    let decimals = max(0, 2 - Int(log10(value.magnitude).rounded(.down)))
    let text = String(format: "%.\(decimals)f", value)
    // Rounding may have carried into one more digit: 9.996 is 10.0, not 10.00.
    let digits = text.filter(\.isNumber).drop { $0 == "0" }.count
    return digits > 3 && decimals > 0 ? String(format: "%.\(decimals - 1)f", value) : text
  }

  /// A number that is mostly whole: 0, 3, 1.50.
  package static func count(_ value: Double) -> String {
    value == value.rounded() ? String(format: "%.0f", value) : three(value)
  }

  /// A round number as it stands at an axis: 0.5, 1, 200.
  package static func round(_ value: Double) -> String { String(format: "%.3g", value) }

  /// A power of ten as it stands at an axis of many: 0.01, 1, 100, 10⁻³. Other numbers as `round` has them.
  package static func power(_ value: Double) -> String {
    let exponent = log10(value).rounded()
    guard exponent.magnitude >= 3, (value / pow(10, exponent) - 1).magnitude < 1e-9 else { return round(value) }
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    let text = String(Int(exponent.magnitude)).compactMap(\.wholeNumberValue).map { String(digits[$0]) }
    return "10" + (exponent < 0 ? "⁻" : "") + text.joined()
  }

  /// A share of 1, in whole percent, or with a digit behind the point below 10.
  package static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "\(share)" }
    return String(format: share < 0.0995 ? "%.1f%%" : "%.0f%%", share * 100)
  }
}
