internal import Recurrent

/// What runs a recurrent node whose weights are known.
protocol NodeRunner<Scalar>: Sendable {
  associatedtype Scalar: RecurrentScalar
  var inputSize: Int { get }
  var hiddenSize: Int { get }

  /// Runs whole sequences in the layout of the node, from the parts of a state, each [D, N, H].
  ///
  /// Gives h at every step, [T, N, D·H] or [N, T, D·H], and the parts of the final state, each [D, N, H].
  func run(
    _ x: Tensor<Scalar>, lengths: [Int]?, from initial: [Tensor<Scalar>]
  ) -> (hidden: Tensor<Scalar>, final: [Tensor<Scalar>])
}

/// A node as layers: one, or one for each direction where the two have different functions.
struct NodeLayers<Layer: LoadableLayer>: NodeRunner {
  typealias Scalar = Layer.Scalar

  /// A layer, and whether it is given each sequence from its last step to its first: a layer of one direction walks
  /// forward.
  struct Pass {
    let layer: Layer
    let isReversed: Bool
  }

  let inputSize, hiddenSize: Int
  let passes: [Pass]
  private let layout: SequenceLayout

  init(_ options: RecurrentOptions, _ weights: NodeWeights<Scalar>, engine: Engine) {
    func layer(_ directions: Range<Int>) -> Layer {
      let configuration = Layer.configuration(
        options, weights, options.activations[directions.lowerBound], isBidirectional: directions.count == 2)
      return Layer(
        configuration,
        parameters: LayerParameters(
          configuration, weights: directions.map { Layer.weights(weights.directions[$0], options) }),
        engine: engine)
    }
    (inputSize, hiddenSize, layout) = (weights.inputSize, weights.hiddenSize, options.layout)
    passes =
      switch options.direction {
      case .forward: [Pass(layer: layer(0..<1), isReversed: false)]
      case .reverse: [Pass(layer: layer(0..<1), isReversed: true)]
      case .bidirectional where options.activations[0] == options.activations[1]:
        [Pass(layer: layer(0..<2), isReversed: false)]
      case .bidirectional: (0..<2).map { Pass(layer: layer($0..<$0 + 1), isReversed: $0 == 1) }
      }
  }

  func run(
    _ x: Tensor<Scalar>, lengths: [Int]?, from initial: [Tensor<Scalar>]
  ) -> (hidden: Tensor<Scalar>, final: [Tensor<Scalar>]) {
    let outputs = passes.enumerated().map { index, pass in
      let state = initial.map { passes.count == 1 ? $0 : $0.direction(index) }
      let input = pass.isReversed ? x.reversed(lengths: lengths, layout) : x
      let output = pass.layer(input, lengths: lengths, from: Layer.State(components: state), layout: layout)
      let hidden = pass.isReversed ? output.hidden.reversed(lengths: lengths, layout) : output.hidden
      return (hidden: hidden, final: output.final.components)
    }
    guard outputs.count == 2 else { return outputs[0] }
    return (
      outputs[0].hidden.beside(outputs[1].hidden), zip(outputs[0].final, outputs[1].final).map { $0.followed(by: $1) }
    )
  }
}

extension Tensor {
  /// One direction of a [D, N, H] state, as [1, N, H].
  fileprivate func direction(_ index: Int) -> Tensor {
    let size = shape[1] * shape[2]
    return Tensor(shape: [1, shape[1], shape[2]], elements: Array(elements[index * size..<(index + 1) * size]))
  }

  /// The steps of each sequence from its last one to its first; what is past its end stays.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  fileprivate func reversed(lengths: [Int]?, _ layout: SequenceLayout) -> Tensor {
    let (first, second, width) = (shape[0], shape[1], shape[2])
    let (steps, sequences) = layout == .timeMajor ? (first, second) : (second, first)
    var reversed = elements
    for sequence in 0..<sequences {
      let length = lengths?[sequence] ?? steps
      for step in 0..<length {
        func row(_ step: Int) -> Int { layout == .timeMajor ? step * sequences + sequence : sequence * steps + step }
        let (target, source) = (row(step) * width, row(length - 1 - step) * width)
        for column in 0..<width { reversed[target + column] = elements[source + column] }
      }
    }
    return Tensor(shape: shape, elements: reversed)
  }

  /// Two tensors of the same shape side by side in the last dimension.
  fileprivate func beside(_ other: Tensor) -> Tensor {
    let width = shape[2]
    let rows = 0..<shape[0] * shape[1]
    return Tensor(
      shape: [shape[0], shape[1], 2 * width],
      elements: rows.flatMap { row in
        elements[row * width..<(row + 1) * width] + other.elements[row * width..<(row + 1) * width]
      })
  }

  /// Two tensors of the same shape behind each other in the first dimension.
  fileprivate func followed(by other: Tensor) -> Tensor {
    Tensor(shape: [shape[0] + other.shape[0]] + shape.dropFirst(), elements: elements + other.elements)
  }
}
