/// What the header of a `.npy` file says: a dictionary in Python's own notation, of three members.
///
///     {'descr': '<f4', 'fortran_order': False, 'shape': (25, 16, 512), }
struct NumPyHeader: Sendable, Equatable {
  let kind: NumPyArray.Kind
  let shape: [Int]
  var isBigEndian = false
  var isFortran = false

  init(kind: NumPyArray.Kind, shape: [Int]) {
    self.kind = kind
    self.shape = shape
  }

  /// The bytes of all numbers; nil where they are beyond Int.
  var byteCount: Int? {
    if shape.contains(0) { return 0 }
    var bytes = kind.byteCount
    for extent in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      if overflow || product > Int.max / 4 { return nil }
      bytes = product
    }
    return bytes
  }

  /// The text of a header.
  var text: String {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    let order = kind.byteCount == 1 ? "|" : isBigEndian ? ">" : "<"
    return
      "{'descr': '\(order)\(kind.rawValue)', 'fortran_order': \(isFortran ? "True" : "False"), 'shape': (\(extents)), }"
  }

  // MARK: - From text

  /// The most dimensions that an array has in NumPy.
  private static let rankLimit = 64

  /// Reads the text of a header.
  init(parsing text: [UInt8]) throws(NumPyError) {
    var reader = LiteralReader(text)
    var kind: (NumPyArray.Kind, isBigEndian: Bool)?
    var isFortran: Bool?
    var shape: [Int]?
    try reader.expect("{")
    while !reader.take("}") {
      let key = try reader.readString()
      try reader.expect(":")
      switch key {
      case "descr" where kind == nil: kind = try Self.kind(reader.readString())
      case "fortran_order" where isFortran == nil: isFortran = try reader.readBool()
      case "shape" where shape == nil: shape = try reader.readTuple(limit: Self.rankLimit)
      default: throw .badHeader("there is a second or unknown member '\(key)'")
      }
      if !reader.take(",") {
        try reader.expect("}")
        break
      }
    }
    try reader.expectEnd()
    guard let kind, let isFortran, let shape else {
      throw .badHeader("a member of descr, fortran_order and shape is missing")
    }
    self.init(kind: kind.0, shape: shape)
    self.isBigEndian = kind.isBigEndian
    self.isFortran = isFortran
  }

  private static func kind(_ descr: String) throws(NumPyError) -> (NumPyArray.Kind, isBigEndian: Bool) {
    let orders: [Character: Bool] = ["<": false, ">": true, "|": false, "=": 1.bigEndian == 1]
    guard let first = descr.first, let isBigEndian = orders[first],
      let kind = NumPyArray.Kind(rawValue: String(descr.dropFirst()))
    else { throw .unsupported("an array of '\(descr)' is not read") }
    guard first != "|" || kind.byteCount == 1 else { throw .badHeader("a descr '\(descr)' without an order of bytes") }
    return (kind, isBigEndian)
  }
}

/// Reads the few of Python's literals that a header has.
private struct LiteralReader {
  private let text: [UInt8]
  private var position = 0

  init(_ text: [UInt8]) { self.text = text }

  mutating func readString() throws(NumPyError) -> String {
    let quote: Unicode.Scalar = take("\"") ? "\"" : "'"
    if quote == "'" { try expect("'") }
    guard let end = text[position...].firstIndex(of: UInt8(ascii: quote)) else { throw failure("the end of a string") }
    defer { position = end + 1 }
    let bytes = text[position..<end]
    guard !bytes.contains(UInt8(ascii: "\\")), let string = String(validating: bytes, as: UTF8.self) else {
      throw failure("a plain string")
    }
    return string
  }

  mutating func readBool() throws(NumPyError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where text[position...].starts(with: word.utf8) {
      position += word.utf8.count
      return value
    }
    throw failure("True or False")
  }

  mutating func readTuple(limit: Int) throws(NumPyError) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !take(")") {
      guard numbers.count < limit else { throw .badHeader("there are more than \(limit) dimensions") }
      numbers.append(try readExtent())
      if !take(",") {
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func readExtent() throws(NumPyError) -> Int {
    skipSpace()
    let digits = text[position...].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard !digits.isEmpty, let number = Int(String(decoding: digits, as: UTF8.self)) else {
      throw failure("an extent from 0 to \(Int.max)")
    }
    position = digits.endIndex
    return number
  }

  mutating func expect(_ symbol: Unicode.Scalar) throws(NumPyError) {
    guard take(symbol) else { throw failure("'\(symbol)'") }
  }

  mutating func expectEnd() throws(NumPyError) {
    skipSpace()
    guard position == text.count else { throw failure("the end") }
  }

  /// Whether `symbol` comes next, which is then behind us.
  mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < text.count, text[position] == UInt8(ascii: symbol) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }

  private func failure(_ wanted: String) -> NumPyError { .badHeader("at byte \(position) there is not \(wanted)") }
}
