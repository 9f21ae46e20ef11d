/// A small reproducible random number generator: the same numbers for the same seed, on every machine, for ever.
///
/// SplitMix64 (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", 2014): a counter that goes up by
/// the golden ratio of 2⁶⁴, and a bijective mix of it. Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Equatable {
  private var counter: UInt64

  /// Where the generator stands: `SeededGenerator(seed: state)` goes on with the same numbers.
  public var state: UInt64 { counter }

  /// A generator whose whole sequence follows from `seed`.
  public init(seed: UInt64) { counter = seed }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    counter &+= 0x9E37_79B9_7F4A_7C15
    var bits = counter
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }

  /// A number from [0, 1), a multiple of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number from [low, high).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * uniform() }

  /// A number from the normal distribution of mean 0 and variance 1, by Marsaglia's polar method.
  public mutating func normal() -> Double {
    while true {
      let (u, v) = (uniform(-1, 1), uniform(-1, 1))
      let square = u * u + v * v
      if square > 0 && square < 1 { return u * (-2 * Double._log(square) / square).squareRoot() }
    }
  }
}
