/// A recurrent node of a file, as far as it can be told without its weights.
public struct ONNXRecurrentNode: Hashable, Sendable {
  /// The operators.
  public enum Cell: String, Sendable {
    /// Gates in the order i o f c.
    case lstm = "LSTM"
    /// Gates in the order z r h.
    case gru = "GRU"
    /// One gate.
    case rnn = "RNN"

    /// G.
    var gateCount: Int {
      switch self {
      case .lstm: 4
      case .gru: 3
      case .rnn: 1
      }
    }
  }

  /// How the steps are walked through.
  public enum Direction: String, Sendable {
    /// From the first to the last.
    case forward
    /// From each sequence's last to the first; the outputs stand in the order of the inputs.
    case reverse
    /// Both.
    case bidirectional

    /// D.
    var count: Int { self == .bidirectional ? 2 : 1 }
  }

  /// The node's own name or, where it has none, that of its first output; inside a branch or a loop, with what is around
  /// it: "If_0/then_branch/lstm".
  public let name: String
  /// The operator.
  public let cell: Cell
  /// The directions; nil where the file has a word for them that is not known.
  public let direction: Direction?
  /// I, or nil where the weights are not an initializer of the graph.
  public let inputSize: Int?
  /// H, or nil where neither an attribute nor an initializer says it.
  public let hiddenSize: Int?
}
