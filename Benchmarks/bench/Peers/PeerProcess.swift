import Foundation

/// Another framework, beside which the engines are timed.
struct Peer: Hashable {
  /// Such as "ort".
  let name: String
  /// Such as "ONNX Runtime".
  let title: String
  /// Such as "1.32.0".
  let version: String
}

/// What became of a peer.
enum PeerError: Error, CustomStringConvertible {
  /// It cannot do this, and says why; it may do other things.
  case refused(String)
  /// It is of no use any more.
  case lost(String)

  var description: String {
    switch self {
    case .refused(let reason), .lost(let reason): reason
    }
  }
}

/// A program that is asked in lines on its standard input and answers each with a line, in time or not at all.
final class PeerProcess {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()
  private var unread = Data()

  init(_ program: URL, _ arguments: [String]) throws {
    process.executableURL = program
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit { end(within: 0) }

  func send(_ line: Data) throws(PeerError) {
    // Where nobody reads any more, a signal would end this program before the error could be thrown.
    let handler = signal(SIGPIPE, SIG_IGN)
    defer { _ = signal(SIGPIPE, handler) }
    do {
      try input.fileHandleForWriting.write(contentsOf: line + Data("\n".utf8))
    } catch {
      throw .lost(ending)
    }
  }

  /// The next line, waited for so many seconds.
  func receive(within seconds: Double) throws(PeerError) -> Data {
    let start = ContinuousClock.now
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        defer { unread = Data(unread[(end + 1)...]) }
        return unread[..<end]
      }
      let left = seconds - start.duration(to: .now) / .seconds(1)
      guard left > 0 else {
        throw .lost("no answer within \(seconds.formatted(.number.precision(.fractionLength(0)))) s")
      }
      var descriptor = pollfd(fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
      guard unsafe poll(&descriptor, 1, Int32(left * 1e3) + 1) > 0 else { continue }
      let data = output.fileHandleForReading.availableData  // something, or nothing for ever
      guard !data.isEmpty else { throw .lost(ending) }
      unread += data
    }
  }

  /// Ends the program, at once or after it had some time to end itself.
  func end(within seconds: Double) {
    guard process.processIdentifier > 0 else { return }
    try? input.fileHandleForWriting.close()
    waitForEnd(within: seconds)
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// How the program ended that answers no more.
  private var ending: String {
    waitForEnd(within: 1)
    if process.isRunning { return "it does not answer" }
    let status = process.terminationStatus
    return process.terminationReason == .exit ? "it ended with status \(status)" : "it ended with signal \(status)"
  }

  private func waitForEnd(within seconds: Double) {
    let start = ContinuousClock.now
    while process.isRunning, start.duration(to: .now) < .seconds(seconds) { usleep(2000) }
  }
}
