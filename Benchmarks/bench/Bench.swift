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
      both directions. xragged gives the sequences all lengths from 1 to T and counts the work of those steps alone; \
      xdecay lets the input fall silent after the first step, so that states decay through the denormal numbers; \
      gru:...xbefore resets before the recurrent product, rnn:...xrelu has ReLU. Without arguments the suite 'default' \
      is run.

      Mode 'step' times one step of N sequences through Stream, which is what an app does with each new frame. Mode \
      'inference' times a whole call over T steps, run(_:state:into:using:), whose workspace was made beforehand. Mode \
      'training' times a call forward on a tape that was made beforehand, and back through it from gradients of every \
      h, drawn at random, to those of all weights, the input and the initial state. Its work counts as three times that \
      of inference. --tape-limit says what the tape may take; under it some of the time is computed twice. 'memory' is \
      the most that the process held resident (VmHWM) while one engine alone made its first call.

      Engines take turns in short slices, after a warm-up. Every result is compared with the definition in Double; \
      where one is further from it than rounding explains, the exit status is 1. A step shorter than 1 µs is timed \
      several at a time.

      'peak' is the share of the peak of multiply-adds, 'roof' the least time that the machine needs over the shortest \
      that was measured. The least time of a product is the longer of two: operations / peak, and the bytes of weights \
      that must be read / the bandwidth at their footprint. A step is one product with all weights. A call over T \
      steps takes, for each layer and direction, the sum of two products: that of all inputs, with 2·T·N·G·H·I \
      operations, which reads its weights once; and the recurrent one, with 2·T·N·G·H·H operations, which reads its \
      weights T times (G is 4 gates of an LSTM, 3 of a GRU, 1 of a plain RNN; I is H·D from the second layer on). Both \
      limits are measured before the first problem and again before each, and the best counts: on one core, and on \
      --threads cores at once, each of which reads its slice of the footprint. A row is held against those of as many \
      threads as were at work on it. The engine 'fused' shares out calls that are long enough, and 'blas' the products of \
      training over all steps; the rest, and all steps, are the caller's alone. Training makes each product twice more: \
      one with the weights transposed, which reads them as often, and one for the gradients of the weights.

      --peers PYTHON times other frameworks on the same problems, in turn with the engines and with the same number of \
      threads: PyTorch (torch), ONNX Runtime (ort) and OpenVINO (openvino), those of them that this Python has. All of \
      them: python3 -m venv peers && peers/bin/pip install numpy torch onnx onnxruntime openvino, then \
      bench --peers peers/bin/python. Their times are those of a call from Python; their results are not checked. Only \
      PyTorch trains: with backward() from the gradient of h, all gradients None before it, ragged sequences packed.
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

  @Option(
    help: ArgumentHelp(
      """
      Threads to use at most; several numbers, such as 1,2, take turns. (default: RECURRENT_THREADS, or else all \
      processors)
      """, valueName: "list"),
    transform: ThreadCounts.init)
  var threads: ThreadCounts?

  @Option(help: "Time to measure each engine on each problem, in seconds.")
  var seconds = 0.6

  @Option(
    help: ArgumentHelp(
      "The most that a tape may take in training, in MiB. (default: what it takes to compute nothing twice)",
      valueName: "number"))
  var tapeLimit: Int?

  @Option(help: "How results are written.")
  var format: Format = .table

  @Option(help: ArgumentHelp("Where results are written, in place of the standard output.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("A page with pictures of the results, for a browser.", valueName: "file"))
  var report: String?

  @Option(
    help: ArgumentHelp("A Python that has other frameworks, to be timed beside the engines.", valueName: "python"))
  var peers: String?

  @Flag(help: "List the suites and end.")
  var listSuites = false

  @Flag(help: ArgumentHelp("Run though this is a debug build.", visibility: .hidden))
  var allowDebugBuild = false

  func validate() throws {
    if let threads, threads.counts.count > 1, peers != nil {
      throw ValidationError("--peers goes with one number of threads, not with \(threads.counts.count)")
    }
    if let output, output == report { throw ValidationError("--output and --report name the same file '\(output)'") }
    if let tapeLimit, !(1...1 << 24).contains(tapeLimit) {
      throw ValidationError("--tape-limit \(tapeLimit): a number from 1 to \(1 << 24) is needed")
    }
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
    let sink = try output.map(openFile) ?? .standardOutput
    let page = try report.map(openFile)
    if let most = threads?.counts.max() { TeamSize.set(most) }
    let threadCount = ThreadTeam.shared.memberCount
    let threadCounts = threads?.counts ?? [threadCount]
    let coreCount = ProcessInfo.processInfo.activeProcessorCount
    if threadCount > coreCount {
      Progress.note("\(threadCount) threads for \(coreCount) processors wait for one another")
    }
    let peers = try self.peers.map { try startPeers($0, threadCount, Set(workloads.map(\.mode))) }

    let progress = Progress(count: workloads.count)
    progress.show("measuring the machine")
    let probe = RoofProbe(threads: Set([1] + threadCounts))
    let setting = Setting(
      machine: .current, threadCounts: threadCounts,
      roofs: Set([1] + threadCounts.map { min($0, coreCount) }).sorted().map(probe.roof),
      workloads: workloads, engines: engines, peers: peers?.all ?? [])
    progress.clear()
    var reports = [format.makeReport(sink, setting)] + (page.map { [HTMLReport($0, setting)] } ?? [])
    for index in reports.indices { reports[index].begin() }
    let runner = Runner(
      engines: engines, teams: threadCounts.map(TeamSize.team), skipsSlowNaive: engine == nil, seconds: seconds,
      tape: tape, probe: probe, peers: peers, progress: progress)
    var isWithinBounds = true
    for workload in workloads {
      let outcomes = runner.run(workload)
      progress.clear()
      for outcome in outcomes {
        for index in reports.indices { reports[index].add(outcome) }
        isWithinBounds = isWithinBounds && outcome.results.allSatisfy(\.error.isWithinBound)
      }
    }
    peers?.end()
    for index in reports.indices { reports[index].end() }
    if !isWithinBounds {
      Progress.note("an engine's result is further from the definition than rounding explains")
      throw ExitCode.failure
    }
  }

  private func openFile(_ path: String) throws -> Sink {
    do throws(SinkError) {
      return try Sink(path: path)
    } catch {
      Progress.note("\(error)")
      throw ExitCode(73)  // EX_CANTCREAT
    }
  }

  private func startPeers(_ python: String, _ threadCount: Int, _ modes: Set<Mode>) throws -> Peers {
    do throws(PeerError) {
      return try Peers(python: python, threadCount: threadCount, modes: modes, note: Progress.note)
    } catch {
      Progress.note("--peers: \(error)")
      throw ExitCode(69)  // EX_UNAVAILABLE
    }
  }

  private var tape: TapeBudget { tapeLimit.map { .limit(.mebibytes($0)) } ?? .everything }

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
      if let reason = workload.mode.refusal(of: workload.problem) ?? tape.refusal(of: workload) {
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

/// The numbers of threads of `--threads 1,2`.
struct ThreadCounts {
  let counts: [Int]

  init(_ text: String) throws {
    counts = try text.split(separator: ",", omittingEmptySubsequences: false).map { number in
      guard let count = Int(number), (1...TeamSize.limit).contains(count) else {
        throw ValidationError("--threads \(number): a number from 1 to \(TeamSize.limit) is needed")
      }
      return count
    }
    guard Set(counts).count == counts.count else { throw ValidationError("a number stands in '\(text)' twice") }
  }
}

extension Mode: ExpressibleByArgument {}
extension Format: ExpressibleByArgument {}
