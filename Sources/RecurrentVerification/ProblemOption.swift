/// What a problem may be besides its sizes: a word of its string, such as the last one of gru:T25xN16xI512xH512xbefore.
package enum ProblemOption: String, CaseIterable, Sendable {
  /// Both directions.
  case bidirectional = "bi"
  /// The reset gate acts on h before the recurrent product, not on the product.
  case resetBefore = "before"
  /// ReLU in place of tanh.
  case relu
  /// Sequences of all lengths from 1 to T, spread evenly, in no order.
  case ragged
  /// Silence after the first step, and no biases: states decay through the denormal numbers to 0.
  case decay

  /// The only cell that has it, or nil where all have.
  var cell: Problem.Cell? {
    switch self {
    case .resetBefore: .gru
    case .relu: .rnn
    case .bidirectional, .ragged, .decay: nil
    }
  }
}
