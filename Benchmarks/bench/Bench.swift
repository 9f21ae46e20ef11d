import ArgumentParser
import Foundation
import Recurrent
import RecurrentVerification

/// Times the engines on problems, checks their results, and compares the times with what the machine could do at most.
@main
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Times recurrent layers, engine beside engine, and checks every result.",
    discussion: """
      A problem is a short string: lstm:T25xN16xI512xH512 is 25 steps (T) of 16 sequences side by side (N) with 512 \
      features (I) through 512 units (H) of an LSTM; gru and rnn are the other cells; xL2 adds a second layer, xbi \
      both directions. Without arguments the suite 'default' is run.

      Mode 'step' times one step of N sequences through Stream, which is what an app does with each new frame. Mode \
      'inference' times a whole call over T steps, run(_:state:into:using:), whose workspace was made beforehand.

      Engines take turns in short slices, after a warm-up. Every result is compared with the definition in Double; \
      where one is further from it than rounding explains, the exit status is 1. A step shorter than 1 µs is timed \
      several at a time.

      'peak' is the share of the peak of multiply-adds, 'roof' the least time that the machine needs over the shortest \
      that was measured. The least time is the longer of two: operations / peak, with 2·T·N·G·H·(I + H)·L·D \
      operations (G is 4 gates of an LSTM, 3 of a GRU, 1 of a plain RNN; I is H·D from the second layer on); and the bytes of weights that must be read / the \
      bandwidth at their footprint. A step reads all weights; a call over T steps reads the input weights of a layer \
      once, and its recurrent weights T times. Both limits are measured on one core, before the first problem and again \
      before each; the best counts.
      """)

  @Option(
    help: ArgumentHelp("A problem, such as lstm:T25xN16xI512xH512. May be repeated.", valueName: "string"),
    transform: { text throws(ProblemError) in try Problem(text) })
  var problem: [Problem] = []

  @Option(help: ArgumentHelp("A list of problems: a name (see --list-suites) or a file.", valueName: "name"))
  var suite: String?

  @Option(
    help: """
      How problems are run that do not say so themselves; those of a suite that name another mode are left out. \
      (default: inference)
      """)
  var mode: Mode?

  @Option(
    help: ArgumentHelp(
      """
      Engines, separated by commas: \(EngineList.known). (default: all; naive only where a call ends within \
      \(Runner.naiveLimit.formatted()) s)
      """, valueName: "list"),
    transform: EngineList.init)
  var engine: EngineList?

  @Option(help: "Threads to use at most.")
  var threads = 1

  @Option(help: "Time to measure each engine on each problem, in seconds.")
  var seconds = 0.6

  @Option(help: "How results are written.")
  var format: Format = .table

  @Option(help: ArgumentHelp("Where results are written, in place of the standard output.", valueName: "file"))
  var output: String?

  @Flag(help: "List the suites and end.")
  var listSuites = false

  @Flag(help: ArgumentHelp("Run though this is a debug build.", visibility: .hidden))
  var allowDebugBuild = false

  func validate() throws {
    guard threads > 0 else { throw ValidationError("--threads \(threads): at least 1 is needed") }
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("--seconds \(seconds): a time above 0 and up to 3600 is needed")
    }
  }

  func run() throws {
    if listSuites { return Suite.printList() }
    #if DEBUG
      guard allowDebugBuild else {
        throw ValidationError("this is a debug build, whose times mean nothing; use: swift run -c release bench")
      }
    #endif
    let workloads = try self.workloads()
    let sink: Sink
    do throws(SinkError) {
      sink = try output.map(Sink.init(path:)) ?? .standardOutput
    } catch {
      Progress.note("\(error)")
      throw ExitCode(73)  // EX_CANTCREAT
    }
    if threads > Runner.threads {
      Progress.note("every engine runs on \(Runner.threads) thread for now; --threads \(threads) changes nothing")
    }

    let progress = Progress(count: workloads.count)
    progress.show("measuring the machine")
    let machine = Machine.current
    let probe = RoofProbe()
    progress.clear()
    var report = format.makeReport(sink, machine, probe.roof, workloads, engines)
    report.begin()
    let runner = Runner(
      engines: engines, skipsSlowNaive: engine == nil, seconds: seconds, probe: probe, progress: progress)
    var isWithinBounds = true
    for workload in workloads {
      let outcome = runner.run(workload)
      progress.clear()
      report.add(outcome)
      isWithinBounds = isWithinBounds && outcome.results.allSatisfy(\.error.isWithinBound)
    }
    report.end()
    if !isWithinBounds {
      Progress.note("an engine's result is further from the definition than rounding explains")
      throw ExitCode.failure
    }
  }

  private var engines: [Engine] { engine?.engines ?? Engine.allCases }

  /// What the options ask for.
  private func workloads() throws -> [Workload] {
    var workloads = problem.map { Workload(section: nil, mode: mode ?? .inference, problem: $0) }
    if suite != nil || problem.isEmpty {
      do throws(SuiteError) {
        workloads += try Suite(named: suite ?? "default").workloads(mode: mode)
      } catch {
        throw ValidationError(error.description)
      }
    }
    guard !workloads.isEmpty else {
      throw ValidationError("suite '\(suite ?? "default")' has no problem for mode '\(mode?.rawValue ?? "any")'")
    }
    for workload in workloads {
      if let reason = workload.mode.refusal(of: workload.problem) {
        throw ValidationError("problem '\(workload.problem)', mode '\(workload.mode)': \(reason)")
      }
    }
    return workloads
  }
}

/// The engines of `--engine naive,blas`.
struct EngineList {
  let engines: [Engine]

  init(_ text: String) throws {
    engines = try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let engine = Engine(rawValue: String(name)) else {
        throw ValidationError("engine '\(name)' is not known; \(Self.known) are")
      }
      return engine
    }
    guard Set(engines).count == engines.count else { throw ValidationError("an engine stands in '\(text)' twice") }
  }

  static var known: String { Engine.allCases.map(\.rawValue).joined(separator: ", ") }
}

extension Mode: ExpressibleByArgument {}
extension Format: ExpressibleByArgument {}
