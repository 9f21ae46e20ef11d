internal import Recurrent

/// The attributes of a recurrent node, each in our terms.
struct RecurrentOptions: Sendable {
  let cell: ONNXRecurrentNode.Cell
  /// H, where the node says it.
  let hiddenSize: Int?
  let direction: ONNXRecurrentNode.Direction
  /// For each direction the functions f g h, f g, or f; those of pre-activations clipped where the node clips.
  let activations: [[Activation]]
  let couplesForget: Bool
  let reset: GRUReset
  let layout: SequenceLayout

  init(_ node: inout NodeReader, _ cell: ONNXRecurrentNode.Cell) throws(ONNXError) {
    self.cell = cell
    hiddenSize = try node.int("hidden_size")
    let name = try node.string("direction") ?? "forward"
    guard let direction = ONNXRecurrentNode.Direction(rawValue: name) else {
      throw node.bad("direction", "'\(name)', which is none of forward, reverse, bidirectional")
    }
    self.direction = direction
    var activations = try Self.activations(&node, cell, directionCount: direction.count)
    if let bound = try node.float("clip") {
      guard bound > 0 else { throw node.bad("clip", "\(bound), where it must be above 0") }
      // "Applied to the input of activations", says the specification; in ONNX Runtime to that of gates and candidate,
      // after bias and peepholes, and not to C on its way into h.
      if bound < .greatestFiniteMagnitude {
        activations = activations.map { functions in
          functions.enumerated().map { $0 == 2 ? $1 : .clipped($1, bound: Double(bound)) }
        }
      }
    }
    self.activations = activations
    // In ONNX Runtime f = 1 − i: the weights of i are in use, and those of f are not.
    couplesForget = cell == .lstm ? try node.flag("input_forget") : false
    let isLinear = cell == .gru ? try node.flag("linear_before_reset") : false
    reset = isLinear ? .afterProduct : .beforeProduct
    layout = try node.flag("layout") ? .batchMajor : .timeMajor
    try node.finish()
  }

  private static func activations(
    _ node: inout NodeReader, _ cell: ONNXRecurrentNode.Cell, directionCount: Int
  ) throws(ONNXError) -> [[Activation]] {
    let usual = cell.usualActivations
    let names = try node.strings("activations") ?? (0..<directionCount).flatMap { _ in usual }
    guard names.count == usual.count * directionCount else {
      throw node.bad("activations", "\(names.count) in place of \(usual.count * directionCount)")
    }
    var parameters = ActivationParameters(
      alphas: try node.floats("activation_alpha") ?? [], betas: try node.floats("activation_beta") ?? [])
    var activations: [Activation] = []
    for name in names { activations.append(try parameters.activation(name, node)) }
    try parameters.finish(node)
    return (0..<directionCount).map { Array(activations[$0 * usual.count..<($0 + 1) * usual.count]) }
  }
}

extension ONNXRecurrentNode.Cell {
  /// The functions of one direction where the node names none.
  fileprivate var usualActivations: [String] {
    switch self {
    case .lstm: ["Sigmoid", "Tanh", "Tanh"]
    case .gru: ["Sigmoid", "Tanh"]
    case .rnn: ["Tanh"]
    }
  }
}

/// The values of `activation_alpha` and `activation_beta`, which go in order to the functions that have such a parameter,
/// and those of the operator of the same name where they have been used up. A value that nobody takes is an error.
private struct ActivationParameters {
  private var alphas: ArraySlice<Float>
  private var betas: ArraySlice<Float>

  init(alphas: [Float], betas: [Float]) { (self.alphas, self.betas) = (alphas[...], betas[...]) }

  mutating func activation(_ name: String, _ node: NodeReader) throws(ONNXError) -> Activation {
    // ONNX Runtime reads the names in any case.
    switch name.lowercased() {
    case "relu": return .relu
    case "tanh": return .tanh
    case "sigmoid": return .sigmoid
    case "softsign": return .softsign
    case "softplus": return .softplus
    case "leakyrelu": return .leakyReLU(alpha: alpha(0.01))
    // (ONNX Runtime has 0 here.)
    case "thresholdedrelu": return .thresholdedReLU(alpha: alpha(1))
    case "hardsigmoid": return .hardSigmoid(alpha: alpha(0.2), beta: beta(0.5))
    case "elu": return .elu(alpha: alpha(1))
    case "affine", "scaledtanh":
      // The specification has no operator of this name any more, and so no values that are usual.
      guard !alphas.isEmpty, !betas.isEmpty else {
        throw node.bad("activations", "\(name) without an alpha and a beta of its own")
      }
      let (alpha, beta) = (alpha(1), beta(1))
      return name.lowercased() == "affine"
        ? .affine(alpha: alpha, beta: beta) : .scaledTanh(alpha: alpha, beta: beta)
    default: throw .unsupported(node.name, attribute: "activations", reason: "'\(name)', which is not known")
    }
  }

  func finish(_ node: NodeReader) throws(ONNXError) {
    for (name, left) in [("activation_alpha", alphas), ("activation_beta", betas)] where !left.isEmpty {
      throw node.bad(name, "\(left.count) more values than the activations take")
    }
  }

  private mutating func alpha(_ usual: Float) -> Double { Double(alphas.popFirst() ?? usual) }
  private mutating func beta(_ usual: Float) -> Double { Double(betas.popFirst() ?? usual) }
}
