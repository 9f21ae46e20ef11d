internal import Recurrent

extension GradientFinding {
  /// Where NaN or ∞ comes into a layer.
  public enum Origin: String, Sendable {
    /// In the layer's own weights.
    case weights
    /// In what it reads: the model's input, or h of the layer below.
    case input
    /// In its state before the first step.
    case initialState = "initial state"
  }
}

extension LayerWalk {
  /// The first place where a number comes in that is NaN or infinite; nil where all are finite.
  var originOfNaN: GradientFinding.Origin? {
    if layer.parameters.firstNonFinite() != nil { return .weights }
    let isInputFinite = lengths.enumerated().allSatisfy { sequence, length in
      input.sequence(sequence, length: length).elements.allSatisfy(\.isFinite)
    }
    if !isInputFinite { return .input }
    let isStateFinite = state(before: 0).components.allSatisfy { $0.elements.allSatisfy(\.isFinite) }
    return isStateFinite ? nil : .initialState
  }
}
