internal import Recurrent

extension Collection where Element: RecurrentScalar {
  /// √Σ x², in Double: right wherever it is a number of Double itself, though the squares may not be. NaN where one is NaN,
  /// else ∞ where one is infinite.
  var norm: Double {
    let largest = reduce(0.0) { largest, element in
      let magnitude = Double(element).magnitude
      return magnitude > largest || magnitude.isNaN ? magnitude : largest
    }
    guard largest > 0, largest.isFinite else { return largest }
    // A power of 2 near 1/largest changes no digit. (Of the least denormals 1/largest itself would be ∞.)
    let scale = Double(sign: .plus, exponent: Swift.max(-1022, Swift.min(-Int(largest.exponent), 1022)), significand: 1)
    let sum = reduce(0.0) { sum, element in
      let scaled = Double(element) * scale
      return sum + scaled * scaled
    }
    return sum.squareRoot() / scale
  }
}
