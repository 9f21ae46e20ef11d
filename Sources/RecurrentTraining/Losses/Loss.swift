public import Recurrent

/// What a model did wrong on a batch, and how it should change its predictions.
public struct Loss<Scalar: RecurrentScalar>: Sendable {
  /// The mean over what was counted; 0 where nothing was. Summed in Double, in row-major order.
  public let value: Double
  /// ∂value/∂prediction, of the predictions' shape; 0 where nothing was counted.
  public let gradient: Tensor<Scalar>
  /// What the mean is over: positions for `crossEntropy`, numbers for the others.
  public let count: Int
}

extension Loss {
  /// A loss of numbers against targets of the same shape: `term` gives the loss of one number and its derivative.
  ///
  /// With `lengths`, predictions are [T, N, ...] and numbers past a sequence's end are neither read nor counted.
  @inline(__always)
  static func mean(
    _ predictions: Tensor<Scalar>, _ targets: Tensor<Scalar>, lengths: [Int]?, _ name: StaticString,
    _ term: (_ prediction: Double, _ target: Double) -> (value: Double, derivative: Double)
  ) -> Loss {
    let shape = predictions.shape
    require(targets.shape == shape, "\(name): targets of shape \(targets.shape) for predictions of shape \(shape)")
    if let lengths { requireLengths(lengths, for: shape, name) }
    let (batch, width) = lengths == nil ? (1, 1) : (shape[1], shape.dropFirst(2).reduce(1, *))
    let counted = lengths?.reduce(0) { $0 + $1 * width } ?? predictions.count
    let share = counted == 0 ? 0 : 1 / Double(counted)
    var gradient = Tensor<Scalar>(shape: shape)
    var slopes = gradient.mutableSpan
    let (predicted, wanted) = (predictions.span, targets.span)
    var sum = 0.0
    for index in predicted.indices {
      if let lengths, index / width / batch >= lengths[index / width % batch] { continue }
      let (value, derivative) = term(Double(predicted[index]), Double(wanted[index]))
      sum += value
      slopes[index] = Scalar(derivative * share)
    }
    return Loss(value: sum * share, gradient: gradient, count: counted)
  }
}

/// Traps unless there is a length from 0 to T for each of N sequences of [T, N, ...].
private func requireLengths(_ lengths: [Int], for shape: [Int], _ name: StaticString) {
  require(shape.count >= 2, "\(name): lengths for shape \(shape), not [T, N, ...]")
  require(lengths.count == shape[1], "\(name): \(lengths.count) lengths for \(shape[1]) sequences")
  for length in lengths {
    require(length >= 0 && length <= shape[0], "\(name): a length of \(length) in \(shape[0]) steps")
  }
}
