public import Recurrent

/// Named tensors and a little text, as a file in the safetensors format holds them.
///
/// The format (github.com/huggingface/safetensors): eight bytes with the length of the header, little-endian; the header,
/// a JSON object with `dtype`, `shape` and `data_offsets` of each tensor, and text under `__metadata__`; then the data,
/// row-major and little-endian, without gaps. Read strictly, and written in the order of the names, so that the same
/// tensors give the same bytes.
public struct TensorFile: Sendable, Equatable {
  /// The kinds of numbers that are read and written.
  public enum Kind: String, Sendable, CaseIterable {
    /// Float.
    case float = "F32"
    /// Double.
    case double = "F64"
    /// Int64.
    case integer = "I64"
    /// UInt8.
    case byte = "U8"

    /// Bytes in a number.
    var byteCount: Int {
      switch self {
      case .float: 4
      case .double, .integer: 8
      case .byte: 1
      }
    }
  }

  /// A tensor as it is stored.
  struct Entry: Sendable, Equatable {
    let kind: Kind
    let shape: [Int]
    let bytes: [UInt8]
  }

  /// Free text, by name.
  public var metadata: [String: String]
  var entries: [String: Entry] = [:]

  /// A file without tensors.
  public init(metadata: [String: String] = [:]) { self.metadata = metadata }

  /// The names of all tensors, in ascending order.
  public var names: [String] { entries.keys.sorted() }

  /// The kind and shape of a tensor, or nil where there is none of that name.
  public func description(of name: String) -> (kind: Kind, shape: [Int])? {
    entries[name].map { ($0.kind, $0.shape) }
  }

  // MARK: - Writing to it

  /// Adds a tensor, as F32 where it is of Float, else as F64.
  public mutating func set<Scalar>(_ name: String, _ tensor: Tensor<Scalar>) {
    if Scalar.self == Float.self {
      set(name, .float, tensor.shape, rawBytes(of: tensor.elements.map { Float($0).bitPattern.littleEndian }))
    } else {
      set(name, .double, tensor.shape, rawBytes(of: tensor.elements.map { Double($0).bitPattern.littleEndian }))
    }
  }

  /// Adds whole numbers, as I64.
  public mutating func set(_ name: String, integers: [Int]) {
    set(name, .integer, [integers.count], rawBytes(of: integers.map { UInt64(bitPattern: Int64($0)).littleEndian }))
  }

  /// Adds bytes, as U8.
  public mutating func set(_ name: String, bytes: [UInt8]) { set(name, .byte, [bytes.count], bytes) }

  private mutating func set(_ name: String, _ kind: Kind, _ shape: [Int], _ bytes: [UInt8]) {
    require(name != "__metadata__", "TensorFile: a tensor named '\(name)'")
    entries[name] = Entry(kind: kind, shape: shape, bytes: bytes)
  }

  // MARK: - Reading from it

  /// The tensor of a name, which must be of this kind of number and, where `shape` is given, of that shape.
  public func tensor<Scalar>(
    _ name: String, shape: [Int]? = nil, of _: Scalar.Type
  ) throws(TensorFileError) -> Tensor<Scalar> {
    let elements: [Scalar]
    let entry: Entry
    if Scalar.self == Float.self {
      entry = try find(name, .float, shape)
      elements = words(of: entry.bytes, as: UInt32.self).map { Scalar(Float(bitPattern: $0)) }
    } else {
      entry = try find(name, .double, shape)
      elements = words(of: entry.bytes, as: UInt64.self).map { Scalar(Double(bitPattern: $0)) }
    }
    return Tensor(shape: entry.shape, elements: elements)
  }

  /// The whole numbers of a name, which must be `count`.
  public func integers(_ name: String, count: Int) throws(TensorFileError) -> [Int] {
    let entry = try find(name, .integer, [count])
    return words(of: entry.bytes, as: UInt64.self).map { Int(Int64(bitPattern: $0)) }
  }

  /// The bytes of a name.
  public func bytes(_ name: String) throws(TensorFileError) -> [UInt8] { try find(name, .byte, nil).bytes }

  private func find(_ name: String, _ kind: Kind, _ shape: [Int]?) throws(TensorFileError) -> Entry {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard entry.kind == kind else { throw .wrongKind(name, found: entry.kind, wanted: kind) }
    if let shape, entry.shape != shape { throw .wrongShape(name, found: entry.shape, wanted: shape) }
    return entry
  }
}

/// The bytes of words that are in the file's byte order already.
private func rawBytes<Word: FixedWidthInteger>(of words: [Word]) -> [UInt8] {
  unsafe words.withUnsafeBytes { unsafe [UInt8]($0) }
}

/// The words that `bytes` hold in the file's byte order.
private func words<Word: FixedWidthInteger>(of bytes: [UInt8], as _: Word.Type) -> [Word] {
  unsafe bytes.withUnsafeBytes { bytes in
    (0..<bytes.count / MemoryLayout<Word>.size).map { index in
      unsafe Word(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<Word>.size, as: Word.self))
    }
  }
}
