/// A uniquely owned run of elements whose first byte lies on a cache line.
///
/// The owner of every piece of scratch memory and of every packed weight. It never grows and is never copied behind
/// its user's back: a copy is spelled `clone()`.
@safe
public struct AlignedBuffer<Element: BitwiseCopyable>: ~Copyable {
  /// The number of elements.
  public let count: Int
  private let base: UnsafeMutablePointer<Element>

  /// Bytes in a cache line, and in the widest vector register.
  public static var alignment: Int { 64 }

  /// Allocates `count` elements, each equal to `value`.
  ///
  /// - Complexity: O(count).
  public init(repeating value: Element, count: Int) {
    precondition(count >= 0, "AlignedBuffer: a count of \(count) is below 0")
    let (bytes, overflow) = max(count, 1).multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    precondition(!overflow, "AlignedBuffer: \(count) elements of \(MemoryLayout<Element>.stride) bytes overflow Int")
    let raw = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Self.alignment)
    unsafe base = raw.bindMemory(to: Element.self, capacity: count)
    unsafe base.initialize(repeating: value, count: count)
    self.count = count
  }

  deinit { unsafe base.deallocate() }

  /// The elements, to read.
  public var span: Span<Element> {
    @_lifetime(borrow self)
    borrowing get { unsafe _overrideLifetime(Span(_unsafeStart: base, count: count), borrowing: self) }
  }

  /// The elements, to read and write.
  public var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get { unsafe _overrideLifetime(MutableSpan(_unsafeStart: base, count: count), mutating: &self) }
  }

  /// A second buffer with the same elements.
  ///
  /// - Complexity: O(count).
  public func clone() -> AlignedBuffer {
    let copy = unsafe AlignedBuffer(copying: base, count: count)
    return copy
  }

  private init(copying source: UnsafeMutablePointer<Element>, count: Int) {
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: Self.alignment)
    unsafe base = raw.bindMemory(to: Element.self, capacity: count)
    unsafe base.initialize(from: source, count: count)
    self.count = count
  }
}

// Elements are reached through the one owner only, which the compiler already keeps from being shared mutably.
extension AlignedBuffer: @unchecked Sendable where Element: Sendable {}
