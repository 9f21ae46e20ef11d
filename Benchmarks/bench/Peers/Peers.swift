import Foundation
import RecurrentVerification

/// The other frameworks of a run, each in a process of its own: one that dies or hangs takes no other with it.
final class Peers {
  /// The names of all that the script knows.
  private static let known = ["torch", "ort", "openvino"]

  /// Whether a peer can run anything in a mode: ONNX Runtime and OpenVINO do not train.
  private static func serves(_ name: String, _ mode: Mode) -> Bool { mode != .training || name == "torch" }

  /// Those that are there, in the order of the names.
  private(set) var all: [Peer] = []
  /// The threads that each may use.
  let threadCount: Int
  private var processes: [Peer: PeerProcess] = [:]

  /// Time limits in seconds. A first import from a slow disk takes long, and so does a compilation of a large model.
  private enum Limit {
    static let hello = 180.0
    static let preparation = 120.0
    static func slice(_ seconds: Double) -> Double { 60 + 10 * seconds }
  }

  /// Starts the script for each framework that can run something in one of `modes`; those that are not installed are told
  /// to `note`.
  ///
  /// - Parameter python: a program with or without its path.
  init(python: String, threadCount: Int, modes: Set<Mode>, note: (String) -> Void) throws(PeerError) {
    self.threadCount = threadCount
    guard let program = Self.program(python) else {
      throw .lost("'\(python)' is not a program that can be started")
    }
    let script = String(decoding: PackageResources.peers_py, as: UTF8.self)
    var started: [(name: String, process: PeerProcess)] = []
    let names = Self.known.filter { name in modes.contains { Self.serves(name, $0) } }
    let idle = Self.known.filter { !names.contains($0) }
    if !idle.isEmpty { note("\(idle.joined(separator: ", ")): left out, since they do not train") }
    for name in names {
      let arguments = ["-c", script, "--serve", "--threads", "\(threadCount)", name]
      do {
        started.append((name, try PeerProcess(program, arguments)))
      } catch {
        throw .lost("'\(python)' cannot be started: \(error.localizedDescription)")
      }
    }
    var losses: [String] = []
    for (name, process) in started {
      do throws(PeerError) {
        let hello = try Self.decode(Hello.self, from: process.receive(within: Limit.hello))
        guard let version = hello.version else {
          note("\(hello.title) is left out: \(hello.error ?? "it gives no version")")
          continue
        }
        let peer = Peer(name: name, title: hello.title, version: version)
        all.append(peer)
        processes[peer] = process
      } catch {
        losses.append("\(name): \(error)")
      }
    }
    guard !all.isEmpty else {
      throw .lost(
        losses.isEmpty
          ? "'\(python)' has none of the packages; see --help" : "'\(python)' does not run: \(losses[0])")
    }
    losses.forEach(note)
  }

  deinit { end() }

  /// Ends all of them.
  func end() {
    for process in processes.values { process.end(within: 2) }
    processes = [:]
  }

  /// Those that still answer and can run something in a mode.
  func present(_ mode: Mode) -> [Peer] { all.filter { isThere($0) && Self.serves($0.name, mode) } }

  /// Whether this one still answers.
  func isThere(_ peer: Peer) -> Bool { processes[peer] != nil }

  /// Times of calls in seconds, over about `seconds`, and the peak of the process's memory so far, in bytes; with 0 the
  /// call is made and warmed up only.
  func run(
    _ peer: Peer, _ workload: Workload, seconds: Double
  ) throws(PeerError) -> (times: [Double], peakBytes: Int?) {
    guard let process = processes[peer] else { throw .lost("it is gone") }
    let request = Request(
      framework: peer.name, problem: workload.problem.description, mode: workload.mode.rawValue, seconds: seconds)
    do throws(PeerError) {
      guard let line = try? JSONEncoder().encode(request) else { preconditionFailure("a request cannot be encoded") }
      try process.send(line)
      let limit = seconds > 0 ? Limit.slice(seconds) : Limit.preparation
      let answer = try Self.decode(Answer.self, from: process.receive(within: limit))
      guard let times = answer.times else { throw .refused(answer.error ?? "it gives no times") }
      return (times.map { Double($0) * 1e-9 }, answer.peakBytes)
    } catch {
      if case .lost = error {
        process.end(within: 0)
        processes[peer] = nil
      }
      throw error
    }
  }

  // MARK: - What is said

  private struct Hello: Decodable {
    let title: String
    let version: String?
    let error: String?
  }

  private struct Request: Encodable {
    let framework, problem, mode: String
    let seconds: Double
  }

  private struct Answer: Decodable {
    let times: [UInt64]?
    let peakBytes: Int?
    let error: String?

    enum CodingKeys: String, CodingKey {
      case times = "times_ns"
      case peakBytes = "peak_rss_bytes"
      case error
    }
  }

  private static func decode<Value: Decodable>(_ type: Value.Type, from line: Data) throws(PeerError) -> Value {
    guard let value = try? JSONDecoder().decode(type, from: line) else {
      throw .lost("it says '\(String(decoding: line.prefix(80), as: UTF8.self))'")
    }
    return value
  }

  /// The file of a program, looked for in PATH where its name has no slash.
  private static func program(_ name: String) -> URL? {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let places = name.contains("/") ? [name] : path.split(separator: ":").map { "\($0)/\(name)" }
    return places.first(where: FileManager.default.isExecutableFile).map { URL(fileURLWithPath: $0) }
  }
}
