#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Bytes that are never changed: a file that is mapped into memory, or memory of their own.
///
/// Of a mapped file only the pages that somebody reads are loaded, and they belong to the system's cache, so that many
/// processes share them. The file must keep its length as long as it is mapped: one that another program cuts short takes
/// this one with it. (Replacing it, which is what `DurableFile` does, leaves the old bytes to who has mapped them.)
@safe
final class FileBytes: Sendable {
  let count: Int
  /// The address of the first byte, as long as this object lives.
  private nonisolated(unsafe) let base: UnsafeRawPointer
  private let isMapped: Bool

  /// Maps a file.
  init(mapping path: String) throws(FileError) {
    // Without O_NONBLOCK a pipe would wait here for its other end.
    let file = try DurableFile.check(unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), "open", path)
    defer { close(file) }
    var status = stat()
    try DurableFile.check(unsafe fstat(file, &status), "examine", path)
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError(operation: "open", path: path, reason: "it is not a regular file", isMissing: false)
    }
    count = Int(status.st_size)
    isMapped = count > 0
    if isMapped {
      let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0)
      try DurableFile.check(unsafe address == MAP_FAILED ? -1 : 0, "map", path)
      unsafe base = UnsafeRawPointer(address!)
    } else {
      unsafe base = UnsafeRawPointer(UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))
    }
  }

  /// Memory with `count` bytes that `fill` writes.
  init(count: Int, fill: (UnsafeMutableRawBufferPointer) -> Void) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 16)
    unsafe fill(UnsafeMutableRawBufferPointer(start: memory.baseAddress, count: count))
    self.count = count
    isMapped = false
    unsafe base = UnsafeRawPointer(memory.baseAddress!)
  }

  /// A copy of words as they stand in memory.
  convenience init<Word: BitwiseCopyable>(_ words: [Word]) {
    unsafe self.init(count: words.count * MemoryLayout<Word>.stride) { memory in
      unsafe words.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
    }
  }

  deinit {
    if isMapped { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) } else { unsafe base.deallocate() }
  }

  /// All bytes.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get { unsafe _overrideLifetime(RawSpan(_unsafeStart: base, byteCount: count), borrowing: self) }
  }
}

// MARK: -

/// Some of the bytes of a file, which keep it mapped.
struct FileSlice: Sendable {
  private let owner: FileBytes
  private let range: Range<Int>

  /// The bytes of `owner` in a range that lies within it.
  init(_ owner: FileBytes, _ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= owner.count)
    self.owner = owner
    self.range = range
  }

  /// All bytes of `owner`.
  init(_ owner: FileBytes) { self.init(owner, 0..<owner.count) }

  /// How many bytes there are.
  var count: Int { range.count }

  /// The bytes.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get { unsafe _overrideLifetime(owner.bytes.extracting(range), borrowing: self) }
  }

  /// Some of these bytes.
  subscript(range: Range<Int>) -> FileSlice {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return FileSlice(owner, self.range.lowerBound + range.lowerBound..<self.range.lowerBound + range.upperBound)
  }

  /// The word that begins at a byte, least significant byte first; it must lie within these bytes.
  func word<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int, as _: Word.Type = Word.self) -> Word {
    precondition(offset >= 0 && offset <= count - MemoryLayout<Word>.size)
    return Word(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Word.self))
  }

  /// A copy, as words in the order of the machine.
  func words<Word: BitwiseCopyable>(as _: Word.Type) -> [Word] {
    unsafe [Word](unsafeUninitializedCapacity: count / MemoryLayout<Word>.stride) { words, initialized in
      initialized = count / MemoryLayout<Word>.stride
      unsafe bytes.withUnsafeBytes { bytes in
        unsafe UnsafeMutableRawBufferPointer(words).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: bytes[..<(initialized * MemoryLayout<Word>.stride)]))
      }
    }
  }

  /// The numbers that the bytes are, in the machine's order; nil where they lie at an address that such numbers may not
  /// have.
  @_lifetime(borrow self)
  borrowing func numbers<Number: BitwiseCopyable>(as _: Number.Type) -> Span<Number>? {
    guard let start = unsafe bytes.withUnsafeBytes({ $0.baseAddress }) else { return Span() }
    guard Int(bitPattern: start) % MemoryLayout<Number>.alignment == 0 else { return nil }
    let span = unsafe Span(
      _unsafeStart: start.assumingMemoryBound(to: Number.self), count: count / MemoryLayout<Number>.stride)
    return unsafe _overrideLifetime(span, borrowing: self)
  }
}

extension FileSlice: Equatable {
  static func == (a: FileSlice, b: FileSlice) -> Bool {
    let (left, right) = (a.bytes, b.bytes)
    return unsafe left.withUnsafeBytes { left in
      unsafe right.withUnsafeBytes { right in unsafe left.elementsEqual(right) }
    }
  }
}
