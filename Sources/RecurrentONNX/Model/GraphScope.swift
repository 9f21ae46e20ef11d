internal import ONNXSchema

/// The names of a graph, or of a graph inside a node, which also sees the names around it.
struct GraphScope: Sendable {
  /// What stands in front of the names of its nodes: "", or "If_0/then_branch/".
  let path: String
  /// The scope around it, by its index in the model.
  let parent: Int?
  let inputs: [Onnx_ValueInfoProto]
  let outputs: [String]
  let nodes: [Onnx_NodeProto]
  /// The names of the inputs.
  let given: Set<String>
  private(set) var initializers: [String: Onnx_TensorProto] = [:]
  /// The node that makes a value.
  private(set) var producers: [String: Int] = [:]

  init(_ graph: Onnx_GraphProto, path: String, parent: Int?) throws(ONNXError) {
    (self.path, self.parent) = (path, parent)
    (inputs, nodes, outputs) = (graph.input, graph.node, graph.output.map(\.name))
    given = Set(graph.input.map(\.name))
    guard path.utf8.count <= Self.pathLimit else {
      throw .badGraph("a graph inside nodes whose names have \(path.utf8.count) bytes; the limit is \(Self.pathLimit)")
    }
    for tensor in graph.initializer {
      guard initializers.updateValue(tensor, forKey: tensor.name) == nil else {
        throw .badGraph("two initializers '\(tensor.name)'")
      }
    }
    if let tensor = graph.sparseInitializer.first {
      throw .badTensor(name: tensor.values.name, reason: "a sparse initializer, which is not served")
    }
    for (index, node) in graph.node.enumerated() {
      for output in node.output where !output.isEmpty {
        guard producers.updateValue(index, forKey: output) == nil, initializers[output] == nil, !given.contains(output)
        else { throw .badGraph("\(name(of: index)) makes '\(output)', which is there already") }
      }
    }
  }

  /// What an error calls a node.
  func name(of index: Int) -> ONNXNodeName {
    let node = nodes[index]
    let name = node.name.isEmpty ? node.output.first { !$0.isEmpty } ?? "" : node.name
    return ONNXNodeName(name: path + name, operatorName: node.opType)
  }

  /// The longest path, which stands in the name of every node that is listed.
  private static let pathLimit = 512
}

/// A node of a model: its scope, and its index there.
struct NodeIndex: Hashable, Comparable {
  let scope: Int
  let index: Int

  static func < (a: NodeIndex, b: NodeIndex) -> Bool { (a.scope, a.index) < (b.scope, b.index) }
}
