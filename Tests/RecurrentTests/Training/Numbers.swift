import Recurrent

/// Parameters of one tensor, for tests of what works on any.
struct Numbers<Scalar: RecurrentScalar>: ParameterSet, Equatable {
  var weights: Tensor<Scalar>
  var bias: Tensor<Scalar>

  init(weights: Tensor<Scalar>, bias: Tensor<Scalar> = Tensor(shape: [0])) {
    self.weights = weights
    self.bias = bias
  }

  func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    body("weights", weights)
    body("bias", bias)
  }

  mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("weights", &weights)
    body("bias", &bias)
  }
}

extension Tensor {
  /// Numbers from (−bound, bound), the same for the same seed.
  static func random(_ shape: [Int], bound: Double = 1, seed: UInt64) -> Tensor {
    var generator = SeededGenerator(seed: seed)
    let count = shape.reduce(1, *)
    return Tensor(shape: shape, elements: (0..<count).map { _ in Scalar(generator.uniform(-bound, bound)) })
  }

  /// Σ a·b.
  func dot(_ other: Tensor) -> Double {
    zip(elements, other.elements).reduce(0) { $0 + Double($1.0) * Double($1.1) }
  }
}

/// The largest difference between a gradient and central differences of `loss`, over the largest difference quotient.
///
/// With a step h = 10⁻⁴ the quotient is off by h²/6 times the third derivative, some 10⁻⁹ here, and by rounding, ε/h =
/// 2·10⁻¹² times the loss: 10⁻⁷ leaves room for both.
func worstSlope(
  of tensor: Tensor<Double>, gradient: Tensor<Double>, _ loss: (Tensor<Double>) -> Double
) -> Double {
  let step = 1e-4
  var (worst, largest) = (0.0, 1e-3)
  for index in 0..<tensor.count {
    func at(_ offset: Double) -> Double {
      var moved = tensor.elements
      moved[index] += offset
      return loss(Tensor(shape: tensor.shape, elements: moved))
    }
    let slope = (at(step) - at(-step)) / (2 * step)
    worst = max(worst, (slope - gradient.elements[index]).magnitude)
    largest = max(largest, slope.magnitude)
  }
  return worst / largest
}
