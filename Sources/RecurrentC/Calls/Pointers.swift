internal import CRecurrent
internal import Recurrent

/// The structure that a C caller points to.
func load<Value>(_ name: StaticString, _ pointer: UnsafePointer<Value>?) throws(Failure) -> Value {
  guard let pointer = unsafe pointer else { throw Failure(RECURRENT_INVALID_ARGUMENT, "\(name) is null") }
  try unsafe checkAlignment(name, UnsafeRawPointer(pointer), of: Value.self)
  return unsafe pointer.pointee
}

/// The text that a C caller points to, or nil where that is null.
func text(_ name: StaticString, _ pointer: UnsafePointer<CChar>?) throws(Failure) -> String? {
  guard let pointer = unsafe pointer else { return nil }
  guard let text = unsafe String(validatingCString: pointer) else {
    throw Failure(RECURRENT_INVALID_ARGUMENT, "\(name) is not UTF-8")
  }
  return text
}

/// A place of a C caller for a result: never null.
@safe
struct Place<Value> {
  private let pointer: UnsafeMutablePointer<Value>

  init(_ name: StaticString, _ pointer: UnsafeMutablePointer<Value>?) throws(Failure) {
    guard let pointer = unsafe pointer else { throw Failure(RECURRENT_INVALID_ARGUMENT, "\(name) is null") }
    try unsafe checkAlignment(name, UnsafeRawPointer(pointer), of: Value.self)
    unsafe self.pointer = pointer
  }

  func store(_ value: Value) { unsafe pointer.pointee = value }
}

/// An array of a C caller, to read: aligned, and of the count that the sizes ask for.
@safe
struct Input<Element: BitwiseCopyable> {
  private let elements: UnsafeBufferPointer<Element>

  @inline(__always)
  init(_ name: StaticString, _ start: UnsafePointer<Element>?, _ count: Int, wanted: Int) throws(Failure) {
    try check(count == wanted, "\(name) of \(UInt(bitPattern: count)) elements in place of \(wanted)")
    try unsafe checkArray(name, UnsafeRawPointer(start), count, of: Element.self)
    unsafe elements = UnsafeBufferPointer(start: start, count: count)
  }

  var span: Span<Element> {
    @_lifetime(borrow self)
    @inline(__always)
    borrowing get { unsafe _overrideLifetime(Span(_unsafeElements: elements), borrowing: self) }
  }

  /// A copy.
  var array: [Element] { unsafe [Element](elements) }
}

/// An array of a C caller, to write: aligned, and of the count that the sizes ask for.
@safe
struct Output<Element: BitwiseCopyable> {
  private let elements: UnsafeMutableBufferPointer<Element>

  @inline(__always)
  init(_ name: StaticString, _ start: UnsafeMutablePointer<Element>?, _ count: Int, wanted: Int) throws(Failure) {
    try check(count == wanted, "\(name) of \(UInt(bitPattern: count)) elements in place of \(wanted)")
    try unsafe checkArray(name, UnsafeRawPointer(start), count, of: Element.self)
    unsafe elements = UnsafeMutableBufferPointer(start: start, count: count)
  }

  var mutableSpan: MutableSpan<Element> {
    @_lifetime(borrow self)
    @inline(__always)
    borrowing get { unsafe _overrideLifetime(MutableSpan(_unsafeElements: elements), borrowing: self) }
  }

  /// What stands there, to read.
  var span: Span<Element> {
    @_lifetime(borrow self)
    borrowing get { unsafe _overrideLifetime(Span(_unsafeElements: UnsafeBufferPointer(elements)), borrowing: self) }
  }

  /// Copies `source`, for which there must be room, to the caller.
  func store(_ source: Span<Element>, at offset: Int = 0) {
    let room = unsafe elements.count - offset
    require(source.count <= room, "store: \(source.count) elements where there is room for \(room)")
    unsafe source.withUnsafeBufferPointer { source in
      guard let target = unsafe elements.baseAddress, let start = source.baseAddress else { return }
      unsafe (target + offset).update(from: start, count: source.count)
    }
  }
}

@inline(__always)
private func checkArray<Element>(
  _ name: StaticString, _ start: UnsafeRawPointer?, _ count: Int, of _: Element.Type
) throws(Failure) {
  guard let start = unsafe start else {
    return try check(count == 0, "\(name) of \(count) elements is null")
  }
  try unsafe checkAlignment(name, start, of: Element.self)
}

@inline(__always)
private func checkAlignment<Value>(
  _ name: StaticString, _ pointer: UnsafeRawPointer, of _: Value.Type
) throws(Failure) {
  let (address, alignment) = (UInt(bitPattern: pointer), UInt(MemoryLayout<Value>.alignment))
  try check(
    address & (alignment - 1) == 0, "\(name) is at an address that is no multiple of \(alignment)")
}
