public import Recurrent

/// Steps along the mean of the gradients, over the root of the mean of their squares.
///
/// With parameters θ, gradients g, rate γ, decay λ, and t = 1, 2, … (PyTorch's `Adam`; Kingma & Ba, "Adam: a method for
/// stochastic optimization", 2015):
///
///     g ← g + λ·θ      m ← β₁·m + (1 − β₁)·g      v ← β₂·v + (1 − β₂)·g²
///     θ ← θ − γ/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
public struct Adam<Scalar: RecurrentScalar>: Optimizer {
  /// γ, the length of a step.
  public var learningRate: Double
  /// How slowly m (β₁) and v (β₂) forget.
  public let betas: (Double, Double)
  /// ε, which keeps the division finite.
  public let epsilon: Double
  /// λ, which is added to the gradients: what L2 regularisation does. `AdamW` pulls the parameters themselves.
  public let weightDecay: Double
  /// What is remembered of each tensor: m as `mean`, v as `square`.
  public var state = OptimizerState<Scalar>()

  /// The defaults are PyTorch's.
  public init(
    learningRate: Double = 1e-3, betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8, weightDecay: Double = 0
  ) {
    requireBetas("Adam", betas)
    self.learningRate = learningRate
    self.betas = betas
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// m and v.
  public var buffers: TensorState<Scalar>.Buffers { [.mean, .square] }

  /// Moves the parameters from `offset` on, as many as there are gradients.
  public func update(
    _ parameters: inout MutableSpan<Scalar>, with gradients: Span<Scalar>, state: inout TensorState<Scalar>,
    at offset: Int
  ) {
    var step = AdamStep<Scalar>(rate: learningRate, betas: betas, epsilon: epsilon, step: state.step)
    step.decay = Scalar(weightDecay)
    step.apply(to: &parameters, gradients, mean: &state.mean, square: &state.square, at: offset)
  }
}
