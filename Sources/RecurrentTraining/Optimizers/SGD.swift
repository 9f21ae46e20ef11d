public import Recurrent

/// Stochastic gradient descent, with momentum.
///
/// With parameters θ, gradients g, rate γ, decay λ and momentum μ (PyTorch's `SGD`, without dampening):
///
///     g ← g + λ·θ      b ← μ·b + g      θ ← θ − γ·b            or, Nesterov's:  θ ← θ − γ·(g + μ·b)
///
/// Nesterov's form is that of Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.
public struct SGD<Scalar: RecurrentScalar>: Optimizer {
  /// γ, the length of a step.
  public var learningRate: Double
  /// μ, the part of the last step that goes on; 0 keeps no buffer.
  public let momentum: Double
  /// Whether the step looks ahead along the momentum.
  public let isNesterov: Bool
  /// λ, which pulls parameters towards 0.
  public let weightDecay: Double
  /// What is remembered of each tensor: the momentum b.
  public var state = OptimizerState<Scalar>()

  /// Descent at a rate, 10⁻³ as PyTorch's unless said otherwise.
  public init(
    learningRate: Double = 1e-3, momentum: Double = 0, isNesterov: Bool = false, weightDecay: Double = 0
  ) {
    require(momentum >= 0 && momentum < 1, "SGD: a momentum of \(momentum)")
    require(!isNesterov || momentum > 0, "SGD: Nesterov's form with a momentum of \(momentum)")
    self.learningRate = learningRate
    self.momentum = momentum
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
  }

  /// The momentum, where there is some.
  public var buffers: TensorState<Scalar>.Buffers { momentum == 0 ? [] : .momentum }

  /// Moves the parameters from `offset` on, as many as there are gradients.
  public func update(
    _ parameters: inout MutableSpan<Scalar>, with gradients: Span<Scalar>, state: inout TensorState<Scalar>,
    at offset: Int
  ) {
    let (rate, decay, momentum) = (Scalar(learningRate), Scalar(weightDecay), Scalar(momentum))
    if momentum == 0 {
      descend(&parameters, gradients, at: offset, rate: rate, decay: decay)
    } else {
      let weights: (Scalar, Scalar) = isNesterov ? (1, momentum) : (0, 1)
      roll(
        &parameters, gradients, &state.momentum, at: offset, rate: rate, decay: decay, momentum: momentum,
        weights: weights)
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func descend<Scalar: RecurrentScalar>(
  _ parameters: inout MutableSpan<Scalar>, _ gradients: Span<Scalar>, at offset: Int, rate: Scalar, decay: Scalar
) {
  var theta = parameters._mutatingExtracting(offset..<offset + gradients.count)
  for index in gradients.indices {
    theta[index] -= rate * (gradients[index] + decay * theta[index])
  }
}

/// Both forms with momentum: the step is a weighted sum of gradient and velocity.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func roll<Scalar: RecurrentScalar>(
  _ parameters: inout MutableSpan<Scalar>, _ gradients: Span<Scalar>, _ buffer: inout Tensor<Scalar>, at offset: Int,
  rate: Scalar, decay: Scalar, momentum: Scalar, weights: (gradient: Scalar, velocity: Scalar)
) {
  let range = offset..<offset + gradients.count
  var theta = parameters._mutatingExtracting(range)
  var elements = buffer.mutableSpan
  var velocity = elements._mutatingExtracting(range)
  for index in gradients.indices {
    let gradient = gradients[index] + decay * theta[index]
    velocity[index] = momentum * velocity[index] + gradient
    theta[index] -= rate * (weights.gradient * gradient + weights.velocity * velocity[index])
  }
}
