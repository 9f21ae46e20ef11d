/// The gradient of a loss by what came out of a forward run, as far as the loss looks at it; nil stands for zeros.
///
/// Each has the shape and layout of its counterpart in `SequenceOutput`. What stands past the end of a sequence is never
/// read.
public struct OutputGradients<State: RecurrentState>: Sendable {
  /// By h of the last layer at every step: [T, N, D·R], or [N, T, D·R] where the input was batch-major.
  public var hidden: Tensor<State.Scalar>?
  /// By C of every layer at every step: [L, T, N, D·H] or [L, N, T, D·H]. Only for a cell that has one.
  public var cells: Tensor<State.Scalar>?
  /// By the state of every layer and direction after each sequence's own last step.
  public var final: State?

  /// Gradients by some of the outputs.
  public init(hidden: Tensor<State.Scalar>? = nil, cells: Tensor<State.Scalar>? = nil, final: State? = nil) {
    self.hidden = hidden
    self.cells = cells
    self.final = final
  }
}

/// The gradient of a loss by what went into a forward run.
public struct InputGradients<State: RecurrentState>: Sendable {
  /// By the input, in its shape and layout. 0 past the end of a sequence.
  public let input: Tensor<State.Scalar>
  /// By the state before the first step. That of a sequence without steps is the gradient by its final state.
  public let initial: State

  /// Gradients by the input and by the state before the first step.
  public init(input: Tensor<State.Scalar>, initial: State) {
    self.input = input
    self.initial = initial
  }
}
