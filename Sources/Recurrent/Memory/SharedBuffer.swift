/// Elements that are written once and then read by any number of threads and streams: packed weights.
@safe
final class SharedBuffer<Element: BitwiseCopyable & AdditiveArithmetic & Sendable>: @unchecked Sendable {
  let count: Int
  /// Changed when this goes, and by nobody else.
  private var owner: AlignedBuffer<Element>
  private let returning: (@Sendable (consuming AlignedBuffer<Element>) -> Void)?
  /// The address of the first element, as long as this buffer lives.
  nonisolated(unsafe) let base: UnsafePointer<Element>

  /// Takes over `buffer`, for good or until it hands it to `returning`.
  init(
    _ buffer: consuming AlignedBuffer<Element>,
    returning: (@Sendable (consuming AlignedBuffer<Element>) -> Void)? = nil
  ) {
    count = buffer.count
    unsafe base = unsafe buffer.span.withUnsafeBufferPointer { $0.baseAddress! }
    owner = buffer
    self.returning = returning
  }

  deinit {
    if let returning { returning(owner.take()) }
  }

  /// The elements. (Through the stored address, since a property of a class lends its own spans for one expression only.)
  var span: Span<Element> {
    @_lifetime(borrow self)
    get { unsafe _overrideLifetime(Span(_unsafeStart: base, count: count), borrowing: self) }
  }
}
