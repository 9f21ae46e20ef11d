#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

// `DurableFile` has a `read` of its own.
private let systemRead = unsafe read(_:_:_:)
private let systemWrite = unsafe write(_:_:_:)

/// Files that are there whole or not at all, whenever the program or the machine stops.
enum DurableFile {
  /// Writes `bytes` to a temporary file beside `path`, waits for the disk, and gives it the name: who opens `path` sees
  /// the old file or the new one, never a part.
  static func write(_ bytes: [UInt8], to path: String) throws(TensorFileError) {
    let temporary = path + ".partial"
    let file = try check(unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644), "open", temporary)
    do throws(TensorFileError) {
      defer { close(file) }
      try append(bytes, to: file, path: temporary)
      try check(fsync(file), "fsync", temporary)
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    try check(unsafe rename(temporary, path), "rename", temporary)
    let slash = path.lastIndex(of: "/")
    try sync(folder: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
  }

  /// All bytes of a file.
  static func read(_ path: String) throws(TensorFileError) -> [UInt8] {
    let file = try check(unsafe open(path, O_RDONLY | O_CLOEXEC), "open", path)
    defer { close(file) }
    let size = try check(Int(lseek(file, 0, SEEK_END)), "seek", path)
    try check(Int(lseek(file, 0, SEEK_SET)), "seek", path)
    var bytes = [UInt8](repeating: 0, count: size)
    var filled = 0
    while filled < size {
      let count = unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe systemRead(file, bytes.baseAddress! + filled, size - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard try check(count, "read", path) > 0 else { throw .truncated(bytes: filled, wanted: size) }
      filled += count
    }
    return bytes
  }

  /// Whether there is a file to read.
  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  private static func append(_ bytes: [UInt8], to file: Int32, path: String) throws(TensorFileError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { bytes in
        unsafe systemWrite(file, bytes.baseAddress! + written, bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      written += try check(count, "write", path)
    }
  }

  private static func sync(folder: String) throws(TensorFileError) {
    let file = try check(unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", folder)
    defer { close(file) }
    try check(fsync(file), "fsync", folder)
  }

  /// The result of a system call, unless it is negative.
  @discardableResult
  private static func check<Result: SignedInteger>(
    _ result: Result, _ operation: String, _ path: String
  ) throws(TensorFileError) -> Result {
    guard result < 0 else { return result }
    throw .system(operation: operation, path: path, reason: unsafe String(cString: strerror(errno)))
  }
}

extension TensorFile {
  /// Reads a file.
  public init(contentsOf path: String) throws(TensorFileError) { try self.init(decoding: DurableFile.read(path)) }

  /// Writes a file so that, whenever the program or the machine stops, `path` holds the old file or this one, whole.
  ///
  /// (A temporary file in the same folder, fsync, rename, fsync of the folder.)
  public func write(to path: String) throws(TensorFileError) { try DurableFile.write(encoded(), to: path) }
}
