#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

// `DurableFile` has a `write` of its own.
private let systemWrite = unsafe write(_:_:_:)

/// Files that are there whole or not at all, whenever the program or the machine stops.
package enum DurableFile {
  /// Writes `parts`, one after another, to a temporary file beside `path`, waits for the disk, and gives it the name: who
  /// opens `path` sees the old file or the new one, never a part.
  static func write(_ parts: [FileSlice], to path: String) throws(FileError) {
    let temporary = path + ".partial"
    let file = try check(unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644), "open", temporary)
    do throws(FileError) {
      defer { close(file) }
      for part in parts { try append(part, to: file, path: temporary) }
      try check(fsync(file), "fsync", temporary)
      try check(unsafe rename(temporary, path), "rename", path)
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    let slash = path.lastIndex(of: "/")
    try sync(folder: slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? ".")
  }

  /// Whether there is a file to read.
  package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  private static func append(_ part: FileSlice, to file: Int32, path: String) throws(FileError) {
    var written = 0
    while written < part.count {
      let count = unsafe part.bytes.withUnsafeBytes { bytes in
        unsafe systemWrite(file, bytes.baseAddress! + written, bytes.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      written += try check(count, "write", path)
    }
  }

  private static func sync(folder: String) throws(FileError) {
    let file = try check(unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), "open", folder)
    defer { close(file) }
    try check(fsync(file), "fsync", folder)
  }

  /// The result of a system call, unless it is negative.
  @discardableResult
  static func check<Result: SignedInteger>(
    _ result: Result, _ operation: String, _ path: String
  ) throws(FileError) -> Result {
    guard result < 0 else { return result }
    let code = errno
    throw FileError(
      operation: operation, path: path, reason: unsafe String(cString: strerror(code)),
      isMissing: code == ENOENT || code == ENOTDIR)
  }
}
