public import Recurrent

/// A rule that moves parameters against their gradients, and what it remembers of the steps before.
///
///     var adam = Adam<Float>(learningRate: 1e-3)
///     adam.update(&lstm.parameters, with: gradients)
///
/// A value: a copy goes on from the same state. Equations, names and defaults are those of PyTorch's `torch.optim`. Each
/// tensor is read and written once, with additions, multiplications, divisions and square roots that IEEE 754 rounds
/// exactly, in one order: the same bits on every machine. Coefficients are computed in Double, then rounded.
///
/// Where gradients are sparse, only the rows that are there are changed: exact for `SGD` without momentum and decay; for
/// the others "lazy", as PyTorch's `SparseAdam`: the averages of a row stand still while nothing touches it.
public protocol Optimizer<Scalar>: Sendable {
  /// Float or Double.
  associatedtype Scalar: RecurrentScalar

  /// γ, the length of a step. A schedule sets it anew before each one.
  var learningRate: Double { get set }

  /// What is remembered of each tensor, in the order of the parameters; empty before `prepare(for:)` or the first step.
  var state: OptimizerState<Scalar> { get set }

  /// The buffers that are kept of every tensor.
  var buffers: TensorState<Scalar>.Buffers { get }

  /// Moves the parameters from `offset` on, as many as there are gradients; `state` is that of the whole tensor, its
  /// `step` counting this one already.
  func update(
    _ parameters: inout MutableSpan<Scalar>, with gradients: Span<Scalar>, state: inout TensorState<Scalar>,
    at offset: Int)
}

extension Optimizer {
  /// Moves every tensor of `parameters` one step against `gradients`, which have the same names and shapes (where they
  /// are sparse, some of the rows), in the same order.
  ///
  /// - Complexity: O(number of gradients), one pass.
  public mutating func update<Parameters: ParameterSet, Gradients: ParameterSet>(
    _ parameters: inout Parameters, with gradients: Gradients
  ) where Parameters.Scalar == Scalar, Gradients.Scalar == Scalar {
    if state.tensors.isEmpty { prepare(for: parameters) }
    let gradients = GradientList(gradients).elements
    var states = state.tensors
    state.tensors = []  // so that `states` is the only owner
    var index = 0
    parameters.updateEach { name, tensor in
      require(index < gradients.count, "update: \(gradients.count) gradients, and none for '\(name)'")
      require(index < states.count, "update: state for \(states.count) tensors, and none for '\(name)'")
      update(&tensor, named: name, with: gradients[index], state: &states[index])
      index += 1
    }
    require(index == gradients.count, "update: \(gradients.count) gradients for \(index) tensors")
    require(index == states.count, "update: state for \(states.count) tensors, not \(index)")
    state.tensors = states
  }

  /// Forgets every step: the state of `parameters` before the first one.
  public mutating func prepare<Parameters: ParameterSet>(for parameters: Parameters)
  where Parameters.Scalar == Scalar {
    var tensors: [TensorState<Scalar>] = []
    parameters.forEach { tensors.append(TensorState(name: $0, shape: $1.shape, buffers: buffers)) }
    state.tensors = tensors
  }

  private func update(
    _ tensor: inout Tensor<Scalar>, named name: String, with gradient: GradientList<Scalar>.Element,
    state: inout TensorState<Scalar>
  ) {
    require(gradient.name == name, "update: the gradient of '\(gradient.name)' for '\(name)'")
    require(state.name == name, "update: the state of '\(state.name)' for '\(name)'")
    require(state.shape == tensor.shape, "update: state of shape \(state.shape) for '\(name)', \(tensor.shape)")
    let (shape, gradientShape) = (tensor.shape, gradient.tensor.shape)
    state.step += 1
    var parameters = tensor.mutableSpan
    guard let rows = gradient.rows else {
      require(gradientShape == shape, "update: a gradient of shape \(gradientShape) for '\(name)', \(shape)")
      update(&parameters, with: gradient.tensor.span, state: &state, at: 0)
      return
    }
    require(
      gradientShape == [rows.count] + shape.dropFirst(),
      "update: \(rows.count) rows of shape \(gradientShape) for '\(name)', \(shape)")
    guard !rows.isEmpty else { return }
    let width = gradient.tensor.count / rows.count
    for (index, row) in rows.enumerated() {
      require(row >= 0 && row < shape[0], "update: row \(row) of '\(name)', which has \(shape[0])")
      let part = gradient.tensor.span.extracting(index * width..<(index + 1) * width)
      update(&parameters, with: part, state: &state, at: row * width)
    }
  }
}
