internal import ONNXSchema
internal import Recurrent

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// The most dimensions that a tensor of a file may have.
let rankLimit = 32

extension Onnx_TensorProto {
  /// What a constant of a file says.
  ///
  /// Float, float16 and bfloat16 are exact in either scalar; a double is rounded to nearest where the graph computes in
  /// Float.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func value<Scalar: RecurrentScalar>(_ name: String, _: Scalar.Type) throws(ONNXError) -> ONNXValue<Scalar> {
    func numbers<Element>(_ elements: [Element], _ convert: (Element) -> Scalar) throws(ONNXError) -> ONNXValue<Scalar>
    {
      .numbers(Tensor(shape: try shape(name, holding: elements.count), elements: elements.map(convert)))
    }
    func integers<Element: FixedWidthInteger>(_ elements: [Element]) throws(ONNXError) -> ONNXValue<Scalar> {
      .integers(ONNXIntegers(shape: try shape(name, holding: elements.count), elements: elements.map { Int($0) }))
    }
    func fail(_ reason: String) -> ONNXError { .badTensor(name: name, reason: reason) }

    guard dataLocation == .default else { throw fail("its data stand in another file, and external data are not read") }
    guard !hasSegment else { throw fail("it is a segment of a larger tensor, which is not served") }
    let type = DataType(rawValue: Int(dataType)) ?? .undefined
    switch type {
    case .float:
      guard hasRawData else { return try numbers(floatData) { Scalar($0) } }
      return try numbers(words(name, UInt32.self, beside: floatData.count)) { Scalar(Float(bitPattern: $0)) }
    case .double:
      guard hasRawData else { return try numbers(doubleData) { Scalar($0) } }
      return try numbers(words(name, UInt64.self, beside: doubleData.count)) { Scalar(Double(bitPattern: $0)) }
    case .float16:
      return try numbers(halves(name)) { Scalar(Float(Float16(bitPattern: $0))) }
    case .bfloat16:
      return try numbers(halves(name)) { Scalar(Float(bitPattern: UInt32($0) << 16)) }
    case .int32:
      return try hasRawData ? integers(words(name, Int32.self, beside: int32Data.count)) : integers(int32Data)
    case .int64:
      return try hasRawData ? integers(words(name, Int64.self, beside: int64Data.count)) : integers(int64Data)
    default:
      throw fail("elements of type \(type == .undefined ? "\(dataType)" : "\(type)"), which are not served")
    }
  }

  /// The shape, which must hold as many elements as there are.
  private func shape(_ name: String, holding count: Int) throws(ONNXError) -> [Int] {
    guard dims.count <= rankLimit else {
      throw .badTensor(name: name, reason: "\(dims.count) dimensions, and the limit is \(rankLimit)")
    }
    let shape = dims.map { Int($0) }
    guard let wanted = elementCount(of: shape) else {
      throw .badTensor(name: name, reason: "shape \(shape), which no tensor can have")
    }
    guard wanted == count else {
      throw .badTensor(name: name, reason: "data of \(count) elements for shape \(shape), which holds \(wanted)")
    }
    return shape
  }

  /// The raw data, little-endian as the format has them.
  private func words<Word: FixedWidthInteger>(
    _ name: String, _: Word.Type, beside typed: Int
  ) throws(ONNXError) -> [Word] {
    guard typed == 0 else {
      throw .badTensor(name: name, reason: "both raw data and \(typed) typed elements")
    }
    let (bytes, size) = ([UInt8](rawData), Word.bitWidth / 8)
    guard bytes.count.isMultiple(of: size) else {
      throw .badTensor(name: name, reason: "\(bytes.count) bytes of raw data, no multiple of \(size)")
    }
    return stride(from: 0, to: bytes.count, by: size).map { start in
      (0..<size).reduce(0) { $0 | Word(truncatingIfNeeded: bytes[start + $1]) << (8 * $1) }
    }
  }

  /// Numbers of 16 bits, each in 32 where they are typed.
  private func halves(_ name: String) throws(ONNXError) -> [UInt16] {
    if hasRawData { return try words(name, UInt16.self, beside: int32Data.count) }
    return int32Data.map { UInt16(truncatingIfNeeded: $0) }
  }
}
