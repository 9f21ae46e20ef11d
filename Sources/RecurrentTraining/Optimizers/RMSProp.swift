public import Recurrent

/// Steps along the gradient over the root of the mean of its squares.
///
/// With parameters θ, gradients g, rate γ, decay λ and momentum μ (PyTorch's `RMSprop`; Hinton's lecture 6e, 2012; the
/// centred form is that of Graves, "Generating sequences with recurrent neural networks", 2013):
///
///     g ← g + λ·θ      v ← α·v + (1 − α)·g²      d = √v + ε
///     centred:         ḡ ← α·ḡ + (1 − α)·g       d = √(v − ḡ²) + ε
///     θ ← θ − γ·g/d,   or, with momentum:        b ← μ·b + g/d      θ ← θ − γ·b
public struct RMSProp<Scalar: RecurrentScalar>: Optimizer {
  /// γ, the length of a step.
  public var learningRate: Double
  /// α, how slowly v and ḡ forget.
  public let alpha: Double
  /// ε, which keeps the division finite.
  public let epsilon: Double
  /// μ, the part of the last step that goes on; 0 keeps no buffer.
  public let momentum: Double
  /// Whether the variance of the gradients takes the place of the mean of their squares.
  public let isCentered: Bool
  /// λ, which pulls parameters towards 0.
  public let weightDecay: Double
  /// What is remembered of each tensor: v as `square`, ḡ as `mean`, b as `momentum`.
  public var state = OptimizerState<Scalar>()

  /// The defaults are PyTorch's.
  public init(
    learningRate: Double = 1e-2, alpha: Double = 0.99, epsilon: Double = 1e-8, momentum: Double = 0,
    isCentered: Bool = false, weightDecay: Double = 0
  ) {
    require(alpha >= 0 && alpha < 1, "RMSProp: an alpha of \(alpha)")
    require(momentum >= 0 && momentum < 1, "RMSProp: a momentum of \(momentum)")
    self.learningRate = learningRate
    self.alpha = alpha
    self.epsilon = epsilon
    self.momentum = momentum
    self.isCentered = isCentered
    self.weightDecay = weightDecay
  }

  /// v, and what the options ask for.
  public var buffers: TensorState<Scalar>.Buffers {
    var buffers: TensorState<Scalar>.Buffers = .square
    if isCentered { buffers.insert(.mean) }
    if momentum > 0 { buffers.insert(.momentum) }
    return buffers
  }

  /// Moves the parameters from `offset` on, as many as there are gradients.
  public func update(
    _ parameters: inout MutableSpan<Scalar>, with gradients: Span<Scalar>, state: inout TensorState<Scalar>,
    at offset: Int
  ) {
    let step = RMSPropStep(self)
    var directions = InlineArray<256, Scalar>(repeating: 0)
    // Piece by piece, so that directions wait in the nearest cache for what is done with them.
    for start in stride(from: 0, to: gradients.count, by: directions.count) {
      let piece = start..<min(start + directions.count, gradients.count)
      let range = offset + piece.lowerBound..<offset + piece.upperBound
      var theta = parameters._mutatingExtracting(range)
      var all = directions.mutableSpan
      var direction = all._mutatingExtracting(0..<piece.count)
      step.decayed(theta.span, gradients.extracting(piece), into: &direction)
      if isCentered {
        step.normalize(&direction, square: &state.square, mean: &state.mean, at: range)
      } else {
        step.normalize(&direction, square: &state.square, at: range)
      }
      if momentum > 0 { step.accumulate(&direction, momentum: &state.momentum, at: range) }
      step.move(&theta, direction.span)
    }
  }
}
