import CAllocationCounter
import Recurrent
import RecurrentVerification

/// What came of one engine on one workload.
struct EngineResult {
  let engine: Engine
  let measurement: Measurement
  let error: ErrorReport
  /// Allocations and mutex locks of a step, where they can be counted.
  let counts: CallCounts?
}

/// Allocations and mutex locks of one step, on average over several.
struct CallCounts {
  let allocations: Double
  let locks: Double
}

/// What came of one workload.
struct Outcome {
  let workload: Workload
  /// What one core could do at most, as far as it was known then.
  let roof: MachineRoof
  /// In the order of the engines asked for, without those left out.
  let results: [EngineResult]
  /// Engines that would have taken too long.
  let skipped: [Engine]

  func result(_ engine: Engine) -> EngineResult? { results.first { $0.engine == engine } }

  /// How many times faster than `naive` an engine's shortest call is.
  func speedup(of result: EngineResult) -> Double? {
    self.result(.naive).map { $0.measurement.minimum / result.measurement.minimum }
  }

  func gigaflops(_ result: EngineResult) -> Double {
    workload.floatingPointOperations / result.measurement.minimum * 1e-9
  }

  /// The share of the peak of multiply-adds, on the threads in use.
  func peakShare(_ result: EngineResult) -> Double {
    gigaflops(result) * 1e9 / (roof.peak * Double(Runner.threads))
  }

  var leastTime: LeastTime { roof.leastTime(workload) }

  /// The share of the machine's roof that the shortest call reached.
  func roofShare(_ result: EngineResult) -> Double { leastTime.seconds / result.measurement.minimum }

  var fastest: EngineResult? { results.min { $0.measurement.minimum < $1.measurement.minimum } }
}

/// Runs workloads: results first, then times.
struct Runner {
  /// Threads that every engine uses.
  static let threads = 1
  /// `naive` is left out where one call would take more than this, in seconds, unless it was asked for. The estimate
  /// comes from its speed on a middling problem.
  static let naiveLimit = 1.25
  private static let seed: UInt64 = 2

  let engines: [Engine]
  let seconds: Double
  let probe: RoofProbe
  let progress: Progress
  private let naiveSpeed: Double?

  init(engines: [Engine], skipsSlowNaive: Bool, seconds: Double, probe: RoofProbe, progress: Progress) {
    self.engines = engines
    self.seconds = seconds
    self.probe = probe
    self.progress = progress
    naiveSpeed = skipsSlowNaive && engines.contains(.naive) ? Self.measureNaiveSpeed() : nil
  }

  func run(_ workload: Workload) -> Outcome {
    let running = engines.filter { !isTooSlow($0, workload) }
    progress.next()
    progress.show("\(workload.problem)")
    let problem = workload.mode.checkedProblem(workload.problem)
    let instance = ProblemInstance(problem, seed: Self.seed)
    let subjects = running.map { workload.mode.makeSubject(instance, $0) }
    progress.show("\(workload.problem) comparing with the definition")
    let definition = Definition(instance)
    let errors = subjects.map { definition.compare($0.result()) }
    probe.measure()
    let measurements = Sampler(seconds: seconds).measure(subjects) { index in
      progress.show("\(workload.problem) \(running[index])")
    }
    let results = running.indices.map { index in
      EngineResult(
        engine: running[index], measurement: measurements[index], error: errors[index],
        counts: workload.mode == .step ? Self.counts(subjects[index]) : nil)
    }
    return Outcome(
      workload: workload, roof: probe.roof, results: results,
      skipped: engines.filter { !running.contains($0) })
  }

  private func isTooSlow(_ engine: Engine, _ workload: Workload) -> Bool {
    guard engine == .naive, let naiveSpeed else { return false }
    return workload.floatingPointOperations / naiveSpeed > Self.naiveLimit
  }

  /// Operations a second of `naive` on a small problem.
  private static func measureNaiveSpeed() -> Double {
    guard let problem = try? Problem("lstm:T2xN1xI512xH512") else { preconditionFailure("a problem was refused") }
    let subject = Mode.inference.makeSubject(ProblemInstance(problem, seed: seed), .naive)
    let seconds = (0..<3).map { _ in Stopwatch.seconds { subject.call(1) } }.min()!
    return problem.floatingPointOperations(steps: problem.stepCount) / seconds
  }

  /// Counts what calls do after the warm-up.
  private static func counts(_ subject: any Subject) -> CallCounts? {
    guard allocation_counter_is_available() else { return nil }
    let calls = 10
    allocation_counter_reset()
    subject.call(calls)
    let counts = allocation_counter_read()
    return CallCounts(
      allocations: Double(counts.allocations) / Double(calls), locks: Double(counts.locks) / Double(calls))
  }
}
