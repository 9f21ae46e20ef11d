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
  /// Whole calls are timed on each of them, in turn.
  let teams: [ThreadTeam]
  let seconds: Double
  let probe: RoofProbe
  let peers: Peers?
  let progress: Progress
  private let naiveSpeed: Double?

  init(
    engines: [Engine], teams: [ThreadTeam], skipsSlowNaive: Bool, seconds: Double, probe: RoofProbe, peers: Peers?,
    progress: Progress
  ) {
    self.engines = engines
    self.teams = teams
    self.seconds = seconds
    self.probe = probe
    self.peers = peers
    self.progress = progress
    naiveSpeed = skipsSlowNaive && engines.contains(.naive) ? Self.measureNaiveSpeed() : nil
  }

  /// An engine at work on a workload, with a team.
  private struct Entrant {
    let engine: Engine
    let team: ThreadTeam
    let subject: any CheckedSubject
    let turns: EngineTurns
  }

  /// An outcome for each team, or one where no engine shares out the work.
  func run(_ workload: Workload) -> [Outcome] {
    let running = engines.filter { !isTooSlow($0, workload) }
    progress.next()
    progress.show("\(workload.problem)")
    let problem = workload.mode.checkedProblem(workload.problem)
    let instance = ProblemInstance(problem, seed: Self.seed)
    let teams = running.contains(where: workload.mode.isShared) ? self.teams : [self.teams[0]]
    let entrants = running.flatMap { engine in
      (workload.mode.isShared(by: engine) ? teams : [teams[0]]).map { team in
        let subject = workload.mode.makeSubject(instance, engine, team: team)
        let name = teams.count == 1 ? engine.rawValue : "\(engine) \(Text.threads(team.memberCount))"
        return Entrant(engine: engine, team: team, subject: subject, turns: EngineTurns(name, subject))
      }
    }
    progress.show("\(workload.problem) comparing with the definition")
    let definition = Definition(instance)
    let errors = entrants.map { definition.compare($0.subject.result()) }
    probe.measure()
    let peerTurns = peers.map { peers in peers.present.map { PeerTurns($0, peers, workload) } } ?? []
    Sampler(seconds: seconds).measure(entrants.map(\.turns) + peerTurns) { progress.show("\(workload.problem) \($0)") }
    let results = zip(entrants, errors).map { entrant, error in
      let threads = min(entrant.turns.threadCount, entrant.team.memberCount)
      return EngineResult(
        engine: entrant.engine, measurement: entrant.turns.measurement, threadCount: threads,
        roof: probe.roof(threads: threads), error: error,
        counts: workload.mode == .step ? Self.counts(entrant.subject) : nil)
    }
    let peerResults = peerTurns.compactMap { result($0, workload) }
    return teams.map { team in
      // What is the caller's alone was timed once, and stands beside each team's.
      let isBeside = entrants.map { $0.team === team || !workload.mode.isShared(by: $0.engine) }
      return Outcome(
        workload: workload, threadCount: team.memberCount, results: zip(results, isBeside).filter(\.1).map(\.0),
        skipped: engines.filter { !running.contains($0) }, peers: peerResults)
    }
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
