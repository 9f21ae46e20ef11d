/// Why training cannot go on. The last checkpoint is from before.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
  /// The loss or a gradient of a step, counted from 1, is infinite or NaN. The parameters are those before the step.
  /// `tensor` is the first that went bad: of the parameters where the step began with a bad one, else of the gradients.
  case nonFinite(step: Int, loss: Double, tensor: NonFiniteNumber?)

  /// A sentence that names the step and the tensor.
  public var description: String {
    switch self {
    case .nonFinite(let step, let loss, let tensor):
      "step \(step): the loss is \(loss); "
        + (tensor.map { "the first tensor that is not finite is \($0)" } ?? "all parameters and gradients are finite")
    }
  }

  /// Whether both name the same, NaN being equal to itself.
  public static func == (a: TrainingError, b: TrainingError) -> Bool { a.description == b.description }
}
