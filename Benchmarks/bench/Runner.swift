import CAllocationCounter
import Recurrent
import RecurrentVerification

/// Runs workloads: results first, then times.
struct Runner {
  /// `naive` is left out where one call would take more than this, in seconds, unless it was asked for. The estimate
  /// comes from its speed on a middling problem.
  static let naiveLimit = 1.25
  private static let seed: UInt64 = 2

  let engines: [Engine]
  let seconds: Double
  let probe: RoofProbe
  let peers: Peers?
  let progress: Progress
  private let naiveSpeed: Double?

  init(
    engines: [Engine], skipsSlowNaive: Bool, seconds: Double, probe: RoofProbe, peers: Peers?, progress: Progress
  ) {
    self.engines = engines
    self.seconds = seconds
    self.probe = probe
    self.peers = peers
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
    let engineTurns = zip(running, subjects).map { EngineTurns($0.rawValue, $1) }
    let peerTurns = peers.map { peers in peers.present.map { PeerTurns($0, peers, workload) } } ?? []
    Sampler(seconds: seconds).measure(engineTurns + peerTurns) { progress.show("\(workload.problem) \($0)") }
    let results = running.indices.map { index in
      let turns = engineTurns[index]
      let threads = min(turns.threadCount, ThreadTeam.shared.memberCount)
      return EngineResult(
        engine: running[index], measurement: turns.measurement, threadCount: threads,
        roof: probe.roof(threads: threads),
        error: errors[index], counts: workload.mode == .step ? Self.counts(subjects[index]) : nil)
    }
    return Outcome(
      workload: workload, results: results, skipped: engines.filter { !running.contains($0) },
      peers: peerTurns.compactMap { result($0, workload) })
  }

  private func result(_ turns: PeerTurns, _ workload: Workload) -> PeerResult? {
    guard let peers else { return nil }
    if let error = turns.error {
      progress.clear()
      let fate = peers.isThere(turns.peer) ? "\(workload.problem) is left out" : "it is left out from here on"
      Progress.note("\(turns.peer.title): \(error); \(fate)")
      return nil
    }
    return PeerResult(
      peer: turns.peer, measurement: turns.measurement, threadCount: peers.threadCount,
      roof: probe.roof(threads: peers.threadCount))
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
