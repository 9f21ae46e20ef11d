/// Elements that are written once and then read by any number of threads and streams: packed weights.
@safe
final class SharedBuffer<Element: BitwiseCopyable & AdditiveArithmetic & Sendable>: Sendable {
  let count: Int
  private let owner: AlignedBuffer<Element>
  /// The address of the first element, as long as this buffer lives.
  nonisolated(unsafe) let base: UnsafePointer<Element>

  /// Takes over `buffer` for good.
  init(_ buffer: consuming AlignedBuffer<Element>) {
    count = buffer.count
    unsafe base = unsafe buffer.span.withUnsafeBufferPointer { $0.baseAddress! }
    owner = buffer
  }

  /// The elements. (Through the stored address, since a property of a class lends its own spans for one expression only.)
  var span: Span<Element> {
    @_lifetime(borrow self)
    get { unsafe _overrideLifetime(Span(_unsafeStart: base, count: count), borrowing: self) }
  }
}
