import Foundation

/// A Python that runs silero's own `silero_vad.onnx` on the same recording, one pass when it is asked.
final class ONNXRuntime {
  private let process = Process()
  private let (input, output) = (Pipe(), Pipe())
  private var unread = Data()

  /// What the script could not do is on its standard error.
  struct Ended: Error, CustomStringConvertible {
    let description = "the peer ended, or answered what is no pass through the recording"
  }

  /// Starts it. Without a model the script takes that of the Python's own `silero_vad`.
  init(python: String, model: String?, recording: String) throws {
    let script = URL(fileURLWithPath: #filePath).appendingPathComponent(
      "../../../Python/voice_activity_onnxruntime.py")
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, script.standardized.path, recording] + (model.map { [$0] } ?? [])
    (process.standardInput, process.standardOutput) = (input, output)
    signal(SIGPIPE, SIG_IGN)  // that it has ended is an error, not the end of this program
    try process.run()
  }

  /// One pass, with so many threads; 0 leaves their number to ONNX Runtime.
  func pass(threads: Int) throws -> FramePass {
    try? input.fileHandleForWriting.write(contentsOf: Data("\(threads)\n".utf8))
    while !unread.contains(UInt8(ascii: "\n")) {
      let data = output.fileHandleForReading.availableData
      guard !data.isEmpty else { throw Ended() }
      unread += data
    }
    defer { unread = Data() }
    guard let pass = try? JSONDecoder().decode(FramePass.self, from: unread) else { throw Ended() }
    return pass
  }
}
