public import Recurrent

/// The largest number of every feature over the steps of its sequence: [T, N, F] → [N, F], whatever T is.
///
///     let pooled = MaxOverTime(output.hidden, lengths: lengths)
///     let logits = dense(pooled.output)
///     …
///     let hiddenGradient = pooled.backward(dense.backward(loss.gradient, input: pooled.output, into: &gradients))
public struct MaxOverTime<Scalar: RecurrentScalar>: Sendable {
  /// [N, F]; 0 for a sequence without steps.
  public let output: Tensor<Scalar>
  /// [N, F]: the step that each number is from, the first where several are as large; `none` for a sequence without steps.
  public let steps: IndexTensor
  private let shape: [Int]

  /// The largest of `sequences`, [T, N, F]. What stands past the end of a sequence is not read.
  ///
  /// - Parameters:
  ///   - sequences: [T, N, F].
  ///   - lengths: the steps of each of the N sequences, from 0 to T; all of them T where nil.
  /// - Complexity: O(T·N·F).
  public init(_ sequences: Tensor<Scalar>, lengths: [Int]? = nil) {
    shape = sequences.shape
    let lengths = requireFeatureLengths(lengths, for: shape, "MaxOverTime")
    let (batch, features) = (shape[1], shape[2])
    var output = Tensor<Scalar>(shape: [batch, features])
    var steps = [Int](repeating: IndexTensor.none, count: batch * features)
    findLargest(sequences.span, lengths, features, &output, &steps)
    self.output = output
    self.steps = IndexTensor(shape: [batch, features], elements: steps)
  }

  /// The gradient of the sequences, [T, N, F]: that of the output, [N, F], at the steps that it is from.
  ///
  /// - Complexity: O(T·N·F).
  public func backward(_ outputGradient: Tensor<Scalar>) -> Tensor<Scalar> {
    require(
      outputGradient.shape == output.shape,
      "MaxOverTime.backward: a gradient of shape \(outputGradient.shape) for an output of shape \(output.shape)")
    var gradient = Tensor<Scalar>(shape: shape)
    scatter(outputGradient.span, to: steps.elements, &gradient)
    return gradient
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func findLargest<Scalar: RecurrentScalar>(
  _ sequences: Span<Scalar>, _ lengths: [Int], _ features: Int, _ output: inout Tensor<Scalar>, _ steps: inout [Int]
) {
  var largest = output.mutableSpan
  var winners = steps.mutableSpan
  for (row, length) in lengths.enumerated() {
    for step in 0..<length {
      let numbers = sequences.extracting(
        ((step * lengths.count) + row) * features..<(step * lengths.count + row + 1) * features)
      for feature in numbers.indices {
        let place = row * features + feature
        // A NaN stays, so that nobody misses it.
        guard step == 0 || !(numbers[feature] <= largest[place]) && !largest[place].isNaN else { continue }
        largest[place] = numbers[feature]
        winners[place] = step
      }
    }
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func scatter<Scalar: RecurrentScalar>(
  _ numbers: Span<Scalar>, to steps: [Int], _ sequences: inout Tensor<Scalar>
) {
  var sequences = sequences.mutableSpan
  for place in numbers.indices where steps[place] != IndexTensor.none {
    sequences[steps[place] * numbers.count + place] = numbers[place]
  }
}
