/// A uniquely owned run of numbers whose first byte lies on a cache line.
///
/// The owner of every piece of scratch memory and of every packed weight. It never grows and is never copied behind
/// its user's back: a copy is spelled `clone()`.
@safe
package struct AlignedBuffer<Element: BitwiseCopyable & AdditiveArithmetic>: ~Copyable {
  /// The number of elements.
  package let count: Int
  private let base: UnsafeMutablePointer<Element>
  private let allocation: ZeroedMemory

  /// Bytes in a cache line, and in the widest vector register.
  package static var alignment: Int { ZeroedMemory.alignment }

  /// Allocates `count` zeros.
  ///
  /// - Complexity: O(count), or O(1) where the system has zeroed pages at hand.
  package init(count: Int) {
    require(count >= 0, "AlignedBuffer: a count of \(count) is below 0")
    let count = checkedProduct("AlignedBuffer", count, 1, sizeof: Element.self)
    allocation = ZeroedMemory(byteCount: count * MemoryLayout<Element>.stride)
    // All bits zero is the number zero, for integers as for IEEE 754.
    unsafe base = allocation.start.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  /// Allocates `count` elements, each equal to `value`.
  ///
  /// - Complexity: O(count).
  package init(repeating value: Element, count: Int) {
    self.init(count: count)
    unsafe base.update(repeating: value, count: count)
  }

  /// The elements, to read.
  package var span: Span<Element> {
    @_lifetime(borrow self)
    borrowing get { unsafe _overrideLifetime(Span(_unsafeStart: base, count: count), borrowing: self) }
  }

  /// The elements, to read and write.
  package var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get { unsafe _overrideLifetime(MutableSpan(_unsafeStart: base, count: count), mutating: &self) }
  }

  /// Takes the elements away to a buffer of their own, and leaves an empty one.
  mutating func take() -> AlignedBuffer {
    var taken = AlignedBuffer(count: 0)
    swap(&taken, &self)
    return taken
  }

  /// A second buffer with the same elements.
  ///
  /// - Complexity: O(count).
  package func clone() -> AlignedBuffer {
    let copy = AlignedBuffer(count: count)
    unsafe copy.base.update(from: base, count: count)
    return copy
  }
}

// Elements are reached through the one owner only, which the compiler already keeps from being shared mutably.
extension AlignedBuffer: @unchecked Sendable where Element: Sendable {}
