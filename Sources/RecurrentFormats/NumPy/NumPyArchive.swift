/// Named arrays as NumPy's `.npz` files hold them: a zip archive of `.npy` files.
///
///     let archive = try NumPyArchive(contentsOf: "batch.npz")  // numpy.savez("batch.npz", input=…, lengths=…)
///     let input = try archive.array("input").tensor(of: Float.self)
///
/// What `numpy.savez` writes is read, and written. What `numpy.savez_compressed` writes is not read: it is refused by
/// name, and the archive's other arrays stay readable.
public struct NumPyArchive: Sendable {
  private var members: [String: Member] = [:]

  private enum Member: Sendable {
    case stored(FileSlice, checksum: UInt32)
    case compressed(method: UInt16)
  }

  /// An archive without arrays.
  public init() {}

  /// Maps a file; arrays are read when they are asked for.
  public init(contentsOf path: String) throws(NumPyError) {
    let bytes: FileBytes
    do throws(FileError) {
      bytes = try FileBytes(mapping: path)
    } catch {
      throw .system(error)
    }
    try self.init(FileSlice(bytes))
  }

  /// Reads the bytes of a file.
  public init(decoding bytes: [UInt8]) throws(NumPyError) { try self.init(FileSlice(FileBytes(bytes))) }

  private init(_ file: FileSlice) throws(NumPyError) {
    for entry in try ZipDirectory.entries(of: file) {
      let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      let member: Member =
        entry.method == 0 ? .stored(entry.data, checksum: entry.checksum) : .compressed(method: entry.method)
      guard members.updateValue(member, forKey: name) == nil else {
        throw .badArchive("there are two members '\(name)'")
      }
    }
  }

  /// The names of all arrays, in ascending order.
  public var names: [String] { members.keys.sorted() }

  /// The array of a name.
  public func array(_ name: String) throws(NumPyError) -> NumPyArray {
    switch members[name] {
    case .stored(let data, let checksum):
      guard CRC32.checksum([data]) == checksum else { throw .badArchive("the checksum of '\(name)' is another") }
      return try NumPyArray(data)
    case .compressed(let method):
      throw .unsupported("the array '\(name)' is compressed (method \(method)); numpy.savez writes it plain")
    case nil: throw .missingArray(name, known: names)
    }
  }

  /// Adds an array.
  public mutating func set(_ name: String, _ array: NumPyArray) {
    let data = FileSlice(FileBytes(array.encoded()))
    members[name] = .stored(data, checksum: CRC32.checksum([data]))
  }

  /// Writes a file so that, whenever the program or the machine stops, `path` holds the old file or this one, whole.
  ///
  /// Throws where there is a compressed member, which would be lost, and where the file would be of 4 GiB or more.
  public func write(to path: String) throws(NumPyError) {
    let parts = try self.parts()
    do throws(FileError) {
      try DurableFile.write(parts, to: path)
    } catch {
      throw .system(error)
    }
  }

  /// The whole file.
  public func encoded() throws(NumPyError) -> [UInt8] { try parts().flatMap { $0.words(as: UInt8.self) } }

  private func parts() throws(NumPyError) -> [FileSlice] {
    var entries: [ZipDirectory.Entry] = []
    for (name, member) in members.sorted(by: { $0.key < $1.key }) {
      guard case .stored(let data, let checksum) = member else {
        throw .unsupported("the array '\(name)' is compressed")
      }
      entries.append(ZipDirectory.Entry(name: name + ".npy", method: 0, checksum: checksum, data: data))
    }
    return try ZipDirectory.encode(entries)
  }
}
