extension Activation {
  /// The derivative at `x`, where the activation's value is `y`.
  ///
  /// At a kink it is the one of PyTorch: 0 at the edge of a ReLU, the flank's slope at that of its leaky kin, the inner one at
  /// a bound.
  @inline(__always)
  package func slope<Scalar: RecurrentScalar>(at x: Scalar, value y: Scalar) -> Scalar {
    switch self {
    case .sigmoid: return y * (1 - y)
    case .tanh: return 1 - y * y
    case .relu: return x > 0 ? 1 : 0
    case .identity: return 1
    case .affine(let alpha, _): return Scalar(alpha)
    case .leakyReLU(let alpha): return x > 0 ? 1 : Scalar(alpha)
    case .thresholdedReLU(let alpha): return x > Scalar(alpha) ? 1 : 0
    case .scaledTanh(let alpha, let beta):
      // Not by way of y / α, since α may be 0.
      let t = Scalar._tanh(Scalar(beta) * x)
      return Scalar(alpha) * Scalar(beta) * (1 - t * t)
    case .hardSigmoid(let alpha, _): return y > 0 && y < 1 ? Scalar(alpha) : 0
    case .elu(let alpha): return x > 0 ? 1 : Scalar(alpha) * Scalar._exp(x)
    case .softsign: return 1 / ((1 + x.magnitude) * (1 + x.magnitude))
    case .softplus: return Recurrent.sigmoid(x)
    case .clipped(let activation, let bound):
      return x.magnitude > Scalar(bound) ? 0 : activation.slope(at: x, value: y)
    }
  }

  /// Replaces some columns of pre-activations with the derivatives there; `values` has the activations in the same columns.
  @inline(__always)
  func formSlopes<Scalar: RecurrentScalar>(
    _ z: inout MutableMatrixView<Scalar>, values: borrowing MutableMatrixView<Scalar>, columns: Range<Int>
  ) {
    for row in 0..<z.rows {
      for column in columns { z[row, column] = slope(at: z[row, column], value: values[row, column]) }
    }
  }
}
