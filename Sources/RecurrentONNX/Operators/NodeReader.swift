internal import ONNXSchema

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// A node as its operator reads it: an attribute that nobody has read by the end is an error.
struct NodeReader {
  let name: ONNXNodeName
  /// The version of the operators.
  let operatorSet: Int
  let inputs: [String]
  let outputs: [String]
  private var attributes: [String: Onnx_AttributeProto] = [:]

  init(_ proto: Onnx_NodeProto, name: ONNXNodeName, operatorSet: Int) throws(ONNXError) {
    self.name = name
    self.operatorSet = operatorSet
    inputs = proto.input
    outputs = proto.output
    for attribute in proto.attribute {
      if attributes.updateValue(attribute, forKey: attribute.name) != nil {
        throw bad(attribute.name, "it is there twice")
      }
      if !attribute.refAttrName.isEmpty {
        throw .unsupported(name, attribute: attribute.name, reason: "it refers to an attribute of a function")
      }
    }
  }

  /// Throws where an attribute has not been read: one that the operator, or this library, does not know.
  func finish() throws(ONNXError) {
    guard let name = attributes.keys.min() else { return }
    throw .unsupported(self.name, attribute: name, reason: "an attribute that is not known")
  }

  /// An error about this node.
  func bad(_ attribute: String? = nil, _ reason: String) -> ONNXError {
    .badNode(name, attribute: attribute, reason: reason)
  }

  mutating func int(_ name: String) throws(ONNXError) -> Int? {
    try take(name, .int).map { Int($0.i) }
  }

  /// 0 or 1; false where there is none.
  mutating func flag(_ name: String) throws(ONNXError) -> Bool {
    let value = try int(name) ?? 0
    guard value == 0 || value == 1 else { throw bad(name, "\(value), where 0 and 1 are the values") }
    return value == 1
  }

  mutating func ints(_ name: String) throws(ONNXError) -> [Int]? { try take(name, .ints)?.ints.map { Int($0) } }
  mutating func float(_ name: String) throws(ONNXError) -> Float? { try take(name, .float)?.f }
  mutating func floats(_ name: String) throws(ONNXError) -> [Float]? { try take(name, .floats)?.floats }
  mutating func tensor(_ name: String) throws(ONNXError) -> Onnx_TensorProto? { try take(name, .tensor)?.t }

  mutating func string(_ name: String) throws(ONNXError) -> String? {
    try take(name, .string).map { String(decoding: $0.s, as: UTF8.self) }
  }

  mutating func strings(_ name: String) throws(ONNXError) -> [String]? {
    try take(name, .strings)?.strings.map { String(decoding: $0, as: UTF8.self) }
  }

  private mutating func take(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType
  ) throws(ONNXError) -> Onnx_AttributeProto? {
    guard let attribute = attributes.removeValue(forKey: name) else { return nil }
    guard attribute.type == type else { throw bad(name, "of type \(attribute.type), where it is one of \(type)") }
    return attribute
  }
}
