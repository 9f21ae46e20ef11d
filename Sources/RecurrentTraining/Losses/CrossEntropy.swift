public import Recurrent

/// Softmax and cross-entropy in one: the mean of −ln softmax(logits)[label] over the positions that have a label.
///
/// With z the logits of a position and y its label (PyTorch's `cross_entropy`):
///
///     L = ln Σ e^(z_c − max z) − (z_y − max z)      ∂L/∂z_c = softmax(z)_c − [c = y]
///
/// which no logit can make overflow. Positions whose label is `IndexTensor.none`, padding that is, are neither read nor
/// counted.
///
/// - Parameters:
///   - logits: [..., C].
///   - labels: [...], a class from 0 to C − 1 each, or `IndexTensor.none`.
///
/// - Complexity: O(number of logits).
public func crossEntropy<Scalar>(_ logits: Tensor<Scalar>, _ labels: IndexTensor) -> Loss<Scalar> {
  require(
    Array(logits.shape.dropLast()) == labels.shape && !logits.shape.isEmpty,
    "crossEntropy: labels of shape \(labels.shape) for logits of shape \(logits.shape)")
  let classes = logits.shape[logits.shape.count - 1]
  labels.requireBelow(classes, "crossEntropy")
  let count = labels.elements.count { $0 != IndexTensor.none }
  let share = count == 0 ? 0 : 1 / Double(count)
  var gradient = Tensor<Scalar>(shape: logits.shape)
  var slopes = gradient.mutableSpan
  var sum = 0.0
  for (position, label) in labels.elements.enumerated() where label != IndexTensor.none {
    let range = position * classes..<(position + 1) * classes
    var slope = slopes._mutatingExtracting(range)
    sum += softmaxLoss(logits.span.extracting(range), label, share: share, gradient: &slope)
  }
  return Loss(value: sum * share, gradient: gradient, count: count)
}

/// The loss of one position; its gradient, times `share`.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func softmaxLoss<Scalar: RecurrentScalar>(
  _ logits: Span<Scalar>, _ label: Int, share: Double, gradient: inout MutableSpan<Scalar>
) -> Double {
  var largest = logits[label]
  for index in logits.indices { largest = max(largest, logits[index]) }
  var sum = 0.0
  for index in logits.indices {
    gradient[index] = Scalar._exp(logits[index] - largest)
    sum += Double(gradient[index])
  }
  let factor = Scalar(share / sum)
  for index in gradient.indices { gradient[index] *= factor }
  gradient[label] -= Scalar(share)
  return Double._log(sum) - Double(logits[label] - largest)
}
