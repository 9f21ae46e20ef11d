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
    let lengths = lengths.map { requireLengths($0, for: shape, name) }
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
