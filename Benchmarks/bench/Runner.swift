import CAllocationCounter
import Recurrent
import RecurrentPictures
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
  /// What the tapes of training may take.
  let tape: TapeBudget
  private let naiveSpeed: Double?

  init(
    engines: [Engine], teams: [ThreadTeam], skipsSlowNaive: Bool, seconds: Double, tape: TapeBudget, probe: RoofProbe,
    peers: Peers?, progress: Progress
  ) {
    self.engines = engines
    self.teams = teams
    self.seconds = seconds
    self.tape = tape
    self.probe = probe
    self.peers = peers
    self.progress = progress
    naiveSpeed = skipsSlowNaive && engines.contains(.naive) ? Self.measureNaiveSpeed() : nil
  }

  /// An engine with a team.
  private struct Entry {
    let engine: Engine
    let team: ThreadTeam
  }

  /// An engine at work on a workload, with a team.
  private struct Entrant {
    let entry: Entry
    let subject: any CheckedSubject
    let turns: EngineTurns
    let error: ErrorReport
    let memory: MemoryUse?
  }

  /// An outcome for each team, or one where no engine shares out the work.
  func run(_ workload: Workload) -> [Outcome] {
    let mode = workload.mode
    let running = engines.filter { !isTooSlow($0, workload) }
    progress.next()
    progress.show("\(workload.problem)")
    let teams = running.contains(where: mode.isShared) ? self.teams : [self.teams[0]]
    let entries = running.flatMap { engine in
      (mode.isShared(by: engine) ? teams : [teams[0]]).map { Entry(engine: engine, team: $0) }
    }
    progress.show("\(workload.problem) comparing with the definition")
    let errors = self.errors(entries, workload)
    let instance = ProblemInstance(mode.timedProblem(workload.problem), seed: Self.seed)
    let memory = entries.map { mode == .training ? self.memory($0, instance) : nil }
    let entrants = entries.indices.map { index in
      let entry = entries[index]
      let subject = mode.makeSubject(instance, entry.engine, team: entry.team, tape: tape)
      let name = teams.count == 1 ? entry.engine.rawValue : "\(entry.engine) \(Text.threads(entry.team.memberCount))"
      return Entrant(
        entry: entry, subject: subject, turns: EngineTurns(name, subject), error: errors[index], memory: memory[index])
    }
    probe.measure()
    let peerTurns = peers.map { peers in peers.present(mode).map { PeerTurns($0, peers, workload) } } ?? []
    Sampler(seconds: seconds).measure(entrants.map(\.turns) + peerTurns) { progress.show("\(workload.problem) \($0)") }
    let results = entrants.map { entrant in
      let threads = min(entrant.turns.threadCount, entrant.entry.team.memberCount)
      return EngineResult(
        engine: entrant.entry.engine, measurement: entrant.turns.measurement, threadCount: threads,
        roof: probe.roof(threads: threads), error: entrant.error,
        counts: mode == .step ? Self.counts(entrant.subject) : nil, memory: entrant.memory)
    }
    let peerResults = peerTurns.compactMap { result($0, workload) }
    return teams.map { team in
      // What is the caller's alone was timed once, and stands beside each team's.
      let isBeside = entries.map { $0.team === team || !mode.isShared(by: $0.engine) }
      return Outcome(
        workload: workload, threadCount: team.memberCount, results: zip(results, isBeside).filter(\.1).map(\.0),
        skipped: engines.filter { !running.contains($0) }, peers: peerResults)
    }
  }

  /// How far each is from the definition, on a problem that may be a smaller one.
  private func errors(_ entries: [Entry], _ workload: Workload) -> [ErrorReport] {
    let mode = workload.mode
    let instance = ProblemInstance(mode.checkedProblem(workload.problem), seed: Self.seed)
    let definition = mode.definition(of: instance)
    return entries.map { entry in
      let subject = mode.makeSubject(instance, entry.engine, team: entry.team, tape: tape.ofCheckedProblem)
      return definition.compare(subject.result())
    }
  }

  /// The memory of one call in training, where nobody else has any.
  private func memory(_ entry: Entry, _ instance: ProblemInstance) -> MemoryUse {
    var tapeBytes = 0
    let peak = PeakMemory.during {
      let subject = Mode.training.makeSubject(instance, entry.engine, team: entry.team, tape: tape)
      subject.call(1)
      tapeBytes = subject.tapeBytes ?? 0
    }
    return MemoryUse(tapeBytes: tapeBytes, peakBytes: peak - RoofProbe.memorySize)
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
      roof: probe.roof(threads: peers.threadCount), peakBytes: workload.mode == .training ? turns.peakBytes : nil)
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
