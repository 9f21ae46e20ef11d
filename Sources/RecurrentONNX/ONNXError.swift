/// What is wrong with an ONNX file, or with what a graph was given. Nothing of a file is ignored in silence: what this
/// library does not know is an error that says where.
public enum ONNXError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file cannot be read.
  case unreadable(path: String, reason: String)
  /// The bytes are no ONNX model, or one of a version that is not known.
  case malformed(String)
  /// A constant whose shape, type and data do not agree, or are not served.
  case badTensor(name: String, reason: String)
  /// Values that do not fit together, such as a cycle.
  case badGraph(String)
  /// A node that breaks the specification, in one of its attributes or in its inputs.
  case badNode(ONNXNodeName, attribute: String?, reason: String)
  /// A node, or an attribute of it, that is not served.
  case unsupported(ONNXNodeName, attribute: String?, reason: String)
  /// No recurrent node, or more than one, has this name.
  case noSuchNode(name: String, reason: String)
  /// A value that the caller gave, or did not give, to a graph.
  case badInput(name: String, reason: String)
  /// A value that would have more elements than the caller allows.
  case tooLarge(ONNXNodeName, reason: String)

  /// A sentence that says what, where, and the numbers.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .malformed(let reason): "not an ONNX model: \(reason)"
    case .badTensor(let name, let reason): "tensor '\(name)': \(reason)"
    case .badGraph(let reason): "the graph: \(reason)"
    case .badNode(let node, let attribute, let reason), .unsupported(let node, let attribute, let reason):
      "\(node)" + (attribute.map { ", attribute '\($0)'" } ?? "") + ": \(reason)"
    case .noSuchNode(let name, let reason): "node '\(name)': \(reason)"
    case .badInput(let name, let reason): "input '\(name)': \(reason)"
    case .tooLarge(let node, let reason): "\(node): \(reason)"
    }
  }
}

/// A node as an error names it.
public struct ONNXNodeName: Hashable, Sendable, CustomStringConvertible {
  /// The node's own name or, where it has none, that of its first output; inside a branch or a loop, with what is around
  /// it: "If_0/then_branch/lstm".
  public let name: String
  /// Its operator: "LSTM".
  public let operatorName: String

  /// "node 'encoder' (LSTM)".
  public var description: String { "node '\(name)' (\(operatorName))" }
}
