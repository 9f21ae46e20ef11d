import Recurrent
import RecurrentPictures
import RecurrentVerification

/// How much memory a tape may take.
enum TapeBudget {
  /// What it takes to compute nothing twice.
  case everything
  case limit(MemorySize)
  /// The least that will do.
  case least

  /// That of a problem whose results are checked, and which may be shorter than the one that is timed: where there is a
  /// limit it takes the least, so that there are segments in it too.
  var ofCheckedProblem: TapeBudget {
    if case .limit = self { .least } else { self }
  }

  /// Why a workload cannot be run with it, or nil where it can.
  func refusal(of workload: Workload) -> String? {
    guard case .limit(let limit) = self, workload.mode == .training else { return nil }
    let problem = workload.problem
    func least(_ layer: some RecurrentLayer<Float>) -> MemorySize { .bytes(layer.leastTapeBytes(for: problem)) }
    let need = least(ProblemInstance(problem.with(stepCount: 1), seed: 1).model(.naive))
    guard need > limit else { return nil }
    return "its tape takes \(Text.memory(need.byteCount)) at least"
  }

  /// The limit of a tape for such runs of `layer`.
  fileprivate func memoryLimit<Layer: RecurrentLayer>(_ layer: Layer, _ problem: Problem) -> MemorySize? {
    switch self {
    case .everything: nil
    case .limit(let limit): limit
    case .least: .bytes(layer.leastTapeBytes(for: problem))
    }
  }
}

extension RecurrentLayer {
  fileprivate func leastTapeBytes(for problem: Problem) -> Int {
    Tape.leastByteCount(for: self, steps: problem.stepCount, batchSize: problem.batchSize)
  }
}

/// Forward on a tape and back through it, from the gradient of every h to all gradients: by the weights, the input and
/// the initial state.
final class TrainingSubject<Layer: RecurrentLayer<Float>>: CheckedSubject {
  private let layer: Layer
  private let input: Tensor<Float>
  private let lengths: [Int]?
  private let initial: Layer.State
  private let outputs: OutputGradients<Layer.State>
  private var tape: Tape<Layer>
  private var hidden: Tensor<Float>
  private var weightGradients: LayerParameters<Layer.Weights>
  private var inputGradients: InputGradients<Layer.State>

  var tapeBytes: Int? { tape.byteCount }

  init(_ instance: ProblemInstance, _ layer: Layer, _ budget: TapeBudget) {
    let problem = instance.problem
    self.layer = layer
    input = instance.input
    lengths = instance.lengths
    initial = instance.initialState(of: layer)
    outputs = OutputGradients(hidden: instance.outputGradient)
    tape = Tape(
      for: layer, steps: problem.stepCount, batchSize: problem.batchSize,
      memoryLimit: budget.memoryLimit(layer, problem))
    hidden = Tensor(shape: [0])
    weightGradients = layer.parameters.zeros()
    inputGradients = InputGradients(input: Tensor(shape: [0]), initial: initial)
  }

  func call(_ count: Int) {
    for _ in 0..<count {
      hidden = layer.forward(input, lengths: lengths, from: initial, recording: &tape).hidden
      inputGradients = layer.backward(outputs, through: &tape, into: &weightGradients)
    }
  }

  func result() -> [Tensor<Float>] {
    call(1)
    var result = [hidden]
    weightGradients.forEach { result.append($1) }
    return result + [inputGradients.input] + inputGradients.initial.components
  }
}
