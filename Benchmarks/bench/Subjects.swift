import Recurrent
import RecurrentVerification

/// An engine at work on a problem, whose result can be compared with the definition.
protocol CheckedSubject: Subject {
  /// What the engine makes of `instance`, [T, N, D·H], from zeros.
  func result() -> Tensor<Float>
}

extension Mode {
  /// The steps that are compared with the definition in step mode, where the T of a problem does not matter.
  static let checkedSteps = 16

  /// The problem whose results are compared with the definition.
  func checkedProblem(_ problem: Problem) -> Problem {
    self == .step ? problem.with(stepCount: Self.checkedSteps) : problem
  }

  func makeSubject(_ instance: ProblemInstance, _ engine: Engine) -> any CheckedSubject {
    switch self {
    case .step: StepSubject(instance, engine)
    case .inference: InferenceSubject(instance, engine)
    }
  }
}

/// One step of N sequences. The frames come round again after the last one; the state runs on.
final class StepSubject: CheckedSubject {
  private let frames: [Tensor<Float>]
  private var next = 0
  private var stream: Stream<LSTM<Float>>
  private var hidden: Tensor<Float>

  init(_ instance: ProblemInstance, _ engine: Engine) {
    let problem = instance.problem
    let frameSize = problem.batchSize * problem.inputSize
    frames = (0..<problem.stepCount).map { step in
      let elements = instance.input.elements[step * frameSize..<(step + 1) * frameSize]
      return Tensor(shape: [problem.batchSize, problem.inputSize], elements: Array(elements))
    }
    stream = instance.model(engine).stream(batchSize: problem.batchSize)
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
    _ stream: inout Stream<LSTM<Float>>, _ frame: borrowing Tensor<Float>, into hidden: inout Tensor<Float>
  ) {
    stream.step(frame.span, into: hidden.mutableSpan)
  }

  func result() -> Tensor<Float> {
    stream.reset()
    next = 0
    var elements: [Float] = []
    for _ in frames {
      call(1)
      elements += hidden.elements
    }
    return Tensor(shape: [frames.count] + hidden.shape, elements: elements)
  }
}

/// A whole call. The state runs on from call to call.
final class InferenceSubject: CheckedSubject {
  private let lstm: LSTM<Float>
  private let input: Tensor<Float>
  private var state: LSTM<Float>.State
  private var output: Tensor<Float>
  private var workspace: Workspace<Float>

  init(_ instance: ProblemInstance, _ engine: Engine) {
    let problem = instance.problem
    lstm = instance.model(engine)
    input = instance.input
    state = lstm.zeroState(batchSize: problem.batchSize)
    let directions = problem.isBidirectional ? 2 : 1
    output = Tensor(shape: [problem.stepCount, problem.batchSize, directions * problem.hiddenSize])
    workspace = Workspace(for: lstm, stepCount: problem.stepCount, batchSize: problem.batchSize)
  }

  func call(_ count: Int) {
    for _ in 0..<count { Self.run(lstm, input, &state, into: &output, &workspace) }
  }

  @inline(__always)
  private static func run(
    _ lstm: LSTM<Float>, _ input: borrowing Tensor<Float>, _ state: inout LSTM<Float>.State,
    into output: inout Tensor<Float>, _ workspace: inout Workspace<Float>
  ) {
    lstm.run(input.span, state: &state, into: output.mutableSpan, using: &workspace)
  }

  func result() -> Tensor<Float> {
    state = lstm.zeroState(batchSize: input.shape[1])
    call(1)
    return output
  }
}
