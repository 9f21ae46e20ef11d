/// Reads the JSON of a header, and nothing else that JSON can say: two levels, whose values are strings and lists of whole
/// numbers.
///
/// Strict where Foundation's decoder is not: that takes one of two tensors of the same name without a word, so that two
/// readers would see two files.
struct HeaderReader {
  /// What the header says of a tensor.
  struct Place {
    let name: String
    let dtype: String
    let shape: [Int]
    let offsets: [Int]
  }

  /// The most dimensions that a tensor may have.
  static let rankLimit = 64

  private let text: [UInt8]
  private var position = 0

  /// Reads the text and the tensors of a header.
  static func read(_ text: [UInt8]) throws(TensorFileError) -> (metadata: [String: String], places: [Place]) {
    var reader = HeaderReader(text: text)
    var metadata: [String: String]?
    var places: [Place] = []
    var names: Set<String> = []
    try reader.readMembers { reader, name throws(TensorFileError) in
      guard names.insert(name).inserted else { throw .badHeader("there are two members '\(name)'") }
      if name == TensorFile.metadataName {
        metadata = try reader.readMetadata()
      } else {
        places.append(try reader.readPlace(of: name))
      }
    }
    reader.skipSpace()
    guard reader.position == text.count else { throw reader.failure("the end") }
    return (metadata ?? [:], places)
  }

  private init(text: [UInt8]) { self.text = text }

  private mutating func readMetadata() throws(TensorFileError) -> [String: String] {
    var metadata: [String: String] = [:]
    try readMembers { reader, name throws(TensorFileError) in
      guard metadata.updateValue(try reader.readString(), forKey: name) == nil else {
        throw .badHeader("there are two texts '\(name)'")
      }
    }
    return metadata
  }

  private mutating func readPlace(of name: String) throws(TensorFileError) -> Place {
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    try readMembers { reader, key throws(TensorFileError) in
      switch key {
      case "dtype" where dtype == nil: dtype = try reader.readString()
      case "shape" where shape == nil: shape = try reader.readNumbers(of: name)
      case "data_offsets" where offsets == nil: offsets = try reader.readNumbers(of: name)
      default: throw .badHeader("tensor '\(name)' has a second or unknown member '\(key)'")
      }
    }
    guard let dtype, let shape, let offsets else {
      let missing = dtype == nil ? "dtype" : shape == nil ? "shape" : "data_offsets"
      throw .badHeader("tensor '\(name)' has no \(missing)")
    }
    return Place(name: name, dtype: dtype, shape: shape, offsets: offsets)
  }

  // MARK: - JSON

  /// Reads an object; `readValue` reads the value of each member.
  private mutating func readMembers(
    _ readValue: (inout HeaderReader, String) throws(TensorFileError) -> Void
  ) throws(TensorFileError) {
    try expect("{")
    if take("}") { return }
    repeat {
      let name = try readString()
      try expect(":")
      try readValue(&self, name)
    } while take(",")
    try expect("}")
  }

  private mutating func readNumbers(of name: String) throws(TensorFileError) -> [Int] {
    var numbers: [Int] = []
    try expect("[")
    if take("]") { return numbers }
    repeat {
      guard numbers.count < Self.rankLimit else {
        throw .badTensor(name, reason: "it has more than \(Self.rankLimit) dimensions")
      }
      numbers.append(try readNumber(of: name))
    } while take(",")
    try expect("]")
    return numbers
  }

  private mutating func readNumber(of name: String) throws(TensorFileError) -> Int {
    skipSpace()
    let start = position
    if position < text.count, text[position] == UInt8(ascii: "-") { position += 1 }
    while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) { position += 1 }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    guard !digits.isEmpty, digits != "-" else { throw failure("a whole number") }
    guard let number = Int(digits) else { throw .badTensor(name, reason: "a number of \(digits.count) digits") }
    return number
  }

  private mutating func readString() throws(TensorFileError) -> String {
    try expect("\"")
    var bytes: [UInt8] = []
    while position < text.count {
      let byte = text[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: bytes, as: UTF8.self) else { throw failure("UTF-8") }
        return string
      case UInt8(ascii: "\\"): bytes.append(contentsOf: try readEscape())
      case 0..<0x20: throw failure("a string")
      default: bytes.append(byte)
      }
    }
    throw failure("the end of a string")
  }

  private mutating func readEscape() throws(TensorFileError) -> [UInt8] {
    guard position < text.count else { throw failure("the end of a string") }
    let letter = text[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      var units = [try readUnit()]
      if UTF16.isLeadSurrogate(units[0]), text[position...].starts(with: Array("\\u".utf8)) {
        position += 2
        units.append(try readUnit())
      }
      guard let string = String(validating: units, as: UTF16.self) else { throw failure("a character") }
      return Array(string.utf8)
    default: throw failure("an escape of JSON")
    }
  }

  private mutating func readUnit() throws(TensorFileError) -> UInt16 {
    let digits = String(decoding: text[position...].prefix(4), as: UTF8.self)
    guard digits.utf8.count == 4, !digits.hasPrefix("+"), !digits.hasPrefix("-"), let unit = UInt16(digits, radix: 16)
    else { throw failure("four hexadecimal digits") }
    position += 4
    return unit
  }

  private mutating func expect(_ symbol: Unicode.Scalar) throws(TensorFileError) {
    guard take(symbol) else { throw failure("'\(symbol)'") }
  }

  /// Whether `symbol` comes next, which is then behind us.
  private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: symbol) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private func failure(_ wanted: String) -> TensorFileError { .badHeader("at byte \(position) there is not \(wanted)") }
}
