/// A member of a zip archive.
struct ZipEntry: Sendable {
  let name: String
  /// 0 where the member stands as it is, 8 where it is deflated.
  let method: UInt16
  let checksum: UInt32
  /// Its bytes in the archive.
  let data: FileSlice
  /// How many bytes its contents are.
  let fullSize: Int

  init(name: String, method: UInt16, checksum: UInt32, data: FileSlice, fullSize: Int) {
    self.name = name
    self.method = method
    self.checksum = checksum
    self.data = data
    self.fullSize = fullSize
  }

  /// A member that stands as it is.
  init(name: String, stored data: FileSlice) {
    self.init(name: name, method: 0, checksum: CRC32.checksum([data]), data: data, fullSize: data.count)
  }

  /// Its contents, which have the checksum that the directory says.
  ///
  /// What is deflated is read in a build with the trait `HDF5`, which brings zlib.
  func contents() throws(ZipError) -> FileSlice {
    let contents: FileSlice
    switch method {
    case 0: contents = data
    #if HDF5
      case 8:
        guard let inflated = Deflate.inflated(data, count: fullSize) else {
          throw .malformed("the member '\(name)' does not give \(fullSize) bytes")
        }
        contents = inflated
    #else
      case 8: throw .unsupported("the member '\(name)' is compressed, which a build with the trait HDF5 reads")
    #endif
    default: throw .unsupported("the member '\(name)' is compressed by method \(method), which is not read")
    }
    guard CRC32.checksum([contents]) == checksum else { throw .malformed("the checksum of '\(name)' is another") }
    return contents
  }
}

/// What is wrong with a zip archive.
enum ZipError: Error {
  /// It is not what the format says.
  case malformed(String)
  /// Something that the format allows, and this library does not read.
  case unsupported(String)
}
