public import Recurrent

/// The mean of every feature over the steps of its sequence: [T, N, F] → [N, F], whatever T is.
///
/// What a bag of words is, where the features are word vectors: the order of the steps leaves no trace.
public struct MeanOverTime<Scalar: RecurrentScalar>: Sendable {
  /// [N, F]; 0 for a sequence without steps.
  public let output: Tensor<Scalar>
  private let shape: [Int]
  private let lengths: [Int]

  /// The mean of `sequences`, [T, N, F], added up from the first step to the last. What stands past the end of a sequence is
  /// not read.
  ///
  /// - Parameters:
  ///   - sequences: [T, N, F].
  ///   - lengths: the steps of each of the N sequences, from 0 to T; all of them T where nil.
  /// - Complexity: O(T·N·F).
  public init(_ sequences: Tensor<Scalar>, lengths: [Int]? = nil) {
    shape = sequences.shape
    self.lengths = requireFeatureLengths(lengths, for: shape, "MeanOverTime")
    var output = Tensor<Scalar>(shape: [shape[1], shape[2]])
    addUp(sequences.span, self.lengths, &output)
    self.output = output
  }

  /// The gradient of the sequences, [T, N, F]: that of the output, [N, F], in equal shares.
  ///
  /// - Complexity: O(T·N·F).
  public func backward(_ outputGradient: Tensor<Scalar>) -> Tensor<Scalar> {
    require(
      outputGradient.shape == output.shape,
      "MeanOverTime.backward: a gradient of shape \(outputGradient.shape) for an output of shape \(output.shape)")
    var gradient = Tensor<Scalar>(shape: shape)
    share(outputGradient.span, lengths, &gradient)
    return gradient
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addUp<Scalar: RecurrentScalar>(_ sequences: Span<Scalar>, _ lengths: [Int], _ output: inout Tensor<Scalar>)
{
  let features = output.shape[1]
  var means = output.mutableSpan
  for (row, length) in lengths.enumerated() where length > 0 {
    var sum = means._mutatingExtracting(row * features..<(row + 1) * features)
    for step in 0..<length {
      let place = step * lengths.count + row
      let numbers = sequences.extracting(place * features..<(place + 1) * features)
      for feature in numbers.indices { sum[feature] += numbers[feature] }
    }
    for feature in sum.indices { sum[feature] /= Scalar(length) }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func share<Scalar: RecurrentScalar>(
  _ outputGradient: Span<Scalar>, _ lengths: [Int], _ gradient: inout Tensor<Scalar>
) {
  let features = gradient.shape[2]
  var slopes = gradient.mutableSpan
  for (row, length) in lengths.enumerated() {
    let numbers = outputGradient.extracting(row * features..<(row + 1) * features)
    for step in 0..<length {
      let place = step * lengths.count + row
      for feature in numbers.indices { slopes[place * features + feature] = numbers[feature] / Scalar(length) }
    }
  }
}
