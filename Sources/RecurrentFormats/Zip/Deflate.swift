#if HDF5
  internal import CZlib

  /// The compression of zip archives (RFC 1951), by zlib.
  enum Deflate {
    /// No deflated byte gives more than so many.
    private static let largestRatio = 1032

    /// `count` bytes from their deflated form; nil where that gives another number of them, or is none.
    static func inflated(_ data: FileSlice, count: Int) -> FileSlice? {
      guard count / largestRatio <= data.count, data.count <= UInt32.max, count <= UInt32.max else { return nil }
      var isWhole = false
      let inflated = unsafe FileBytes(count: count) { target in
        isWhole = unsafe data.bytes.withUnsafeBytes { source in unsafe inflate(source, into: target) }
      }
      return isWhole ? FileSlice(inflated) : nil
    }

    /// Whether `source` gives exactly the bytes that `target` has place for.
    private static func inflate(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
      var stream = unsafe z_stream()
      // Minus the largest window: without the header of zlib's own format.
      let size = unsafe Int32(MemoryLayout<z_stream>.size)
      guard unsafe inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, size) == Z_OK else { return false }
      defer { unsafe inflateEnd(&stream) }
      unsafe stream.next_in = UnsafeMutablePointer(mutating: source.bindMemory(to: UInt8.self).baseAddress)
      unsafe stream.avail_in = UInt32(source.count)
      unsafe stream.next_out = target.bindMemory(to: UInt8.self).baseAddress
      unsafe stream.avail_out = UInt32(target.count)
      return unsafe CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
    }
  }
#endif
