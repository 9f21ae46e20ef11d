/// The members of a zip archive (PKWARE's APPNOTE), as far as `.npz` and `.keras` files need them: up to 4 GiB.
enum ZipDirectory {

  private static let endSize = 22
  private static let endMark: UInt32 = 0x0605_4B50
  private static let entrySize = 46
  private static let entryMark: UInt32 = 0x0201_4B50
  private static let localSize = 30
  private static let localMark: UInt32 = 0x0403_4B50

  /// What an archive begins with, as a word of which the least significant byte comes first.
  static let firstMark = localMark

  /// The members of an archive, as the directory at its end lists them.
  static func entries(of file: FileSlice) throws(ZipError) -> [ZipEntry] {
    let end = try self.end(of: file)
    let count = Int(file.word(at: end + 10, as: UInt16.self))
    let size = Int(file.word(at: end + 12, as: UInt32.self))
    var position = Int(file.word(at: end + 16, as: UInt32.self))
    guard count < 0xFFFF, position < 0xFFFF_FFFF else { throw .unsupported("an archive of 4 GiB or more is not read") }
    guard position + size <= end else { throw .malformed("its directory ends at byte \(position + size) of \(end)") }
    let limit = position + size
    var entries: [ZipEntry] = []
    for _ in 0..<count {
      guard position + entrySize <= limit, file.word(at: position, as: UInt32.self) == entryMark else {
        throw .malformed("its directory has \(entries.count) members, not \(count)")
      }
      let lengths = [28, 30, 32].map { Int(file.word(at: position + $0, as: UInt16.self)) }  // name, extra, comment
      guard position + entrySize + lengths.reduce(0, +) <= limit else {
        throw .malformed("a member's name is too long")
      }
      entries.append(try entry(of: file, at: position, nameLength: lengths[0], limit: limit - size))
      position += entrySize + lengths.reduce(0, +)
    }
    return entries
  }

  /// Where the last record begins, behind which only a comment stands.
  private static func end(of file: FileSlice) throws(ZipError) -> Int {
    for commentLength in 0...0xFFFF {
      let start = file.count - endSize - commentLength
      guard start >= 0 else { break }
      if file.word(at: start, as: UInt32.self) == endMark,
        Int(file.word(at: start + 20, as: UInt16.self)) == commentLength
      {
        return start
      }
    }
    throw .malformed("there is no directory at its end")
  }

  /// The member that a record of the directory describes; its data lie before `limit`.
  private static func entry(
    of file: FileSlice, at position: Int, nameLength: Int, limit: Int
  ) throws(ZipError) -> ZipEntry {
    let nameStart = position + entrySize
    let nameBytes = file[nameStart..<nameStart + nameLength].words(as: UInt8.self)
    guard let name = String(validating: nameBytes, as: UTF8.self) else { throw .malformed("a name is not UTF-8") }
    let isEncrypted = file.word(at: position + 8, as: UInt16.self) & 1 == 1
    guard !isEncrypted else { throw .unsupported("the member '\(name)' is encrypted") }
    let method: UInt16 = file.word(at: position + 10)
    let size = Int(file.word(at: position + 20, as: UInt32.self))
    let fullSize = Int(file.word(at: position + 24, as: UInt32.self))
    let local = Int(file.word(at: position + 42, as: UInt32.self))
    guard size < 0xFFFF_FFFF, fullSize < 0xFFFF_FFFF, local < 0xFFFF_FFFF else {
      throw .unsupported("the member '\(name)' has 4 GiB or more")
    }
    guard method != 0 || size == fullSize else { throw .malformed("the member '\(name)' has two sizes") }
    guard local + localSize <= limit, file.word(at: local, as: UInt32.self) == localMark else {
      throw .malformed("there is no member '\(name)' at byte \(local)")
    }
    let start =
      local + localSize + Int(file.word(at: local + 26, as: UInt16.self))
      + Int(file.word(at: local + 28, as: UInt16.self))
    guard start + size <= limit else {
      throw .malformed("the member '\(name)' ends at byte \(start + size) of \(limit)")
    }
    return ZipEntry(
      name: name, method: method, checksum: file.word(at: position + 16), data: file[start..<start + size],
      fullSize: fullSize)
  }

  // MARK: - Writing

  /// The parts of an archive of members as they are.
  static func encode(_ entries: [ZipEntry]) throws(ZipError) -> [FileSlice] {
    var parts: [FileSlice] = []
    var directory: [UInt8] = []
    var position = 0
    for entry in entries {
      // Version 2.0, the name is UTF-8, as it is, on the first day that a zip file can have.
      let common =
        bytes(20 as UInt16) + bytes(0x0800 as UInt16) + bytes(0 as UInt16) + bytes(0 as UInt16)
        + bytes(0x0021 as UInt16) + bytes(entry.checksum) + bytes(UInt32(truncatingIfNeeded: entry.data.count))
        + bytes(UInt32(truncatingIfNeeded: entry.data.count))
        + bytes(UInt16(truncatingIfNeeded: entry.name.utf8.count)) + bytes(0 as UInt16)
      directory +=
        bytes(entryMark) + bytes(20 as UInt16) + common + [UInt8](repeating: 0, count: 10)
        + bytes(UInt32(truncatingIfNeeded: position)) + Array(entry.name.utf8)
      let local = bytes(localMark) + common + Array(entry.name.utf8)
      parts += [FileSlice(FileBytes(local)), entry.data]
      position += local.count + entry.data.count
      guard position < 0xFFFF_FFFF, entry.name.utf8.count <= 0xFFFF else {
        throw .unsupported("an archive of 4 GiB or more is not written")
      }
    }
    guard entries.count < 0xFFFF else { throw .unsupported("an archive of \(entries.count) members is not written") }
    let count = bytes(UInt16(entries.count))
    let end =
      bytes(endMark) + bytes(0 as UInt32) + count + count + bytes(UInt32(directory.count)) + bytes(UInt32(position))
      + bytes(0 as UInt16)
    return parts + [FileSlice(FileBytes(directory + end))]
  }

  private static func bytes<Word: FixedWidthInteger>(_ word: Word) -> [UInt8] {
    (0..<Word.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }
}
