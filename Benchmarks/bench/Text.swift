import Foundation
import RecurrentPictures

// What is measured, as people read it.
extension Text {
  /// A time with its unit: 812 ns, 35.1 µs, 1.21 ms, 2.30 s.
  static func time(_ seconds: Double, number: (Double) -> String = three) -> String {
    switch seconds {
    case ..<0.9995e-6: "\(number(seconds * 1e9)) ns"
    case ..<0.9995e-3: "\(number(seconds * 1e6)) µs"
    case ..<0.9995: "\(number(seconds * 1e3)) ms"
    default: "\(number(seconds)) s"
    }
  }

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
