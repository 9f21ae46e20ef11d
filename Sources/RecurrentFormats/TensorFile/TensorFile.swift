public import Recurrent

/// Named tensors and a little text, as a file in the safetensors format holds them.
///
/// The format (github.com/huggingface/safetensors): eight bytes with the length of the header, little-endian; the header,
/// a JSON object with `dtype`, `shape` and `data_offsets` of each tensor, and text under `__metadata__`; then the data,
/// row-major and little-endian, without gaps. Read strictly, and written in the order of the names, so that the same
/// tensors give the same bytes.
///
///     var file = try TensorFile(contentsOf: "model.safetensors")  // mapped: no tensor is read yet
///     let weights = try file.tensor("dense.weight", convertedTo: Float.self)
///     file.set("dense.weight", weights)
///     try file.write(to: "model.safetensors")  // the old file or the new one, never a part
///
/// Whole recurrent layers are read by `LSTM(_:named:)` and its kin.
public struct TensorFile: Sendable, Equatable {
  /// A tensor as it is stored.
  struct Entry: Sendable, Equatable {
    let kind: Kind
    let shape: [Int]
    let data: FileSlice
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
    set(name, tensor, as: Kind(of: Scalar.self))
  }

  /// Adds a tensor in some floating-point kind, rounded to nearest where that is the narrower one.
  public mutating func set<Scalar>(_ name: String, _ tensor: Tensor<Scalar>, as kind: Kind) {
    require(kind.isFloatingPoint, "TensorFile: a tensor of \(Scalar.self) in place of \(kind.rawValue)")
    set(name, kind, tensor.shape, kind.bytes(of: tensor.span))
  }

  /// Adds whole numbers, as I64.
  public mutating func set(_ name: String, integers: [Int]) {
    let words = integers.map { Int64($0).littleEndian }
    set(name, .integer, [integers.count], FileSlice(FileBytes(words)))
  }

  /// Adds bytes, as U8.
  public mutating func set(_ name: String, bytes: [UInt8]) {
    set(name, .byte, [bytes.count], FileSlice(FileBytes(bytes)))
  }

  private mutating func set(_ name: String, _ kind: Kind, _ shape: [Int], _ data: FileSlice) {
    require(name != Self.metadataName, "TensorFile: a tensor named '\(name)'")
    entries[name] = Entry(kind: kind, shape: shape, data: data)
  }

  /// Removes a tensor, if there is one of this name.
  public mutating func remove(_ name: String) { entries[name] = nil }

  // MARK: - Reading from it

  /// The tensor of a name, which must be of this kind of number and, where `shape` is given, of that shape.
  public func tensor<Scalar>(
    _ name: String, shape: [Int]? = nil, of _: Scalar.Type
  ) throws(TensorFileError) -> Tensor<Scalar> {
    let entry = try find(name, Kind(of: Scalar.self), shape)
    return Tensor(shape: entry.shape, elements: entry.elements(convertedTo: Scalar.self))
  }

  /// The tensor of a name, which may be of any floating-point kind: exactly where `Scalar` is the wider one, else rounded to
  /// nearest.
  public func tensor<Scalar>(
    _ name: String, shape: [Int]? = nil, convertedTo _: Scalar.Type
  ) throws(TensorFileError) -> Tensor<Scalar> {
    let entry = try findFloatingPoint(name, shape, for: Scalar.self)
    return Tensor(shape: entry.shape, elements: entry.elements(convertedTo: Scalar.self))
  }

  /// The numbers of a tensor where they stand, row-major, without a copy: in a file that was read, in the mapped memory.
  ///
  /// nil where there is no such tensor, where it is of another kind, or lies at an address that such numbers may not have,
  /// which `tensor(_:shape:of:)` knows how to read.
  @_lifetime(borrow self)
  public func span<Scalar: RecurrentScalar>(of name: String, as _: Scalar.Type) -> Span<Scalar>? {
    guard let entry = entries[name], entry.kind == Kind(of: Scalar.self), 1.littleEndian == 1 else { return nil }
    guard let span = entry.data.numbers(as: Scalar.self) else { return nil }
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The whole numbers of a name, which must be `count`.
  public func integers(_ name: String, count: Int) throws(TensorFileError) -> [Int] {
    try find(name, .integer, [count]).data.words(as: Int64.self).map { Int(Int64(littleEndian: $0)) }
  }

  /// The bytes of a name.
  public func bytes(_ name: String) throws(TensorFileError) -> [UInt8] {
    try find(name, .byte, nil).data.words(as: UInt8.self)
  }

  private func find(_ name: String, _ kind: Kind, _ shape: [Int]?) throws(TensorFileError) -> Entry {
    guard let entry = entries[name] else { throw .missingTensor(name) }
    guard entry.kind == kind else { throw .wrongKind(name, found: entry.kind, wanted: kind) }
    if let shape, entry.shape != shape { throw .wrongShape(name, found: entry.shape, wanted: shape) }
    return entry
  }

  /// A tensor of some floating-point kind.
  func findFloatingPoint<Scalar: RecurrentScalar>(
    _ name: String, _ shape: [Int]?, for _: Scalar.Type
  ) throws(TensorFileError) -> Entry {
    let kind = entries[name]?.kind ?? Kind(of: Scalar.self)
    return try find(name, kind.isFloatingPoint ? kind : Kind(of: Scalar.self), shape)
  }
}
