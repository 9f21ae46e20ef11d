import Foundation
import Recurrent
import RecurrentPictures
import RecurrentVerification

/// How a problem is run.
enum Mode: String, CaseIterable, CustomStringConvertible {
  /// One step of N sequences through `Stream`.
  case step
  /// A whole call over T steps, with a workspace made beforehand.
  case inference
  /// A call over T steps on a tape, and back through it to all gradients.
  case training

  var description: String { rawValue }

  /// What the times are times of.
  var explanation: String {
    switch self {
    case .step: "one step of N sequences through Stream"
    case .inference: "one call of T steps, workspace made beforehand"
    case .training: "forward and back over T steps, all gradients, tape made beforehand"
    }
  }

  /// Why a problem cannot be run in this mode, or nil where it can.
  func refusal(of problem: Problem) -> String? {
    if self == .step, problem.isBidirectional {
      return "a reverse direction starts at the end of a sequence, so there is no single step of it"
    }
    if self == .step, problem.options.contains(.ragged) {
      return "a step is one of every sequence, however long they are"
    }
    // Weights as given, as an engine packs them, and in Double; and of each row input, gates and output. Training has
    // packed weights for the way back and gradients of all weights besides, and gates in every layer and direction.
    let weights = problem.parameterBytes / 4
    let rows = Double(timedProblem(problem).stepCount) * Double(problem.batchSize)
    let directions = problem.isBidirectional ? 2 : 1
    let kept = self == .training ? 6 * directions * problem.layerCount : 0
    let row = Double(3 * problem.inputSize) + Double((problem.isBidirectional ? 10 : 7) * problem.hiddenSize)
    let need = (self == .training ? 28 : 16) * weights + 4 * rows * (row + Double(kept * problem.hiddenSize))
    let memory = Double(ProcessInfo.processInfo.physicalMemory)
    guard need > 0.8 * memory else { return nil }
    return "it needs about \(Text.three(need * 0x1p-30)) GiB of memory, and this machine has "
      + "\(Text.three(memory * 0x1p-30))"
  }

  /// Whether an engine shares out calls; else they are the caller's alone, whatever the number of threads.
  func isShared(by engine: Engine) -> Bool {
    switch self {
    case .step: false
    case .inference: engine == .fused
    case .training: engine != .naive
    }
  }

  /// How many steps of a problem one call makes.
  func stepsPerCall(_ problem: Problem) -> Int { self == .step ? 1 : problem.stepCount }
}

/// A problem, the way it is run, and the heading that it stands under in a table.
struct Workload {
  let section: String?
  let mode: Mode
  let problem: Problem

  /// The work of one call. Going back takes two products for each one on the way there: for the gradients of what went
  /// in, and for those of the weights.
  var floatingPointOperations: Double {
    problem.floatingPointOperations(steps: mode.stepsPerCall(problem)) * (mode == .training ? 3 : 1)
  }
}
