internal import Recurrent

/// How the gate blocks of another system's tensors become ours.
///
/// Its matrices and ours hold the same numbers in other places: this copies them there and back.
struct GateBlocks {
  /// H.
  let hiddenSize: Int
  /// For each of our gates, in their order, the block where the other system has it.
  let sources: [Int]
  /// Where the other system puts the gates.
  let orientation: WeightOrientation

  /// G·H.
  var width: Int { sources.count * hiddenSize }

  /// The shape of the other system's matrix over some features.
  func shape(features: Int) -> [Int] { orientation == .gatesInRows ? [width, features] : [features, width] }

  /// [R + I, G·H]: our matrix, from the other system's recurrent and input weights.
  ///
  /// - Complexity: O(count).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func matrix<Scalar>(recurrent: Tensor<Scalar>, input: Tensor<Scalar>) -> Tensor<Scalar> {
    let rows = features(of: recurrent) + features(of: input)
    var matrix = Tensor<Scalar>(shape: [rows, width])
    var target = matrix.mutableSpan
    var firstRow = 0
    for part in [recurrent, input] {
      let source = part.span
      forEachPlace(features: features(of: part)) { foreign, own in target[firstRow * width + own] = source[foreign] }
      firstRow += features(of: part)
    }
    return matrix
  }

  /// The other system's weights over some features: those of `rows` of our matrix.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func weights<Scalar>(_ matrix: Tensor<Scalar>, rows: Range<Int>) -> Tensor<Scalar> {
    var weights = Tensor<Scalar>(shape: shape(features: rows.count))
    var target = weights.mutableSpan
    let source = matrix.span
    forEachPlace(features: rows.count) { foreign, own in target[foreign] = source[rows.lowerBound * width + own] }
    return weights
  }

  /// Our bias, from the other system's.
  func bias<Scalar>(_ foreign: Tensor<Scalar>) -> Tensor<Scalar> {
    require(foreign.shape == [width], "a bias of shape \(foreign.shape) in place of \([width])")
    let elements = foreign.elements
    return Tensor(
      shape: [width],
      elements: sources.flatMap { elements[$0 * hiddenSize..<($0 + 1) * hiddenSize] })
  }

  /// The other system's bias, from ours.
  func foreignBias<Scalar>(_ own: Tensor<Scalar>) -> Tensor<Scalar> {
    var foreign = own
    for (gate, source) in sources.enumerated() {
      for unit in 0..<hiddenSize { foreign[source * hiddenSize + unit] = own[gate * hiddenSize + unit] }
    }
    return foreign
  }

  /// The features that weights of the other system read.
  private func features<Scalar>(of weights: Tensor<Scalar>) -> Int {
    let features = weights.shape.count == 2 ? weights.shape[orientation == .gatesInRows ? 1 : 0] : 0
    require(
      weights.shape == shape(features: features),
      "weights of shape \(weights.shape) where \(width) are the gates of \(hiddenSize) units")
    return features
  }

  /// Visits the places of each number: in the other system's weights over some features, and in our rows of them.
  @inline(__always)
  private func forEachPlace(features: Int, _ body: (_ foreign: Int, _ own: Int) -> Void) {
    for (gate, block) in sources.enumerated() {
      for feature in 0..<features {
        for unit in 0..<hiddenSize {
          let column = block * hiddenSize + unit
          let foreign = orientation == .gatesInRows ? column * features + feature : feature * width + column
          body(foreign, feature * width + gate * hiddenSize + unit)
        }
      }
    }
  }
}

/// Where a system puts the gates in its weights.
public enum WeightOrientation: Sendable {
  /// [G·H, I]: PyTorch, ONNX, cuDNN, MLX.
  case gatesInRows
  /// [I, G·H]: Keras, Haste, TensorFlow, Haiku.
  case gatesInColumns
}
