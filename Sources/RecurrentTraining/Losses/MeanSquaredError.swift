public import Recurrent

/// The mean of (prediction − target)² over all numbers (PyTorch's `mse_loss`).
///
/// - Parameters:
///   - predictions: Any shape, or [T, N, ...] with `lengths`.
///   - targets: The same shape.
///   - lengths: Steps of each of N sequences: numbers past their end are neither read nor counted.
///
/// - Complexity: O(number of predictions).
public func meanSquaredError<Scalar>(
  _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>, lengths: [Int]? = nil
) -> Loss<Scalar> {
  Loss.mean(predictions, targets, lengths: lengths, "meanSquaredError") { prediction, target in
    let difference = prediction - target
    return (difference * difference, 2 * difference)
  }
}
