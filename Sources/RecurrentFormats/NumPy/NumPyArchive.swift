/// Named arrays as NumPy's `.npz` files hold them: a zip archive of `.npy` files.
///
///     let archive = try NumPyArchive(contentsOf: "batch.npz")  // numpy.savez("batch.npz", input=…, lengths=…)
///     let input = try archive.array("input").tensor(of: Float.self)
///
/// What `numpy.savez` writes is read, and written. What `numpy.savez_compressed` writes is read by a build with the trait
/// `HDF5`, which brings zlib; without it, it is refused by name, and the archive's other arrays stay readable.
public struct NumPyArchive: Sendable {
  private var members: [String: ZipEntry] = [:]

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
    let entries = try Self.zip { () throws(ZipError) in try ZipDirectory.entries(of: file) }
    for entry in entries {
      let name = entry.name.hasSuffix(".npy") ? String(entry.name.dropLast(4)) : entry.name
      guard members.updateValue(entry, forKey: name) == nil else {
        throw .badArchive("there are two members '\(name)'")
      }
    }
  }

  /// The names of all arrays, in ascending order.
  public var names: [String] { members.keys.sorted() }

  /// The array of a name.
  public func array(_ name: String) throws(NumPyError) -> NumPyArray {
    guard let member = members[name] else { throw .missingArray(name, known: names) }
    return try NumPyArray(Self.zip { () throws(ZipError) in try member.contents() })
  }

  /// Adds an array.
  public mutating func set(_ name: String, _ array: NumPyArray) {
    let data = FileSlice(FileBytes(array.encoded()))
    members[name] = ZipEntry(name: name + ".npy", stored: data)
  }

  /// Writes a file so that, whenever the program or the machine stops, `path` holds the old file or this one, whole.
  ///
  /// Members are written plain. Throws where one is compressed and cannot be read, which would be lost, and where the file
  /// would be of 4 GiB or more.
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
    try Self.zip { () throws(ZipError) in
      var entries: [ZipEntry] = []
      for (name, member) in members.sorted(by: { $0.key < $1.key }) {
        entries.append(member.method == 0 ? member : ZipEntry(name: name + ".npy", stored: try member.contents()))
      }
      return try ZipDirectory.encode(entries)
    }
  }

  /// What `body` does with an archive, whose errors become ours.
  private static func zip<Result>(_ body: () throws(ZipError) -> Result) throws(NumPyError) -> Result {
    do throws(ZipError) {
      return try body()
    } catch {
      switch error {
      case .malformed(let reason): throw .badArchive(reason)
      case .unsupported(let reason): throw .unsupported(reason)
      }
    }
  }
}
