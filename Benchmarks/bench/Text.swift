import Foundation

/// Numbers as people read them.
enum Text {
  /// Three significant digits, as a plain decimal: 0, 0.012, 3.45, 118, 2040.
  static func three(_ value: Double) -> String {
    guard value.isFinite else { return "\(value)" }
    guard value != 0 else { return "0" }
    let decimals = max(0, 2 - Int(log10(value.magnitude).rounded(.down)))
    let text = String(format: "%.\(decimals)f", value)
    // Rounding may have carried into one more digit: 9.996 is 10.0, not 10.00.
    let digits = text.filter(\.isNumber).drop { $0 == "0" }.count
    return digits > 3 && decimals > 0 ? String(format: "%.\(decimals - 1)f", value) : text
  }

  /// A number that is mostly whole: 0, 3, 1.50.
  static func count(_ value: Double) -> String {
    value == value.rounded() ? String(format: "%.0f", value) : three(value)
  }

  /// A time with its unit: 812 ns, 35.1 µs, 1.21 ms, 2.30 s.
  static func time(_ seconds: Double, number: (Double) -> String = three) -> String {
    switch seconds {
    case ..<0.9995e-6: "\(number(seconds * 1e9)) ns"
    case ..<0.9995e-3: "\(number(seconds * 1e6)) µs"
    case ..<0.9995: "\(number(seconds * 1e3)) ms"
    default: "\(number(seconds)) s"
    }
  }

  /// A round number as it stands at an axis: 0.5, 1, 200.
  static func round(_ value: Double) -> String { String(format: "%.3g", value) }

  /// A size in the largest unit that leaves no fraction: 256 KiB, 4 MiB.
  static func bytes(_ count: Int) -> String {
    count.isMultiple(of: 1 << 20) ? "\(count >> 20) MiB" : "\(count >> 10) KiB"
  }

  /// A size that is not round: 91.1 KiB, 12.3 MiB, 1.50 GiB.
  static func memory(_ count: Int) -> String {
    switch count {
    case ..<(1 << 20): "\(three(Double(count) * 0x1p-10)) KiB"
    case ..<(1000 << 20): "\(three(Double(count) * 0x1p-20)) MiB"
    default: "\(three(Double(count) * 0x1p-30)) GiB"
    }
  }

  /// 1, 2, 4.
  static func list(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: ", ") }

  /// 1 thread, 2 threads.
  static func threads(_ count: Int) -> String { count == 1 ? "1 thread" : "\(count) threads" }

  /// A share of 1, in whole percent, or with a digit behind the point below 10.
  static func percent(_ share: Double) -> String {
    guard share.isFinite else { return "\(share)" }
    return String(format: share < 0.0995 ? "%.1f%%" : "%.0f%%", share * 100)
  }

  /// A small number by its size: 1.2e-07.
  static func error(_ value: Double) -> String { String(format: "%.1e", value) }

  /// The nearest number with six significant digits.
  static func significant(_ value: Double) -> Double {
    value.isFinite ? Double(String(format: "%.6g", value)) ?? value : value
  }
}

extension String {
  /// With spaces before it up to a width, or behind it up to a negative one; never cut.
  func padded(_ width: Int) -> String {
    let spaces = String(repeating: " ", count: max(0, abs(width) - count))
    return width < 0 ? self + spaces : spaces + self
  }
}
