/// Philox-4x32-10: 128 random bits from a counter of 128 bits and a key of 64, and nothing to remember in between.
///
/// Whoever knows a counter can draw its numbers again, in any order and on any thread. Ten rounds of multiplications
/// permute the counters of each key; the numbers pass all tests of BigCrush, also along counters and keys that differ in
/// a single bit (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011). Not for secrets.
package struct Philox: Sendable {
  private let key: (low: UInt32, high: UInt32)

  /// The generator of a key.
  package init(key: UInt64) { self.key = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)) }

  /// The four numbers of a counter.
  @inline(__always)
  package func callAsFunction(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var (a, b, c, d) = (counter.x, counter.y, counter.z, counter.w)
    var (low, high) = key
    for _ in 0..<10 {
      let left = UInt64(a) &* 0xD251_1F53
      let right = UInt64(c) &* 0xCD9E_8D57
      (a, b) = (UInt32(truncatingIfNeeded: right >> 32) ^ b ^ low, UInt32(truncatingIfNeeded: right))
      (c, d) = (UInt32(truncatingIfNeeded: left >> 32) ^ d ^ high, UInt32(truncatingIfNeeded: left))
      // The golden ratio, and √3 − 1, as fractions of 2³².
      low &+= 0x9E37_79B9
      high &+= 0xBB67_AE85
    }
    return SIMD4(a, b, c, d)
  }
}
