package import Recurrent

/// What the definition in Double makes of a run and of the way back from gradients of every h: all numbers that come out
/// of training, each with the error that rounding in another precision may have.
package struct ReferenceGradients: Sendable {
  /// h of the last layer at every step, [N, D·H].
  private let hidden: [BoundedMatrix]
  /// By the weights of every layer and direction, in their order.
  private let weights: [BoundedMatrix]
  /// By the input of every step, [N, I].
  private let input: [BoundedMatrix]
  /// By each part of the initial state, h first: for each layer and direction [N, H].
  private let initial: [[BoundedMatrix]]
  private let lengths: [Int]

  /// Runs a layer and goes back.
  ///
  /// - Parameters:
  ///   - input: [T, N, I]; what stands past the end of a sequence is not read.
  ///   - initial: the state before the first step.
  ///   - outputGradient: the gradient of the loss by h of every step, [T, N, D·H]; likewise.
  package init<Layer: VerifiableLayer>(
    of layer: Layer, _ input: Tensor<Layer.Scalar>, lengths: [Int]?, from initial: Layer.State,
    outputGradient: Tensor<Layer.Scalar>, _ roundoff: Roundoff
  ) {
    let (stepCount, batchSize) = (input.shape[0], input.shape[1])
    let lengths = lengths ?? [Int](repeating: stepCount, count: batchSize)
    self.lengths = lengths
    let derivation = Derivation(roundoff)
    var parameters: [[(name: String, parameter: Parameter)]] = []
    for weights in layer.wideParameters.weights {
      var named: [(name: String, parameter: Parameter)] = []
      weights.forEach { named.append(($0, Parameter($1))) }
      parameters.append(named)
    }
    let frames = Self.steps(of: input, lengths).map { Quantity($0.map { roundoff.input($0.value) }) }
    let states = initial.components.map { part in
      Self.rows(of: part).map { Quantity($0.map { roundoff.input($0.value) }) }
    }

    var outputs = frames
    let shape = layer.configuration.shape
    for index in 0..<shape.layerCount {
      let directions = (0..<shape.directionCount).map { direction in
        let place = index * shape.directionCount + direction
        let weights = Dictionary(uniqueKeysWithValues: parameters[place].map { ($0.name, $0.parameter) })
        var state = states.map { $0[place] }
        var hidden = outputs
        for step in direction == 0 ? Array(0..<stepCount) : (0..<stepCount).reversed() {
          let before = state
          Layer.Cell.advance(weights, layer.configuration, outputs[step], &state, derivation)
          let isRunning = lengths.map { step < $0 }
          state = state.indices.map { derivation.choose(isRunning, state[$0], before[$0]) }
          hidden[step] = state[0]
        }
        return hidden
      }
      outputs = (0..<stepCount).map { step in
        directions.count == 1 ? directions[0][step] : derivation.joined(directions.map { $0[step] })
      }
    }
    for (output, gradient) in zip(outputs, Self.steps(of: outputGradient, lengths)) {
      output.add(gradient.map { roundoff.input($0.value) }, roundoff)
    }
    derivation.goBack()

    hidden = outputs.map(\.value)
    weights = parameters.flatMap { $0.map { $0.parameter.gradient(roundoff) } }
    self.input = frames.map(\.gradientOrZero)
    self.initial = states.map { $0.map(\.gradientOrZero) }
  }

  /// Compares h of every step [T, N, D·H], the gradients by the weights in their order, by the input, and by the parts of
  /// the initial state. Past the end of a sequence h and the gradient by the input must be 0.
  package func compare<Scalar: RecurrentScalar>(_ results: [Tensor<Scalar>]) -> ErrorReport {
    precondition(
      results.count == 2 + weights.count + initial.count,
      "ReferenceGradients: \(results.count) results to compare with \(2 + weights.count + initial.count)")
    var report = ErrorReport()
    func compare(_ tensor: Tensor<Scalar>, _ parts: [BoundedMatrix], isRagged: Bool = false) {
      let elements = tensor.elements
      var start = 0
      for (step, part) in parts.enumerated() {
        for index in part.values.indices {
          let isPast = isRagged && step >= lengths[index / part.columns]
          report.compare(Double(elements[start + index]), with: isPast ? Bounded(0) : part[index])
        }
        start += part.values.count
      }
      precondition(elements.count == start, "ReferenceGradients: \(elements.count) numbers in place of \(start)")
    }
    compare(results[0], hidden, isRagged: true)
    for (tensor, part) in zip(results[1...], weights) { compare(tensor, [part]) }
    compare(results[1 + weights.count], input, isRagged: true)
    for (tensor, parts) in zip(results[(2 + weights.count)...], initial) { compare(tensor, parts) }
    return report
  }

  /// The steps of a tensor [T, N, columns], with 0 past the end of each sequence.
  private static func steps<Scalar: RecurrentScalar>(of tensor: Tensor<Scalar>, _ lengths: [Int]) -> [BoundedMatrix] {
    var steps = rows(of: tensor)
    for step in steps.indices {
      for row in lengths.indices where step >= lengths[row] {
        for column in 0..<steps[step].columns { steps[step][row, column] = Bounded(0) }
      }
    }
    return steps
  }

  /// A tensor of three dimensions as matrices, one for each index of the first.
  private static func rows<Scalar: RecurrentScalar>(of tensor: Tensor<Scalar>) -> [BoundedMatrix] {
    let (rows, columns) = (tensor.shape[1], tensor.shape[2])
    let elements = tensor.elements
    return (0..<tensor.shape[0]).map { index in
      let part = elements[index * rows * columns..<(index + 1) * rows * columns]
      return BoundedMatrix(rows: rows, columns: columns, values: part.map { Double($0) })
    }
  }
}

/// What the definition makes of a problem in training.
package struct GradientDefinition: ProblemDefinition {
  private let reference: ReferenceGradients

  /// Computes all of a problem: weights have gradients from every sequence.
  package init(_ instance: ProblemInstance) {
    func reference(_ layer: some VerifiableLayer<Float>) -> ReferenceGradients {
      ReferenceGradients(
        of: layer, instance.input, lengths: instance.lengths, from: instance.initialState(of: layer),
        outputGradient: instance.outputGradient, .float)
    }
    self.reference = reference(instance.model(.naive))
  }

  package func compare(_ results: [Tensor<Float>]) -> ErrorReport { reference.compare(results) }

  /// The problem over as many steps as take about a second on one core, two at least.
  package static func affordable(_ problem: Problem) -> Problem {
    // Seven products of matrices in Double for each of the forward run, four of which read all weights in every step, and
    // some 60 elementwise operations a unit. What is done once for each weight, however few the steps are, comes to that.
    let products = 7 * problem.floatingPointOperations(steps: problem.stepCount)
    let weightBytesRead = 4 * 2 * problem.parameterBytes * Double(problem.stepCount)
    let units = problem.rowCount(steps: problem.stepCount) * problem.layerCount * (problem.isBidirectional ? 2 : 1)
    let seconds = products / 2.5e10 + weightBytesRead / 4e9 + Double(units * problem.hiddenSize) * 2e-6
    guard seconds > 1 else { return problem }
    let steps = max(2, Int(Double(problem.stepCount) / seconds))
    return problem.with(stepCount: min(steps, problem.stepCount))
  }
}
