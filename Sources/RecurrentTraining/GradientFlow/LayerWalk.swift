internal import Recurrent

/// One layer and direction of a stack by itself, on its way through a batch.
///
/// Steps are counted as they are walked: in reverse, step 0 is the last one of each sequence. So whoever looks at a walk
/// sees one layer that goes forward.
struct LayerWalk<Layer: RecurrentLayer>: Sendable {
  typealias Scalar = Layer.Scalar

  let place: LayerPlace
  /// The layer and direction as a layer of its own.
  let layer: Layer
  /// [T, N, features].
  let input: Tensor<Scalar>
  let lengths: [Int]
  private let initial: Layer.State
  /// h of every step [T, N, R], and C of every step [T, N, H] in a cell that has one.
  private let states: [Tensor<Scalar>]

  /// The walks of every layer and direction of a stack: layer by layer, the forward direction first.
  ///
  /// What a stack leaves to chance in training is left out.
  static func all(
    _ stack: Layer, _ input: Tensor<Scalar>, lengths: [Int], from initial: Layer.State
  ) -> [LayerWalk] {
    let shape = stack.stack.shape
    var input = input
    return (0..<shape.layerCount).flatMap { layer in
      let walks = shape.places.filter { $0.layer == layer }.map { place in
        LayerWalk(stack, place, input, lengths: lengths, from: initial)
      }
      input = Tensor(sideBySide: walks.map { $0.inTime($0.states[0]) })
      return walks
    }
  }

  private init(
    _ stack: Layer, _ place: LayerPlace, _ input: Tensor<Scalar>, lengths: [Int], from initial: Layer.State
  ) {
    self.place = place
    self.lengths = lengths
    layer = stack.alone(place)
    self.input = place.direction == .forward ? input : input.reversed(lengths: lengths)
    let row = stack.stack.shape.row(place)
    self.initial = Layer.State(components: initial.components.map { $0.step(row) })
    let output = layer(self.input, lengths: lengths, from: self.initial, recordingCells: true)
    states = [output.hidden] + (output.cells.map { [$0.reshaped(to: Array($0.shape.dropFirst()))] } ?? [])
  }

  /// T.
  var stepCount: Int { input.shape[0] }

  /// The state before a step of every sequence that has it.
  func state(before step: Int) -> Layer.State {
    step == 0 ? initial : Layer.State(components: states.map { $0.step(step - 1) })
  }

  /// 1 for a sequence that has the step, else 0.
  func lengths(ofStep step: Int) -> [Int] { lengths.map { step < $0 ? 1 : 0 } }

  /// A tensor [T, N, F] whose steps are in the order of the walk, in that of time; and back.
  func inTime(_ tensor: Tensor<Scalar>) -> Tensor<Scalar> {
    place.direction == .forward ? tensor : tensor.reversed(lengths: lengths)
  }
}

extension RecurrentLayer {
  /// One layer and direction as a layer that walks forward, less what is left to chance.
  fileprivate func alone(_ place: LayerPlace) -> Self {
    var alone = configuration
    alone.inputSize = configuration.inputSize(ofLayer: place.layer)
    alone.layerCount = 1
    alone.isBidirectional = false
    alone.regularization = .none
    let weights = [parameters[layer: place.layer, direction: place.direction]]
    var layer = Self(alone, parameters: LayerParameters(alone, weights: weights), engine: engine)
    layer.team = team
    return layer
  }

  /// Traps unless a batch [T, N, I] fits the layer; gives the length of each sequence, and the state before the first step.
  func requireBatch(
    _ name: StaticString, _ input: Tensor<Scalar>, lengths: [Int]?, from initial: State?
  ) -> (lengths: [Int], initial: State) {
    let shape = stack.shape
    require(input.shape.count == 3, "\(name): an input of \(input.shape.count) dimensions in place of 3")
    let (batchSize, features) = (input.shape[1], input.shape[2])
    require(features == shape.inputSize, "\(name): \(features) features for an input size of \(shape.inputSize)")
    let lengths = requireLengths(lengths, for: input.shape, name)
    let zeros = zeroState(batchSize: batchSize)
    for (given, zero) in zip((initial ?? zeros).components, zeros.components) {
      require(given.shape == zero.shape, "\(name): a state of shape \(given.shape) in place of \(zero.shape)")
    }
    return (lengths, initial ?? zeros)
  }
}
