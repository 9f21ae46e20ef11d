public import Recurrent

/// The exact Jacobians of one layer and direction along one sequence: J_t = ∂s_t / ∂s_(t−1).
///
///     let jacobians = lstm.stateJacobians(features, sequence: 0)
///     let j = jacobians.matrix(ofStep: 5)                  // [S, S]
///     let decay = jacobians.product(of: 0..<100).logSingularValues()
///     let exponents = jacobians.lyapunovExponents(discarding: 20)
///
/// The state s has S numbers: h, and in an LSTM behind it C. Row i of J_t is how s_t[i] follows s_(t−1); the input of the
/// step is held fixed, so that in a stack each layer is looked at by itself. (In one direction the Jacobian of a whole stack
/// has these on its diagonal and zeros above them, and so their exponents together.) Steps are counted from 0 in the order in
/// which the direction walks.
///
/// A row of J_t is the gradient of one number of s_t: the cell's own way back through the step gives S of them at once, for
/// every cell and option, from the S rows of the identity. Any other rows V give V·J_t, which is all that products and
/// exponents need.
public struct StateJacobians<Layer: RecurrentLayer>: Sendable {
  /// The type of the numbers.
  public typealias Scalar = Layer.Scalar

  /// Whose Jacobians they are.
  public let place: LayerPlace
  /// The steps of the sequence.
  public var stepCount: Int { walk.stepCount }
  /// S: R numbers of h, and H of C.
  public let size: Int

  private let walk: LayerWalk<Layer>
  private let widths: [Int]

  init(_ walk: LayerWalk<Layer>) {
    self.walk = walk
    place = walk.place
    widths = walk.layer.stack.shape.componentSizes
    size = widths.reduce(0, +)
  }

  /// J_t [S, S] of a step: ∂s after it / ∂s before it.
  ///
  /// - Complexity: that of S sequences over one step of training; beyond that O(S²).
  public func matrix(ofStep step: Int) -> Tensor<Scalar> {
    var identity = Tensor<Scalar>(shape: [size, size])
    for index in 0..<size { identity[index, index] = 1 }
    return pull(identity, backThrough: step)
  }

  /// Rows [K, S] times the Jacobian of a step: gradients by the state after it become gradients by the state before it.
  ///
  /// - Complexity: that of K sequences over one step of training.
  public func pull(_ rows: Tensor<Scalar>, backThrough step: Int) -> Tensor<Scalar> {
    require(
      rows.shape.count == 2 && rows.shape[1] == size, "pull: rows of shape \(rows.shape) for a state of \(size)")
    require(step >= 0 && step < stepCount, "pull: step \(step) of \(stepCount)")
    var back = StepBack(walk.layer, rows: rows.shape[0])
    return pull(rows, backThrough: step, &back)
  }

  /// Calls `body` with rows that are pulled back through some steps, from the last of them on, each time after one step; the
  /// rows that it leaves are those that are pulled through the next.
  func pull(
    _ rows: Tensor<Scalar>, backThrough steps: Range<Int>, _ body: (inout Tensor<Scalar>) -> Void
  ) {
    require(
      steps.lowerBound >= 0 && steps.upperBound <= stepCount, "StateJacobians: the steps \(steps) of \(stepCount)")
    var back = StepBack(walk.layer, rows: rows.shape[0])
    var rows = rows
    for step in steps.reversed() {
      rows = pull(rows, backThrough: step, &back)
      body(&rows)
    }
  }

  private func pull(
    _ rows: Tensor<Scalar>, backThrough step: Int, _ back: inout StepBack<Layer>
  ) -> Tensor<Scalar> {
    let count = rows.shape[0]
    let before = walk.state(before: step).components.map { $0.repeated(count) }
    let all = rows.reshaped(to: [1, count, size])
    var column = 0
    let parts = widths.map { width in
      defer { column += width }
      return all.features(column..<column + width)
    }
    let result = back(
      Layer.State(components: parts), x: walk.input.step(step).repeated(count), before: Layer.State(components: before))
    return Tensor(sideBySide: result.initial.components).reshaped(to: [count, size])
  }
}

extension RecurrentLayer {
  /// The Jacobians of one layer and direction along one sequence of a batch.
  ///
  /// - Parameters:
  ///   - input: [T, N, I].
  ///   - sequence: which of the N.
  ///   - lengths: the steps of each of the N sequences, all of them T where nil.
  ///   - initial: the state before the first step, zeros where nil.
  ///   - place: the layer and direction.
  /// - Complexity: that of a forward run of one sequence through the whole stack.
  public func stateJacobians(
    _ input: Tensor<Scalar>, sequence: Int = 0, lengths: [Int]? = nil, from initial: State? = nil,
    at place: LayerPlace = LayerPlace()
  ) -> StateJacobians<Self> {
    require(stack.shape.places.contains(place), "stateJacobians: \(place) of \(stack.shape.layerCount) layers")
    return allStateJacobians(input, sequence: sequence, lengths: lengths, from: initial).first { $0.place == place }!
  }

  /// The Jacobians of every layer and direction along one sequence of a batch, of one run.
  ///
  /// - Parameters:
  ///   - input: [T, N, I].
  ///   - sequence: which of the N.
  ///   - lengths: the steps of each of the N sequences, all of them T where nil.
  ///   - initial: the state before the first step, zeros where nil.
  /// - Returns: those of each layer and direction: layer by layer, the forward direction first.
  /// - Complexity: that of a forward run of one sequence.
  public func allStateJacobians(
    _ input: Tensor<Scalar>, sequence: Int = 0, lengths: [Int]? = nil, from initial: State? = nil
  ) -> [StateJacobians<Self>] {
    let batch = requireBatch("stateJacobians", input, lengths: lengths, from: initial)
    require(
      sequence >= 0 && sequence < batch.lengths.count, "stateJacobians: sequence \(sequence) of \(batch.lengths.count)")
    let length = batch.lengths[sequence]
    let state = State(components: batch.initial.components.map { $0.sequence(sequence, length: $0.shape[0]) })
    return LayerWalk.all(self, input.sequence(sequence, length: length), lengths: [length], from: state)
      .map { StateJacobians($0) }
  }
}

extension Tensor {
  /// The only row of a tensor [1, 1, F] so many times: [1, count, F].
  fileprivate func repeated(_ count: Int) -> Tensor {
    var rows: [Scalar] = []
    rows.reserveCapacity(count * elements.count)
    for _ in 0..<count { rows += elements }
    return Tensor(shape: [1, count, shape[2]], elements: rows)
  }
}
