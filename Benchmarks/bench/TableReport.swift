import Foundation
import Recurrent
import RecurrentPictures
import RecurrentVerification

/// Results for people: the machine and its roof, then under each heading a row a problem.
struct TableReport: Report {
  private let sink: Sink
  private let setting: Setting
  private let problemWidth: Int
  private var heading: String?
  private var notes: Set<Note> = []
  private var summary = Summary()

  /// What is explained below the table where it applies.
  private enum Note { case step, training, fewSamples, aboveRoof, skipped }

  init(_ sink: Sink, _ setting: Setting) {
    self.sink = sink
    self.setting = setting
    problemWidth = setting.workloads.map { $0.problem.description.count }.max() ?? 0
  }

  func begin() {
    let machine = setting.machine
    let caches = machine.caches.map { ", \($0)" } ?? ""
    let cores = machine.coreCount == 1 ? "1 core" : "\(machine.coreCount) cores"
    let commit = machine.commit.map { ", commit \($0)" } ?? ""
    sink.line("machine  \(machine.processor), \(cores)\(caches)")
    let threads = setting.threads
    sink.line("library  \(machine.instructionSet) kernels, \(threads); \(machine.build)\(commit)")
    sink.line("BLAS     \(machine.openBLAS), core \(machine.openBLASCore), 1 thread")
    if !setting.peers.isEmpty {
      let peers = setting.peers.map { "\($0.title) \($0.version)" }.joined(separator: ", ")
      sink.line("peers    \(peers), \(threads)")
    }
    for (index, roof) in setting.roofs.enumerated() {
      let cores = roof.threadCount == 1 ? "one core" : "\(roof.threadCount) cores"
      sink.line(
        (index == 0 ? "roof" : "").padded(-9)
          + "of \(cores): \(Text.three(roof.peak * 1e-9)) GFLOP/s in \(roof.instructionSet) multiply-adds;")
      let sizes = [16 << 10, 256 << 10, 4 << 20].map { $0 * roof.threadCount }
      let shown = roof.bandwidths.dropLast().filter { sizes.contains($0.footprint) } + roof.bandwidths.suffix(1)
      let bandwidths = shown.map { "\(Text.three($0.bytesPerSecond * 1e-9)) from \(Text.bytes($0.footprint))" }
      sink.line("         GB/s read again and again: \(bandwidths.joined(separator: ", "))")
    }
  }

  mutating func add(_ outcome: Outcome) {
    let mode = outcome.workload.mode
    let heading = "\(outcome.workload.section ?? mode.rawValue.capitalized): \(mode.explanation)"
    if heading != self.heading {
      self.heading = heading
      beginSection(heading, mode)
    }
    if !outcome.skipped.isEmpty { notes.insert(.skipped) }
    var row = outcome.workload.problem.description.padded(-problemWidth)
    for engine in setting.engines { row += time(outcome.result(engine)).padded(Self.timeWidth) }
    for peer in setting.peers { row += time(outcome.result(peer)).padded(Self.timeWidth) }
    for engine in compared {
      let speedup = outcome.result(engine).flatMap { outcome.speedup(of: $0) }
      row += (speedup.map { "\(Text.three($0))×" } ?? "–").padded(Self.speedupWidth)
    }
    for engine in comparedWithPeers {
      let speedup = outcome.result(engine).flatMap { outcome.speedupOverPeers(of: $0) }
      row += (speedup.map { "\(Text.three($0))×" } ?? "–").padded(Self.speedupWidth)
    }
    summary.add(outcome)
    if let fastest = outcome.fastest {
      row += columns(outcome, fastest)
      if mode == .training { row += columns(fastest.memory) }
    }
    let errors = outcome.results.map(\.error)
    row += Text.error(errors.map(\.maxAbsoluteError).max() ?? 0).padded(10)
    row += Text.percent(errors.map(\.maxShareOfBound).max() ?? 0).padded(7)
    if mode == .step { row += columns(counts: outcome.results.compactMap(\.counts)) }
    let failed = outcome.results.filter { !$0.error.isWithinBound }.map(\.engine.rawValue)
    if !failed.isEmpty { row += "  WRONG: \(failed.joined(separator: ", "))" }
    sink.line(row)
  }

  func end() {
    sink.line()
    if !compared.isEmpty { sink.line("speed-up  naive's shortest time over the engine's") }
    if !setting.peers.isEmpty { sink.line("vs peers  the best peer's shortest time over the engine's") }
    sink.line("peak      GFLOP/s over the peak of multiply-adds, on the threads that were at work")
    sink.line("roof      the least time for the operations and for reading the weights, over the shortest time")
    sink.line("on        threads that were at work")
    sink.line("error     the largest difference from the definition in Double, and its share of what rounding explains")
    if notes.contains(.step) { sink.line("alloc     allocations in a step; lock: locks of a mutex in a step") }
    if notes.contains(.training) {
      sink.line("tape      the size of its tape; memory: the most that this process held while it ran (VmHWM)")
    }
    if notes.contains(.fewSamples) { sink.line("*         the longest of fewer than 100 samples") }
    if notes.contains(.aboveRoof) { sink.line("> 100%    memory was slower whenever the roof was measured") }
    if notes.contains(.skipped) {
      let limit = Runner.naiveLimit.formatted()
      sink.line("–         left out: a call of naive would take more than \(limit) s; --engine naive runs it")
    }
    for section in summary.sections {
      for line in ["", "Geometric means of \(section.subject)"] + section.lines { sink.line(line) }
    }
  }

  // MARK: - Columns

  private static let timeWidth = 9
  private static let speedupWidth = 10
  private static let memoryWidth = 11

  /// Engines other than the definition, each with a column for its speed-up over it.
  private var compared: [Engine] {
    setting.engines.contains(.naive) ? setting.engines.filter { $0 != .naive } : []
  }

  /// Engines with a column for their speed-up over the best peer.
  private var comparedWithPeers: [Engine] {
    setting.peers.isEmpty ? [] : setting.engines.filter { $0 != .naive || setting.engines.count == 1 }
  }

  private func time(_ result: (any TimedResult)?) -> String { result.map { Text.time($0.measurement.minimum) } ?? "–" }

  private mutating func beginSection(_ heading: String, _ mode: Mode) {
    var groups =
      "".padded(problemWidth) + group("shortest", Self.timeWidth * (setting.engines.count + setting.peers.count))
    var names = "problem".padded(-problemWidth)
    for engine in setting.engines { names += engine.rawValue.padded(Self.timeWidth) }
    for peer in setting.peers { names += peer.name.padded(Self.timeWidth) }
    if !compared.isEmpty {
      groups += group("speed-up", Self.speedupWidth * compared.count)
      for engine in compared { names += engine.rawValue.padded(Self.speedupWidth) }
    }
    if !comparedWithPeers.isEmpty {
      groups += group("vs peers", Self.speedupWidth * comparedWithPeers.count)
      for engine in comparedWithPeers { names += engine.rawValue.padded(Self.speedupWidth) }
    }
    groups += group("fastest engine", mode == .training ? 45 + 2 * Self.memoryWidth : 45)
    groups += group("all engines", mode == .step ? 29 : 17)
    names +=
      "median".padded(9) + "p99 ".padded(10) + "GFLOP/s".padded(9) + "peak".padded(6) + "roof".padded(6)
      + "on".padded(5)
    if mode == .training {
      notes.insert(.training)
      names += "tape".padded(Self.memoryWidth) + "memory".padded(Self.memoryWidth)
    }
    names += "error".padded(10) + "share".padded(7)
    if mode == .step {
      notes.insert(.step)
      names += "alloc".padded(7) + "lock".padded(5)
    }
    for line in ["", heading, groups, names] { sink.line(line) }
  }

  /// A title over columns that belong together.
  private func group(_ title: String, _ width: Int) -> String {
    let rule = max(0, width - 2 - title.count - 2)
    let (left, right) = (String(repeating: "─", count: rule / 2), String(repeating: "─", count: rule - rule / 2))
    return "  " + (rule == 0 ? title.padded(width - 2) : "\(left) \(title) \(right)")
  }

  private mutating func columns(_ outcome: Outcome, _ fastest: EngineResult) -> String {
    let time = fastest.measurement
    let hasFewSamples = time.sampleCount < 100
    if hasFewSamples { notes.insert(.fewSamples) }
    if outcome.roofShare(fastest) > 1.005 { notes.insert(.aboveRoof) }
    return Text.time(time.median).padded(9)
      + (Text.time(time.time(percentile: 99)) + (hasFewSamples ? "*" : " ")).padded(10)
      + Text.three(outcome.gigaflops(fastest)).padded(9)
      + Text.percent(outcome.peakShare(fastest)).padded(6)
      + Text.percent(outcome.roofShare(fastest)).padded(6)
      + "\(fastest.threadCount)".padded(5)
  }

  private func columns(_ memory: MemoryUse?) -> String {
    [memory?.tapeBytes, memory?.peakBytes].map { bytes in
      (bytes.map(Text.memory) ?? "–").padded(Self.memoryWidth)
    }.joined()
  }

  /// The most of any engine.
  private func columns(counts: [CallCounts]) -> String {
    guard !counts.isEmpty else { return "–".padded(7) + "–".padded(5) }
    return Text.count(counts.map(\.allocations).max() ?? 0).padded(7)
      + Text.count(counts.map(\.locks).max() ?? 0).padded(5)
  }
}
