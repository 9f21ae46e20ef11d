import Foundation
import Recurrent
import RecurrentVerification

/// How a problem is run. Training will be a third mode.
enum Mode: String, CaseIterable, CustomStringConvertible {
  /// One step of N sequences through `Stream`.
  case step
  /// A whole call over T steps, with a workspace made beforehand.
  case inference

  var description: String { rawValue }

  /// What the times are times of.
  var explanation: String {
    switch self {
    case .step: "one step of N sequences through Stream"
    case .inference: "one call of T steps, workspace made beforehand"
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
    // Weights as given, as an engine packs them, and in Double; and of each row input, gates and output.
    let weights = problem.floatingPointOperations(steps: 1) / Double(2 * problem.batchSize)
    let rows = Double(checkedProblem(problem).stepCount) * Double(problem.batchSize)
    let row = Double(3 * problem.inputSize) + Double((problem.isBidirectional ? 10 : 7) * problem.hiddenSize)
    let need = 16 * weights + 4 * rows * row
    let memory = Double(ProcessInfo.processInfo.physicalMemory)
    guard need > 0.8 * memory else { return nil }
    return "it needs about \(Text.three(need * 0x1p-30)) GiB of memory, and this machine has "
      + "\(Text.three(memory * 0x1p-30))"
  }

  /// Whether an engine shares out calls; else they are the caller's alone, whatever the number of threads.
  func isShared(by engine: Engine) -> Bool { self != .step && engine == .fused }

  /// How many steps of a problem one call makes.
  func stepsPerCall(_ problem: Problem) -> Int { self == .step ? 1 : problem.stepCount }
}

/// A problem, the way it is run, and the heading that it stands under in a table.
struct Workload {
  let section: String?
  let mode: Mode
  let problem: Problem

  /// The work of one call.
  var floatingPointOperations: Double { problem.floatingPointOperations(steps: mode.stepsPerCall(problem)) }
}
