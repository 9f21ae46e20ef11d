public import Recurrent

/// How long the gradients of a loss are at the states of one layer and direction, on their way back through time.
///
/// The state s is h, and in an LSTM h and C. ∂L/∂h_t and ∂L/∂C_t are the two parts of ∂L/∂s_t: what the loss would change
/// with if h_t, or C_t, were moved and the other stayed. (So at the last step, of which a loss sees h alone, that of C is
/// 0.) Both have in them all that comes from later steps, from the layers above, and from the loss at the step itself.
///
/// Distance 0 is the state after the last step that the direction walks, distance d that of d steps before, and at the
/// length of the sequence stands the initial state.
public struct StateGradients: Sendable, Equatable {
  /// Whose states they are.
  public let place: LayerPlace
  /// ‖∂L/∂h_t‖.
  public let hidden: NormCurve
  /// ‖∂L/∂C_t‖, in a cell that has C.
  public let cell: NormCurve?
  /// ‖∂L/∂s_t‖: of both.
  public let state: NormCurve
}

extension RecurrentLayer {
  /// The norms of a loss's gradients at the states of every layer, direction and step of a batch.
  ///
  ///     for flow in lstm.stateGradients(features, lengths: lengths) { print(flow.place, flow.hidden.medians) }
  ///
  /// Where a loss looks at every step, its own part at each hides what came from far away. To see that, leave `outputs` out:
  /// then the loss is the product of the last state of the last layer, of h alone, with a random direction of length 1 for
  /// each sequence and direction of the layer.
  ///
  /// Each step goes back by itself. In Float a gradient below 10⁻³⁸ is 0, in Double one below 10⁻³⁰⁸: denormals are flushed
  /// (but for those of the engine `naive`). What is left to chance in training is left out.
  ///
  /// - Parameters:
  ///   - input: [T, N, I].
  ///   - lengths: the steps of each of the N sequences, all of them T where nil.
  ///   - initial: the state before the first step, zeros where nil.
  ///   - outputs: the gradients of the loss by the outputs, as `backward` takes them.
  ///   - seed: of the random directions.
  /// - Returns: those of each layer and direction: layer by layer, the forward direction first.
  /// - Complexity: three times that of a forward run, and O(T·number of parameters) for a small batch.
  public func stateGradients(
    _ input: Tensor<Scalar>, lengths: [Int]? = nil, from initial: State? = nil,
    outputs: OutputGradients<State>? = nil, seed: UInt64 = 1
  ) -> [StateGradients] {
    let batch = requireBatch("stateGradients", input, lengths: lengths, from: initial)
    let shape = stack.shape
    let outputs = outputs ?? probe(batchSize: input.shape[1], seed: seed)
    requireShapes(of: outputs, steps: input.shape[0], batchSize: input.shape[1])
    let final = (outputs.final ?? zeroState(batchSize: input.shape[1])).components
    let walks = LayerWalk.all(self, input, lengths: batch.lengths, from: batch.initial)
    let width = shape.outputSize * shape.directionCount
    var above = outputs.hidden ?? Tensor(shape: [input.shape[0], input.shape[1], width])
    var results: [LayerPlace: StateGradients] = [:]
    for layer in (0..<shape.layerCount).reversed() {
      var below: Tensor<Scalar>?
      for walk in walks where walk.place.layer == layer {
        let index = walk.place.direction.rawValue
        let columns = index * shape.outputSize..<(index + 1) * shape.outputSize
        let cellColumns = index * shape.hiddenSize..<(index + 1) * shape.hiddenSize
        let cells = outputs.cells.map { walk.inTime($0.layer(layer).features(cellColumns)) }
        let flow = walk.flowBack(
          from: final.map { $0.step(shape.row(walk.place)) }, hidden: walk.inTime(above.features(columns)),
          cells: cells)
        results[walk.place] = flow.gradients
        let input = walk.inTime(flow.input)
        below = below.map { $0.adding(input) } ?? input
      }
      above = below!
    }
    return shape.places.map { results[$0]! }
  }

  /// The norms of the gradients in each layer and direction by itself, of a loss that is the product of its own last h with a
  /// random direction of length 1: what the layer, and nothing around it, does to gradients.
  func ownStateGradients(_ walks: [LayerWalk<Self>], seed: UInt64 = 1) -> [StateGradients] {
    let shape = stack.shape
    var generator = SeededGenerator(seed: seed)
    return walks.map { walk in
      let count = walk.lengths.count
      var final = shape.componentSizes.map { Tensor<Scalar>(shape: [1, count, $0]) }
      final[0] = Tensor(shape: final[0].shape, elements: shape.directions(count, using: &generator))
      return walk.flowBack(from: final, hidden: nil, cells: nil).gradients
    }
  }

  /// Traps unless gradients fit the outputs that they are of.
  private func requireShapes(of outputs: OutputGradients<State>, steps: Int, batchSize: Int) {
    let shape = stack.shape
    func check(_ what: StaticString, _ found: [Int]?, _ wanted: [Int]) {
      guard let found else { return }
      require(found == wanted, "stateGradients: gradients of \(what) of shape \(found) in place of \(wanted)")
    }
    check("h", outputs.hidden?.shape, [steps, batchSize, shape.outputSize * shape.directionCount])
    if shape.hasCell {
      let width = shape.hiddenSize * shape.directionCount
      check("C", outputs.cells?.shape, [shape.layerCount, steps, batchSize, width])
    } else {
      require(outputs.cells == nil, "stateGradients: gradients of C, which a cell of \(shape.gateCount) gates has not")
    }
    for (given, zero) in zip(outputs.final?.components ?? [], zeroState(batchSize: batchSize).components) {
      check("the final state", given.shape, zero.shape)
    }
  }

  /// The gradients of a loss that is the product of the last h of the last layer with a random direction.
  private func probe(batchSize: Int, seed: UInt64) -> OutputGradients<State> {
    let shape = stack.shape
    var components = zeroState(batchSize: batchSize).components
    var generator = SeededGenerator(seed: seed)
    let below = (shape.layerCount - 1) * shape.directionCount * batchSize * shape.outputSize
    let hidden: [Scalar] =
      [Scalar](repeating: 0, count: below) + shape.directions(shape.directionCount * batchSize, using: &generator)
    components[0] = Tensor(shape: components[0].shape, elements: hidden)
    return OutputGradients(final: State(components: components))
  }
}

extension StackShape {
  /// Random directions of h, each of length 1, one after another.
  fileprivate func directions<Scalar: RecurrentScalar>(
    _ count: Int, using generator: inout SeededGenerator
  ) -> [Scalar] {
    (0..<count).flatMap { _ in
      let direction = (0..<outputSize).map { _ in generator.normal() }
      let length = direction.norm
      return direction.map { Scalar($0 / length) }
    }
  }
}

extension Tensor {
  /// One layer of a tensor [L, T, N, F].
  fileprivate func layer(_ index: Int) -> Tensor {
    let size = count / shape[0]
    return Tensor(
      shape: Array(shape.dropFirst()), elements: Array(elements[index * size..<(index + 1) * size]))
  }
}

extension LayerWalk {
  /// Takes gradients back through the walk, step by step.
  ///
  /// - Parameters:
  ///   - final: those of the final state, for each part [1, N, width].
  ///   - hidden: those of h of every step, [T, N, R], in the order of the walk; none where nil.
  ///   - cells: those of C likewise, [T, N, H].
  /// - Returns: the norms, and the gradients by the inputs in the order of the walk.
  fileprivate func flowBack(
    from final: [Tensor<Scalar>], hidden: Tensor<Scalar>?, cells: Tensor<Scalar>?
  ) -> (gradients: StateGradients, input: Tensor<Scalar>) {
    var gradient = final
    var inputs = [[Scalar]](repeating: [], count: stepCount)
    var collector = NormCollector(lengths, partCount: final.count)
    var back = StepBack(layer, rows: lengths.count)
    for step in (0..<stepCount).reversed() {
      let active = lengths(ofStep: step)
      for (part, given) in [hidden, cells].enumerated() {
        if let given { gradient[part].add(given.step(step), rows: active) }
      }
      collector.add(gradient, after: step)
      let result = back(
        Layer.State(components: gradient), x: input.step(step), before: state(before: step), lengths: active)
      gradient = result.initial.components
      inputs[step] = result.input.elements
    }
    collector.add(gradient, after: -1)
    return (collector.gradients(place), Tensor(shape: input.shape, elements: inputs.flatMap { $0 }))
  }
}

extension Tensor {
  /// Adds the rows of a step whose count is 1, and leaves those whose count is 0.
  fileprivate mutating func add(_ other: Tensor, rows counts: [Int]) {
    let width = shape[2]
    var target = mutableSpan
    for (row, count) in counts.enumerated() where count > 0 {
      for column in row * width..<(row + 1) * width { target[column] += other.span[column] }
    }
  }
}

/// Norms on their way into curves.
private struct NormCollector {
  private let lengths: [Int]
  /// For each part of the state, and behind them for all of it, the norms of each sequence from its end on.
  private var norms: [[[Double]]]

  init(_ lengths: [Int], partCount: Int) {
    self.lengths = lengths
    let none = [[Double]](repeating: [], count: lengths.count)
    norms = [[[Double]]](repeating: none, count: partCount + 1)
  }

  /// Takes the norms of the gradients by the state after a step, of all sequences that come so far.
  mutating func add<Scalar: RecurrentScalar>(_ gradient: [Tensor<Scalar>], after step: Int) {
    for (sequence, length) in lengths.enumerated() where step < length {
      let parts = gradient.map { part in
        part.elements[sequence * part.shape[2]..<(sequence + 1) * part.shape[2]].norm
      }
      for (index, norm) in (parts + [parts.norm]).enumerated() { norms[index][sequence].append(norm) }
    }
  }

  func gradients(_ place: LayerPlace) -> StateGradients {
    let curves = norms.map { sequences in
      NormCurve(
        norms: (0..<(sequences.map(\.count).max() ?? 0)).map { distance in
          sequences.filter { $0.count > distance }.map { $0[distance] }
        })
    }
    return StateGradients(
      place: place, hidden: curves[0], cell: curves.count > 2 ? curves[1] : nil, state: curves[curves.count - 1])
  }
}
