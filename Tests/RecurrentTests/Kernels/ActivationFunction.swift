import Foundation

import Recurrent

/// A function that the kernels compute for every element, with what `recurrent_kernels.h` promises of it.
enum ActivationFunction: String, CaseIterable, Sendable {
  case exp, sigmoid, tanh

  /// The bound on the error in ulp. What an exhaustive walk over all 2³² floats found:
  ///
  /// | function | worst, ulp | at                                |
  /// |----------|------------|-----------------------------------|
  /// | exp      | 1.0305     | -0x1.1bfedcp+6, about -70.999     |
  /// | sigmoid  | 2.4019     | -0x1.0a111ap+2, about -4.1573     |
  /// | tanh     | 2.6420     | ±0x1.eb49eap-5, about ±0.059972   |
  var maxUlp: Double {
    switch self {
    case .exp: 1.05
    case .sigmoid: 2.5
    case .tanh: 2.7
    }
  }

  /// What the results lie in.
  var range: ClosedRange<Float> {
    switch self {
    case .exp: 0...Float.infinity
    case .sigmoid: 0...1
    case .tanh: -1...1
    }
  }

  /// The function in Double, whose own error, about 10⁻⁹ ulp of a Float, does not count.
  func exact(_ x: Double) -> Double {
    switch self {
    case .exp: Foundation.exp(x)
    case .sigmoid: 1 / (1 + Foundation.exp(-x))
    case .tanh: Foundation.tanh(x)
    }
  }

  func map(_ x: [Float], with kernels: Kernels) -> [Float] {
    var y = [Float](repeating: .nan, count: x.count)
    var span = y.mutableSpan
    switch self {
    case .exp: kernels.exp(x.span, into: &span)
    case .sigmoid: kernels.sigmoid(x.span, into: &span)
    case .tanh: kernels.tanh(x.span, into: &span)
    }
    return y
  }

  func form(_ y: inout MutableSpan<Float>, with kernels: Kernels) {
    switch self {
    case .exp: kernels.formExp(&y)
    case .sigmoid: kernels.formSigmoid(&y)
    case .tanh: kernels.formTanh(&y)
    }
  }

  func callAsFunction(_ x: Float, with kernels: Kernels) -> Float {
    map([x], with: kernels)[0]
  }
}

extension Float {
  /// Whether the bits are equal, or both are NaNs, whose sign and payload IEEE 754 leaves to the machine.
  func isSame(as other: Float) -> Bool { bitPattern == other.bitPattern || isNaN && other.isNaN }

  /// The distance from `exact` in units of the distance between floats there: 2⁻¹⁴⁹ among the denormals, and infinity
  /// stands for 2¹²⁸. Infinite if one of the two is a NaN and the other is not.
  func ulps(from exact: Double) -> Double {
    if isNaN || exact.isNaN { return isNaN && exact.isNaN ? 0 : .infinity }
    let value = isInfinite ? Double(signOf: Double(self), magnitudeOf: 0x1p128) : Double(self)
    let exact = exact.magnitude > 0x1p128 ? Double(signOf: exact, magnitudeOf: 0x1p128) : exact
    let exponent = exact == 0 ? -149 : max(min(Int(exact.exponent), 127) - 23, -149)
    return (value - exact).magnitude / Double(sign: .plus, exponent: exponent, significand: 1)
  }
}
