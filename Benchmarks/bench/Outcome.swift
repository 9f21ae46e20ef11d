import Recurrent
import RecurrentVerification

/// The times of one who was timed, and what could be done at most on the threads that it had.
protocol TimedResult {
  /// As in JSON and CSV: "fused", "torch".
  var name: String { get }
  var measurement: Measurement { get }
  /// Threads that were at work, or those that were allowed where this is not known.
  var threadCount: Int { get }
  /// What the machine could do with as many threads, as far as it was known then.
  var roof: MachineRoof { get }
}

/// What came of one engine on one workload.
struct EngineResult: TimedResult {
  let engine: Engine
  let measurement: Measurement
  let threadCount: Int
  let roof: MachineRoof
  let error: ErrorReport
  /// Allocations and mutex locks of a step, where they can be counted.
  let counts: CallCounts?
  /// What training took of it.
  let memory: MemoryUse?

  var name: String { engine.rawValue }
}

/// What came of another framework on one workload. Its results are not checked.
struct PeerResult: TimedResult {
  let peer: Peer
  let measurement: Measurement
  let threadCount: Int
  let roof: MachineRoof
  /// The most memory that its process held resident in training.
  let peakBytes: Int?

  var name: String { peer.name }
}

/// Allocations and mutex locks of one step, on average over several.
struct CallCounts {
  let allocations: Double
  let locks: Double
}

/// What came of one workload, on up to so many threads.
struct Outcome {
  let workload: Workload
  let threadCount: Int
  /// In the order of the engines asked for, without those left out.
  let results: [EngineResult]
  /// Engines that would have taken too long.
  let skipped: [Engine]
  /// The peers that ran it.
  let peers: [PeerResult]

  func result(_ engine: Engine) -> EngineResult? { results.first { $0.engine == engine } }

  func result(_ peer: Peer) -> PeerResult? { peers.first { $0.peer == peer } }

  /// Engines, then peers.
  var all: [any TimedResult] { results + peers }

  var fastest: EngineResult? { results.min { $0.measurement.minimum < $1.measurement.minimum } }

  var bestPeer: PeerResult? { peers.min { $0.measurement.minimum < $1.measurement.minimum } }

  /// How many times faster than `naive` an engine's shortest call is.
  func speedup(of result: EngineResult) -> Double? {
    self.result(.naive).map { $0.measurement.minimum / result.measurement.minimum }
  }

  /// How many times faster than the best peer's an engine's shortest call is.
  func speedupOverPeers(of result: EngineResult) -> Double? {
    bestPeer.map { $0.measurement.minimum / result.measurement.minimum }
  }

  func gigaflops(_ result: some TimedResult) -> Double {
    workload.floatingPointOperations / result.measurement.minimum * 1e-9
  }

  /// The share of the peak of multiply-adds.
  func peakShare(_ result: some TimedResult) -> Double { gigaflops(result) * 1e9 / result.roof.peak }

  /// The least time that the machine needs with the same number of threads.
  func leastTime(_ result: some TimedResult) -> Double { result.roof.leastTime(workload) }

  /// The share of the machine's roof that the shortest call reached.
  func roofShare(_ result: some TimedResult) -> Double { leastTime(result) / result.measurement.minimum }
}

extension [Outcome] {
  /// The engines that means over all problems are about: `fused` where it was run, or else all that were.
  var judgedEngines: [Engine] {
    let present = Engine.allCases.filter { engine in contains { $0.result(engine) != nil } }
    return present.contains(.fused) ? [.fused] : present
  }
}
