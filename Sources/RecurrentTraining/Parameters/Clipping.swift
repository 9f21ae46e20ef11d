public import Recurrent

extension ParameterSet {
  /// The Euclidean norm of all numbers of all tensors: √Σg².
  ///
  /// Squares are summed in Double and in a fixed order, so that the same gradients have the same norm, and Float cannot
  /// overflow.
  ///
  /// - Complexity: O(number of parameters).
  public func norm() -> Double {
    var sum = 0.0
    forEach { _, tensor in sum += sumOfSquares(tensor.span) }
    return sum.squareRoot()
  }

  /// Scales all numbers by `limit`/norm where their norm is above `limit`, and returns the norm that they had.
  ///
  /// Pascanu, Mikolov & Bengio, "On the difficulty of training recurrent neural networks", 2013. (PyTorch's
  /// `clip_grad_norm_` adds 10⁻⁶ to the norm first.) Numbers that are not finite are left as they are.
  ///
  /// - Complexity: O(number of parameters).
  @discardableResult
  public mutating func clip(toNorm limit: Double) -> Double {
    require(limit >= 0, "clip: a norm of at most \(limit)")
    let norm = norm()
    guard norm > limit, norm.isFinite else { return norm }
    let factor = Scalar(limit / norm)
    updateEach { _, tensor in scale(&tensor, by: factor) }
    return norm
  }

  /// Moves every number into [−limit, limit]. NaN stays.
  ///
  /// - Complexity: O(number of parameters).
  public mutating func clip(toValue limit: Double) {
    require(limit >= 0, "clip: a value of at most \(limit)")
    let limit = Scalar(limit)
    updateEach { _, tensor in clamp(&tensor, to: limit) }
  }

  /// The same gradients with a norm of at most `limit`: see `clip(toNorm:)`.
  public func clipped(toNorm limit: Double) -> Self {
    var clipped = self
    clipped.clip(toNorm: limit)
    return clipped
  }
}

/// Eight running sums, added up pairwise in the end: one chain would wait for each addition.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func sumOfSquares<Scalar: RecurrentScalar>(_ numbers: Span<Scalar>) -> Double {
  var sums = SIMD8<Double>.zero
  let blocks = numbers.count / 8
  for block in 0..<blocks {
    var lanes = SIMD8<Double>.zero
    for lane in 0..<8 { lanes[lane] = Double(numbers[block * 8 + lane]) }
    sums += lanes * lanes
  }
  var rest = 0.0
  for index in blocks * 8..<numbers.count {
    let number = Double(numbers[index])
    rest += number * number
  }
  let four = sums.lowHalf + sums.highHalf
  let two = four.lowHalf + four.highHalf
  return (two[0] + two[1]) + rest
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scale<Scalar: RecurrentScalar>(_ tensor: inout Tensor<Scalar>, by factor: Scalar) {
  var numbers = tensor.mutableSpan
  for index in numbers.indices { numbers[index] *= factor }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func clamp<Scalar: RecurrentScalar>(_ tensor: inout Tensor<Scalar>, to limit: Scalar) {
  var numbers = tensor.mutableSpan
  for index in numbers.indices {
    let number = numbers[index]
    numbers[index] = number > limit ? limit : number < -limit ? -limit : number
  }
}
