public import Recurrent

/// An array as NumPy's `.npy` files hold it.
///
///     let input = try NumPyArray(contentsOf: "input.npy").tensor(of: Float.self)
///     try NumPyArray(output.hidden).write(to: "output.npy")  // numpy.load("output.npy")
///
/// Versions 1 to 3 of the format, both orders of elements, both orders of bytes; the numbers of `Kind`. Written are version
/// 1, the C order and the least significant byte first.
public struct NumPyArray: Sendable, Equatable {
  /// The kinds of numbers.
  public enum Kind: String, Sendable, CaseIterable {
    /// Float16, read and not written.
    case float16 = "f2"
    /// Float.
    case float32 = "f4"
    /// Double.
    case float64 = "f8"
    /// Int8.
    case int8 = "i1"
    /// Int16.
    case int16 = "i2"
    /// Int32.
    case int32 = "i4"
    /// Int64.
    case int64 = "i8"
    /// UInt8.
    case uint8 = "u1"
    /// UInt16.
    case uint16 = "u2"
    /// UInt32.
    case uint32 = "u4"
    /// UInt64.
    case uint64 = "u8"

    /// Bytes in a number.
    var byteCount: Int { Int(rawValue.last!.wholeNumberValue!) }
  }

  let header: NumPyHeader
  let data: FileSlice

  /// The kind of the numbers.
  public var kind: Kind { header.kind }
  /// The extent of each dimension.
  public var shape: [Int] { header.shape }

  init(header: NumPyHeader, data: FileSlice) {
    self.header = header
    self.data = data
  }

  // MARK: - From numbers, and to them

  /// An array of float32, or float64 where `Scalar` is Double.
  public init<Scalar>(_ tensor: Tensor<Scalar>) {
    let kind: TensorFile.Kind = Scalar.self == Float.self ? .float : .double
    header = NumPyHeader(kind: kind == .float ? .float32 : .float64, shape: tensor.shape)
    data = kind.bytes(of: tensor.span)
  }

  /// A row of int64.
  public init(integers: [Int]) {
    header = NumPyHeader(kind: .int64, shape: [integers.count])
    data = FileSlice(FileBytes(integers.map { Int64($0).littleEndian }))
  }

  /// The numbers of a floating-point array: exactly where `Scalar` is the wider kind, else rounded to nearest.
  ///
  /// - Complexity: O(count).
  public func tensor<Scalar: RecurrentScalar>(of _: Scalar.Type) throws(NumPyError) -> Tensor<Scalar> {
    switch kind {
    case .float16: Tensor(shape: shape, elements: elements(UInt16.self) { Scalar(Float16(bitPattern: $0)) })
    case .float32: Tensor(shape: shape, elements: elements(UInt32.self) { Scalar(Float(bitPattern: $0)) })
    case .float64: Tensor(shape: shape, elements: elements(UInt64.self) { Scalar(Double(bitPattern: $0)) })
    default: throw .wrongKind(found: kind, wanted: "a floating-point kind")
    }
  }

  /// The numbers of an array of whole numbers, in C order.
  ///
  /// - Complexity: O(count).
  public func integers() throws(NumPyError) -> [Int] {
    switch kind {
    case .int8: return elements(UInt8.self) { Int(Int8(bitPattern: $0)) }
    case .int16: return elements(UInt16.self) { Int(Int16(bitPattern: $0)) }
    case .int32: return elements(UInt32.self) { Int(Int32(bitPattern: $0)) }
    case .int64: return elements(UInt64.self) { Int(Int64(bitPattern: $0)) }
    case .uint8: return elements(UInt8.self) { Int($0) }
    case .uint16: return elements(UInt16.self) { Int($0) }
    case .uint32: return elements(UInt32.self) { Int($0) }
    case .uint64:
      let words = elements(UInt64.self) { $0 }
      if let beyond = words.first(where: { $0 > UInt64(Int.max) }) { throw .outOfRange(beyond) }
      return words.map { Int($0) }
    default: throw .wrongKind(found: kind, wanted: "whole numbers")
    }
  }

  /// The elements in C order.
  @inline(__always)
  private func elements<Word: FixedWidthInteger & BitwiseCopyable, Element>(
    _: Word.Type, _ element: (Word) -> Element
  ) -> [Element] {
    let words = data.words(as: Word.self)
    func number(_ word: Word) -> Element {
      element(header.isBigEndian ? Word(bigEndian: word) : Word(littleEndian: word))
    }
    guard header.isFortran && shape.count > 1 && !words.isEmpty else { return words.map(number) }
    // The first index runs fastest in the file, the last one in C order: we count in C order and walk the file in steps.
    var steps: [Int] = []
    var step = 1
    for extent in shape {
      steps.append(step)
      step *= extent
    }
    var (index, place) = ([Int](repeating: 0, count: shape.count), 0)
    return words.indices.map { _ in
      let result = number(words[place])
      for dimension in shape.indices.reversed() {
        index[dimension] += 1
        place += steps[dimension]
        if index[dimension] < shape[dimension] { break }
        place -= steps[dimension] * shape[dimension]
        index[dimension] = 0
      }
      return result
    }
  }
}
