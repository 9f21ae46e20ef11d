extension TensorFile {
  /// The member of a header that holds text, not a tensor.
  static let metadataName = "__metadata__"

  /// The whole file. The header is filled up with spaces, so that the data begin at a multiple of 8.
  public func encoded() -> [UInt8] {
    let (header, data) = parts()
    var bytes = header
    bytes.reserveCapacity(data.reduce(header.count) { $0 + $1.count })
    for part in data { unsafe part.bytes.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// Writes a file so that, whenever the program or the machine stops, `path` holds the old file or this one, whole.
  ///
  /// (A temporary file in the same folder, fsync, rename, fsync of the folder.)
  public func write(to path: String) throws(TensorFileError) {
    let (header, data) = parts()
    do throws(FileError) {
      try DurableFile.write([FileSlice(FileBytes(header))] + data, to: path)
    } catch {
      throw .system(error)
    }
  }

  /// The length and the header; then the data of each tensor.
  private func parts() -> (header: [UInt8], data: [FileSlice]) {
    // Wide numbers first, so that each stands at a multiple of its size.
    let order = entries.sorted { a, b in
      let (wide, narrow) = (a.value.kind.byteCount, b.value.kind.byteCount)
      return wide == narrow ? a.key < b.key : wide > narrow
    }
    var members = metadata.isEmpty ? [] : [Self.quoted(Self.metadataName) + ":" + Self.object(metadata)]
    var end = 0
    for (name, entry) in order {
      let shape = entry.shape.map(String.init).joined(separator: ",")
      let start = end
      end += entry.data.count
      let place = "\"data_offsets\":[\(start),\(end)]"
      members.append(#"\#(Self.quoted(name)):{"dtype":"\#(entry.kind.rawValue)","shape":[\#(shape)],\#(place)}"#)
    }
    var header = Array("{\(members.joined(separator: ","))}".utf8)
    header += [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) }
    return (length + header, order.map(\.value.data))
  }

  private static func object(_ texts: [String: String]) -> String {
    let members = texts.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
    return "{\(members.joined(separator: ","))}"
  }

  /// A string of JSON.
  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": quoted += "\\\(scalar)"
      case "\u{0}"..<"\u{20}": quoted += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
