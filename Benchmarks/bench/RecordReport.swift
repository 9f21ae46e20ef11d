import Foundation
import Recurrent
import RecurrentPictures
import RecurrentVerification

/// Results for programs: an object a line in JSON, or a line in CSV, for each problem and engine.
struct RecordReport: Report {
  enum Form { case json, csv }

  private let sink: Sink
  private let machine: Machine
  private let form: Form
  private var summary = Summary()

  init(_ sink: Sink, _ machine: Machine, form: Form) {
    self.sink = sink
    self.machine = machine
    self.form = form
  }

  func begin() {
    if form == .csv { sink.line(Record.Key.allCases.map(\.rawValue).joined(separator: ",")) }
  }

  mutating func add(_ outcome: Outcome) {
    summary.add(outcome)
    for engine in outcome.skipped {
      Progress.note("\(outcome.workload.problem): \(engine) left out, a call would take too long")
    }
    for result in outcome.all {
      let record = Record(outcome, result, machine)
      sink.line(form == .json ? record.json : record.csv)
    }
  }

  func end() {
    for section in summary.sections {
      for line in section.lines { Progress.note("\(section.subject): \(line)") }
    }
  }
}

/// One line: a problem, an engine or a peer, and what came of it. A peer has no error: its results are not checked.
struct Record: Encodable {
  /// The columns, in their order in CSV. JSON sorts them by name.
  enum Key: String, CodingKey, CaseIterable {
    case problem, mode, engine, threads, isa
    case minimum = "min_ms"
    case median = "median_ms"
    case p99 = "p99_ms"
    case gflops
    case peakFraction = "peak_fraction"
    case roofFraction = "roof_fraction"
    case speedupOverNaive = "speedup_over_naive"
    case speedupOverPeers = "speedup_over_best_peer"
    case maxAbsoluteError = "max_abs_error"
    case errorBound = "error_bound"
    case parity, samples
    case callsPerSample = "calls_per_sample"
    case allocationsPerStep = "allocations_per_step"
    case locksPerStep = "locks_per_step"
    case tapeBytes = "tape_bytes"
    case peakBytes = "peak_rss_bytes"
    case leastTime = "roof_ms"
    case peakGflops = "peak_gflops"
    case version, cpu, openblas, commit
    case threadLimit = "max_threads"
  }

  private enum Value {
    case text(String)
    case integer(Int)
    case number(Double)
    case truth(Bool)
  }

  private var values: [Key: Value] = [:]

  init(_ outcome: Outcome, _ result: some TimedResult, _ machine: Machine) {
    let time = result.measurement
    values[.problem] = .text(outcome.workload.problem.description)
    values[.mode] = .text(outcome.workload.mode.rawValue)
    values[.engine] = .text(result.name)
    values[.threads] = .integer(result.threadCount)
    values[.threadLimit] = .integer(outcome.threadCount)
    values[.minimum] = .number(time.minimum * 1e3)
    values[.median] = .number(time.median * 1e3)
    values[.p99] = .number(time.time(percentile: 99) * 1e3)
    values[.gflops] = .number(outcome.gigaflops(result))
    values[.peakFraction] = .number(outcome.peakShare(result))
    values[.roofFraction] = .number(outcome.roofShare(result))
    values[.samples] = .integer(time.sampleCount)
    values[.callsPerSample] = .integer(time.callsPerSample)
    values[.leastTime] = .number(outcome.leastTime(result) * 1e3)
    values[.peakGflops] = .number(result.roof.peak * 1e-9)
    values[.cpu] = .text(machine.processor)
    values[.commit] = machine.commit.map { .text($0) }
    if let result = result as? EngineResult { add(outcome, result, machine) }
    if let result = result as? PeerResult {
      values[.version] = .text(result.peer.version)
      values[.peakBytes] = result.peakBytes.map { .integer($0) }
    }
  }

  private mutating func add(_ outcome: Outcome, _ result: EngineResult, _ machine: Machine) {
    // `naive` is Swift compiled for the machine that the compiler assumes.
    let isa = result.engine == .naive ? InstructionSet.portable : machine.instructionSet
    values[.isa] = .text(isa.rawValue)
    values[.speedupOverNaive] = outcome.speedup(of: result).map { .number($0) }
    values[.speedupOverPeers] = outcome.speedupOverPeers(of: result).map { .number($0) }
    values[.maxAbsoluteError] = .number(result.error.maxAbsoluteError)
    values[.errorBound] = .number(result.error.bound)
    values[.parity] = .truth(result.error.isWithinBound)
    if outcome.workload.mode == .step {
      values[.allocationsPerStep] = result.counts.map { .number($0.allocations) }
      values[.locksPerStep] = result.counts.map { .number($0.locks) }
    }
    values[.tapeBytes] = result.memory.map { .integer($0.tapeBytes) }
    values[.peakBytes] = result.memory.map { .integer($0.peakBytes) }
    values[.openblas] = .text("\(machine.openBLAS) \(machine.openBLASCore)")
  }

  /// The values of the keys that apply; a step has no key of a whole call, and only training has memory.
  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    for (key, value) in values {
      switch value {
      case .text(let text): try container.encode(text, forKey: key)
      case .integer(let integer): try container.encode(integer, forKey: key)
      case .number(let number): try container.encode(Text.significant(number), forKey: key)
      case .truth(let truth): try container.encode(truth, forKey: key)
      }
    }
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = try? encoder.encode(self) else { preconditionFailure("a record cannot be encoded") }
    return String(decoding: data, as: UTF8.self)
  }

  var csv: String {
    Key.allCases.map { key in
      switch values[key] {
      case .text(let text): text.contains(",") ? "\"\(text)\"" : text
      case .integer(let integer): "\(integer)"
      case .number(let number): "\(Text.significant(number))"
      case .truth(let truth): "\(truth)"
      case nil: ""
      }
    }.joined(separator: ",")
  }
}
