extension NumPyArray {
  private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// The longest header that is read.
  private static let headerLimit = 1 << 16

  /// Maps a file.
  public init(contentsOf path: String) throws(NumPyError) {
    let bytes: FileBytes
    do throws(FileError) {
      bytes = try FileBytes(mapping: path)
    } catch {
      throw .system(error)
    }
    try self.init(FileSlice(bytes))
  }

  /// Reads the bytes of a file, all of which must belong to the array.
  public init(decoding bytes: [UInt8]) throws(NumPyError) { try self.init(FileSlice(FileBytes(bytes))) }

  /// Reads a file, or a member of an archive.
  init(_ file: FileSlice) throws(NumPyError) {
    guard file.count >= 10 else { throw .wrongSize(bytes: file.count, wanted: 10) }
    guard file[0..<6].words(as: UInt8.self) == Self.magic else { throw .badHeader("it does not begin with \\x93NUMPY") }
    let version: UInt8 = file.word(at: 6)
    guard (1...3).contains(version) else { throw .unsupported("version \(version) of the format is not read") }
    let start = version == 1 ? 10 : 12
    guard file.count >= start else { throw .wrongSize(bytes: file.count, wanted: start) }
    let length = version == 1 ? Int(file.word(at: 8, as: UInt16.self)) : Int(file.word(at: 8, as: UInt32.self))
    guard length < Self.headerLimit else {
      throw .badHeader("it has \(length) bytes, more than \(Self.headerLimit)")
    }
    guard file.count >= start + length else { throw .wrongSize(bytes: file.count, wanted: start + length) }
    let header = try NumPyHeader(parsing: file[start..<start + length].words(as: UInt8.self))
    guard let count = header.byteCount else { throw .badHeader("the shape \(header.shape) is beyond all memory") }
    guard file.count - start - length == count else {
      throw .wrongSize(bytes: file.count, wanted: start + length + count)
    }
    self.init(header: header, data: file[start + length..<file.count])
  }

  /// The whole file.
  public func encoded() -> [UInt8] { preamble + data.words(as: UInt8.self) }

  /// Writes a file so that, whenever the program or the machine stops, `path` holds the old file or this one, whole.
  public func write(to path: String) throws(NumPyError) {
    do throws(FileError) {
      try DurableFile.write(parts, to: path)
    } catch {
      throw .system(error)
    }
  }

  /// The file, in parts.
  var parts: [FileSlice] { [FileSlice(FileBytes(preamble)), data] }

  /// What stands before the data, which begin at a multiple of 64.
  private var preamble: [UInt8] {
    let text = Array(header.text.utf8)
    let padding = (64 - (10 + text.count + 1) % 64) % 64
    let length = text.count + padding + 1
    return Self.magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + text
      + [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
  }
}
