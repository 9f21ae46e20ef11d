import Foundation
import ONNXSchema
import Recurrent
import RecurrentONNX
import SwiftProtobuf
import Testing

/// A node test of ONNX.
struct SpecifiedCase: Decodable, Sendable {
  let test, op: String
  let opset: Int
  let attributes: [String: Attribute]
  let nodeInputs, nodeOutputs: [String]
  let inputs, outputs: [Part]

  enum CodingKeys: String, CodingKey {
    case test, op, opset, attributes, inputs, outputs
    case nodeInputs = "node_inputs"
    case nodeOutputs = "node_outputs"
  }

  enum Attribute: Decodable, Sendable {
    case word(String), number(Int)

    init(from decoder: any Swift.Decoder) throws {
      let container = try decoder.singleValueContainer()
      self = try (try? container.decode(Int.self)).map { .number($0) } ?? .word(container.decode(String.self))
    }
  }

  struct Part: Decodable, Sendable {
    let name: String
    let shape: [Int]
    let data: [Double]
  }

  func nodeCase(hasConstantWeights: Bool) throws -> NodeCase {
    let names = ["X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P"]
    var node = Onnx_NodeProto()
    (node.opType, node.name, node.output) = (op, "node", nodeOutputs)
    for (name, value) in attributes {
      var attribute = Onnx_AttributeProto()
      attribute.name = name
      switch value {
      case .number(let number): (attribute.type, attribute.i) = (.int, Int64(number))
      case .word(let word): (attribute.type, attribute.s) = (.string, Data(word.utf8))
      }
      node.attribute.append(attribute)
    }
    var model = Onnx_ModelProto()
    model.opsetImport = [.with { $0.version = Int64(opset) }]
    var values: [String: ONNXValue<Double>] = [:]
    // By their places: the files call sequence_lens by different names.
    for (place, given) in nodeInputs.enumerated() where !given.isEmpty {
      let part = try #require(inputs.first { $0.name == given })
      let name = names[place]
      if hasConstantWeights && ["W", "R", "B", "P"].contains(name) {
        model.graph.initializer.append(
          .with {
            ($0.name, $0.dims, $0.dataType) = (name, part.shape.map { Int64($0) }, 1)
            $0.floatData = part.data.map { Float($0) }
          })
      } else {
        model.graph.input.append(.with { $0.name = name })
        values[name] =
          name == "sequence_lens"
          ? .integers(ONNXIntegers(part.data.map { Int($0) }))
          : .numbers(Tensor(shape: part.shape, elements: part.data))
      }
    }
    node.input = nodeInputs.enumerated().map { $1.isEmpty ? "" : names[$0] }
    model.graph.node = [node]
    model.graph.output = nodeOutputs.filter { !$0.isEmpty }.map { name in .with { $0.name = name } }
    var isBatchMajor = false
    if case .number(1)? = attributes["layout"] { isBatchMajor = true }
    return NodeCase(
      model: try ONNXModel(bytes: model.serializedBytes()), inputs: values,
      outputs: Dictionary(
        uniqueKeysWithValues: outputs.map { ($0.name, Tensor(shape: $0.shape, elements: $0.data)) }),
      isBatchMajor: isBatchMajor)
  }
}
