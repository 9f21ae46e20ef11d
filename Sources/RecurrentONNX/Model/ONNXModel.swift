internal import ONNXSchema
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// An ONNX file: what recurrent nodes are in it, and their layers.
///
///     let model = try ONNXModel(contentsOf: "tagger.onnx")
///     for node in model.recurrentNodes { print(node.name, node.cell, node.hiddenSize ?? 0) }
///     let lstm = try LSTM<Float>(from: model, named: "encoder")
///
/// Any file can be listed, one with operators that are not known too; `ONNXProgram` runs a whole graph. The operators are
/// those of the versions 7 to 28 of the default domain. Model-local functions are not looked into, and external data are
/// not read. Reading takes time and memory in proportion to the file, whatever it says of itself.
public struct ONNXModel: Sendable {
  /// The version of the operators of the default domain.
  public let operatorSet: Int
  /// Every LSTM, GRU and RNN, also inside branches and loops, in the order of the file.
  public let recurrentNodes: [ONNXRecurrentNode]
  /// The graph first; then those inside its nodes, each after what is around it.
  let scopes: [GraphScope]
  /// Where each of the recurrent nodes stands.
  let recurrentIndices: [NodeIndex]

  /// The versions of the operators whose meaning is known.
  static let operatorSets = 7...28

  /// The model in a file.
  public init(contentsOf path: String) throws(ONNXError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    try self.init(data)
  }

  /// The model in the bytes of a file.
  public init(bytes: [UInt8]) throws(ONNXError) { try self.init(Data(bytes)) }

  private init(_ data: Data) throws(ONNXError) {
    var options = BinaryDecodingOptions()
    options.discardUnknownFields = true
    let proto: Onnx_ModelProto
    do {
      proto = try Onnx_ModelProto(serializedBytes: data, options: options)
    } catch {
      throw .malformed("\(error)")
    }
    guard proto.hasGraph else { throw .malformed("there is no graph in it") }
    let sets = proto.opsetImport.filter { isDefaultDomain($0.domain) }
    guard sets.count == 1 else { throw .malformed("\(sets.count) versions of the operators in place of 1") }
    operatorSet = Int(sets[0].version)
    guard Self.operatorSets.contains(operatorSet) else {
      throw .malformed(
        "version \(operatorSet) of the operators; those from \(Self.operatorSets.lowerBound) to "
          + "\(Self.operatorSets.upperBound) are known")
    }
    var scopes: [GraphScope] = []
    try Self.collect(proto.graph, path: "", parent: nil, into: &scopes)
    self.scopes = scopes

    var (nodes, indices): ([ONNXRecurrentNode], [NodeIndex]) = ([], [])
    for (scopeIndex, scope) in scopes.enumerated() {
      for (index, node) in scope.nodes.enumerated() where isDefaultDomain(node.domain) {
        guard let cell = ONNXRecurrentNode.Cell(rawValue: node.opType) else { continue }
        nodes.append(ONNXRecurrentNode(node, cell, name: scope.name(of: index).name, in: scope))
        indices.append(NodeIndex(scope: scopeIndex, index: index))
      }
    }
    (recurrentNodes, recurrentIndices) = (nodes, indices)
  }

  private static func collect(
    _ graph: Onnx_GraphProto, path: String, parent: Int?, into scopes: inout [GraphScope]
  ) throws(ONNXError) {
    let (index, scope) = (scopes.count, try GraphScope(graph, path: path, parent: parent))
    scopes.append(scope)
    for (place, node) in graph.node.enumerated() {
      for attribute in node.attribute {
        for graph in (attribute.hasG ? [attribute.g] : []) + attribute.graphs {
          let path = "\(scope.name(of: place).name)/\(attribute.name)/"
          try collect(graph, path: path, parent: index, into: &scopes)
        }
      }
    }
  }

  /// The one recurrent node of this name.
  func index(ofNode name: String) throws(ONNXError) -> NodeIndex {
    let places = recurrentNodes.indices.filter { recurrentNodes[$0].name == name }
    guard places.count == 1 else {
      let names = recurrentNodes.prefix(20).map { "'\($0.name)'" }.joined(separator: ", ")
      throw .noSuchNode(
        name: name,
        reason: places.isEmpty
          ? "there is no recurrent node of this name; there \(names.isEmpty ? "is none at all" : "are \(names)")"
          : "\(places.count) recurrent nodes have this name")
    }
    return recurrentIndices[places[0]]
  }

  /// A node with its attributes still to be read.
  func reader(_ node: NodeIndex) throws(ONNXError) -> NodeReader {
    let scope = scopes[node.scope]
    return try NodeReader(scope.nodes[node.index], name: scope.name(of: node.index), operatorSet: operatorSet)
  }
}

/// Whether the operators of a domain are those of the specification.
func isDefaultDomain(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

extension ONNXRecurrentNode {
  fileprivate init(_ node: Onnx_NodeProto, _ cell: Cell, name: String, in scope: GraphScope) {
    self.name = name
    self.cell = cell
    func extent(_ input: Int, _ axis: Int) -> Int? {
      guard input < node.input.count, let dims = scope.initializers[node.input[input]]?.dims, axis < dims.count else {
        return nil
      }
      return Int(dims[axis])
    }
    inputSize = extent(1, 2)
    hiddenSize = node.attribute.first { $0.name == "hidden_size" && $0.type == .int }.map { Int($0.i) } ?? extent(2, 2)
    let word = node.attribute.first { $0.name == "direction" }?.s
    direction = word.map { Direction(rawValue: String(decoding: $0, as: UTF8.self)) } ?? .forward
  }
}
