public import Recurrent

/// σ and cross-entropy in one: the mean over all numbers, for targets from 0 to 1.
///
/// With z a logit and t its target (PyTorch's `binary_cross_entropy_with_logits`):
///
///     L = max(z, 0) − z·t + ln(1 + e^−|z|)      ∂L/∂z = σ(z) − t
///
/// which no logit can make overflow.
///
/// - Parameters:
///   - logits: Any shape, or [T, N, ...] with `lengths`.
///   - targets: The same shape.
///   - lengths: Steps of each of N sequences: numbers past their end are neither read nor counted.
///
/// - Complexity: O(number of logits).
public func binaryCrossEntropy<Scalar>(
  _ logits: Tensor<Scalar>, _ targets: Tensor<Scalar>, lengths: [Int]? = nil
) -> Loss<Scalar> {
  Loss.mean(logits, targets, lengths: lengths, "binaryCrossEntropy") { logit, target in
    let small = Double._exp(-logit.magnitude)
    let sigmoid = (logit >= 0 ? 1 : small) / (1 + small)
    return (max(logit, 0) - logit * target + Double._log1p(small), sigmoid - target)
  }
}
