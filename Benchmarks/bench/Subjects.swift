import Recurrent
import RecurrentVerification

/// An engine at work on a problem, whose result can be compared with the definition.
protocol CheckedSubject: Subject {
  /// What the engine makes of an instance, in the order of `ProblemDefinition`.
  func result() -> [Tensor<Float>]
}

extension Mode {
  /// The frames that come round in step mode, where the T of a problem does not matter.
  private static let frameCount = 16

  /// The problem that is timed. States decay over the T steps of their problem, steps or not.
  func timedProblem(_ problem: Problem) -> Problem {
    self == .step && !problem.options.contains(.decay) ? problem.with(stepCount: Self.frameCount) : problem
  }

  /// The problem whose results are compared with the definition: in training one of fewer steps where those of all would
  /// take seconds.
  func checkedProblem(_ problem: Problem) -> Problem {
    self == .training ? GradientDefinition.affordable(problem) : timedProblem(problem)
  }

  /// What the results of `instance` are compared with.
  func definition(of instance: ProblemInstance) -> any ProblemDefinition {
    self == .training ? GradientDefinition(instance) : Definition(instance)
  }

  /// An engine at work on an instance. Only training has a tape.
  func makeSubject(
    _ instance: ProblemInstance, _ engine: Engine, team: ThreadTeam = .shared, tape: TapeBudget = .everything
  ) -> any CheckedSubject {
    var model = instance.model(engine)
    model.team = team
    // Each cell by its name, so that the code around the call is the one that a program of this cell would have.
    return switch model {
    case let lstm as LSTM<Float>: makeSubject(instance, lstm, tape)
    case let gru as GRU<Float>: makeSubject(instance, gru, tape)
    case let rnn as RNN<Float>: makeSubject(instance, rnn, tape)
    case let layer: preconditionFailure("a problem of an unknown cell: \(layer)")
    }
  }

  @inline(__always)
  private func makeSubject<Layer: RecurrentLayer<Float>>(
    _ instance: ProblemInstance, _ layer: Layer, _ tape: TapeBudget
  ) -> any CheckedSubject {
    switch self {
    case .step: StepSubject(instance, layer)
    case .inference: InferenceSubject(instance, layer)
    case .training: TrainingSubject(instance, layer, tape)
    }
  }
}

/// One step of N sequences. The frames come round again after the last one; the state runs on.
final class StepSubject<Layer: RecurrentLayer<Float>>: CheckedSubject {
  private let frames: [Tensor<Float>]
  private var next = 0
  private var stream: Stream<Layer>
  private var hidden: Tensor<Float>

  init(_ instance: ProblemInstance, _ layer: Layer) {
    let problem = instance.problem
    let frameSize = problem.batchSize * problem.inputSize
    let silence = Tensor<Float>(shape: [problem.batchSize, problem.inputSize])
    frames = (0..<problem.stepCount).map { step in
      let elements = instance.input.elements[step * frameSize..<(step + 1) * frameSize]
      // One silence for all frames, so that the caches hold no more of them than of others.
      return elements.allSatisfy { $0 == 0 } ? silence : Tensor(shape: silence.shape, elements: Array(elements))
    }
    stream = layer.stream(batchSize: problem.batchSize)
    hidden = Tensor(shape: [problem.batchSize, problem.hiddenSize])
  }

  func call(_ count: Int) {
    for _ in 0..<count {
      Self.step(&stream, frames[next], into: &hidden)
      next = next + 1 == frames.count ? 0 : next + 1
    }
  }

  // A span of a class's property may not leave the expression that reads the property; one of a parameter may.
  @inline(__always)
  private static func step(
    _ stream: inout Stream<Layer>, _ frame: borrowing Tensor<Float>, into hidden: inout Tensor<Float>
  ) {
    stream.step(frame.span, into: hidden.mutableSpan)
  }

  func result() -> [Tensor<Float>] {
    stream.reset()
    next = 0
    var elements: [Float] = []
    for _ in frames {
      call(1)
      elements += hidden.elements
    }
    return [Tensor(shape: [frames.count] + hidden.shape, elements: elements)]
  }
}

/// A whole call. The state runs on from call to call.
final class InferenceSubject<Layer: RecurrentLayer<Float>>: CheckedSubject {
  private let layer: Layer
  private let input: Tensor<Float>
  private let lengths: [Int]?
  private var state: Layer.State
  private var output: Tensor<Float>
  private var workspace: Workspace<Float>

  init(_ instance: ProblemInstance, _ layer: Layer) {
    let problem = instance.problem
    self.layer = layer
    input = instance.input
    lengths = instance.lengths
    state = layer.zeroState(batchSize: problem.batchSize)
    let directions = problem.isBidirectional ? 2 : 1
    output = Tensor(shape: [problem.stepCount, problem.batchSize, directions * problem.hiddenSize])
    workspace = Workspace(for: layer, stepCount: problem.stepCount, batchSize: problem.batchSize)
  }

  func call(_ count: Int) {
    for _ in 0..<count { Self.run(layer, input, lengths, &state, into: &output, &workspace) }
  }

  @inline(__always)
  private static func run(
    _ layer: Layer, _ input: borrowing Tensor<Float>, _ lengths: [Int]?, _ state: inout Layer.State,
    into output: inout Tensor<Float>, _ workspace: inout Workspace<Float>
  ) {
    layer.run(input.span, lengths: lengths, state: &state, into: output.mutableSpan, using: &workspace)
  }

  func result() -> [Tensor<Float>] {
    state = layer.zeroState(batchSize: input.shape[1])
    call(1)
    return [output]
  }
}
