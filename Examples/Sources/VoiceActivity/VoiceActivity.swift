import ArgumentParser
import Foundation
import RecurrentFormats

/// A whole model around one LSTM: where in a recording is somebody speaking?
@main
struct VoiceActivity: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "VoiceActivity",
    abstract: "Finds speech in a recording, frame by frame, with the model silero-vad.",
    discussion: """
      The weights come with silero-vad 6.2.3, which is on PyPI under the MIT licence:

        pip download --no-deps silero-vad==6.2.3
        unzip silero_vad-6.2.3-py3-none-any.whl
        VoiceActivity --wav speech.wav --weights \\
          silero_vad/data/silero_vad_16k.safetensors

      Its silero_vad.onnx has other weights, those of 6.2. Examples/Python/silero_vad_weights.py writes them from its \
      silero_vad.jit, and then --peer shows how long ONNX Runtime takes for the same, in turn with this program:

        pip install numpy onnxruntime
        VoiceActivity --wav speech.wav --weights silero_vad_v6.2_16k.safetensors \\
          --peer python3 --onnx silero_vad/data/silero_vad.onnx

      Exit status: 0 where all is well, and where weights or recording that were not named are not there; 1 where the \
      probabilities are not those of --golden, or the peer fails; 65 for a file that is not what it should be, 66 for one \
      that is not there.
      """)

  private static let folder = "../shared/data/silero_vad/"

  @Option(help: "A file in the safetensors format, with silero's names (\(folder)silero_vad_v6.2_16k.safetensors).")
  var weights: String?
  @Option(help: "One channel of 16 bits at 16 kHz (\(folder)test_12s_16k.wav).")
  var wav: String?
  @Option(help: "The probability from which on a frame is speech; speech ends 0.15 below.")
  var threshold: Float = 0.5
  @Option(help: "How often to go through the recording, for the times.")
  var passes = 10
  @Option(help: "A JSON file with what the probabilities must be, within 1e-5.")
  var golden: String?
  @Option(help: "The member of it that has them: a list, for the same weights.")
  var goldenKey = "probs_v6_2_onnx"
  @Option(help: "A Python with NumPy and ONNX Runtime, to be timed in turn.")
  var peer: String?
  @Option(help: "silero_vad.onnx for it (that of its package silero_vad).")
  var onnx: String?

  func validate() throws {
    guard passes > 0, threshold > 0, threshold < 1 else {
      throw ValidationError("--passes must be above 0, --threshold between 0 and 1")
    }
  }

  func run() throws {
    guard let weights = try file(weights, or: "silero_vad_v6.2_16k.safetensors"),
      let wav = try file(wav, or: "test_12s_16k.wav")
    else { return }
    let model = try reading(weights) { try VoiceActivityModel(TensorFile(contentsOf: weights)) }
    let recording = try reading(wav) { try Recording(contentsOf: wav) }
    let runtime = try peer.map { try ONNXRuntime(python: $0, model: onnx, recording: wav) }

    var stream = VoiceActivityStream(model)
    var (ours, single, several): ([FramePass], [FramePass], [FramePass]) = ([], [], [])
    for _ in 0..<passes {
      ours.append(FramePass(recording, &stream))
      guard let runtime else { continue }
      single.append(try runtime.pass(threads: 1))
      several.append(try runtime.pass(threads: 0))
    }

    var segments = SpeechSegments(threshold: threshold)
    for probability in ours[0].probabilities { segments.append(probability) }
    for speech in segments.finished(sampleCount: recording.samples.count) {
      print("speech from \(seconds(speech.lowerBound)) s to \(seconds(speech.upperBound)) s")
    }
    print("\na frame of 32 ms, of \(passes)·\(ours[0].probabilities.count)   median  shortest")
    show("this library, 1 thread", ours)
    if let theirs = single.first {
      show("ONNX Runtime, 1 thread", single)
      show("ONNX Runtime, its default", several)
      print("largest difference from ONNX Runtime: \(ours[0].difference(from: theirs.probabilities))")
    }
    if let golden { try compare(ours[0], with: golden) }
  }

  private func show(_ name: String, _ passes: [FramePass]) {
    let times = passes.flatMap(\.microseconds).sorted()
    guard !times.isEmpty else { return }
    print(
      name.padding(toLength: 32, withPad: " ", startingAt: 0),
      String(format: "%6.1f µs %6.1f µs", times[times.count / 2], times[0]))
  }

  private func seconds(_ samples: Int) -> String {
    String(format: "%.2f", Double(samples) / Double(VoiceActivityModel.sampleRate))
  }

  private func compare(_ pass: FramePass, with path: String) throws {
    let expected = try reading(path) {
      let object = try? JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
      guard let list = (object as? [String: Any])?[goldenKey] as? [Double] else {
        throw Unreadable(description: "it is no JSON object with a list of numbers '\(goldenKey)'")
      }
      return list.map { Float($0) }
    }
    let difference = pass.difference(from: expected)
    print("largest difference from \(goldenKey): \(difference)")
    guard difference <= 1e-5 else { throw ExitCode(1) }
  }

  /// The file that was named, or else the default one; nil, and a word about it, where that is not there.
  private func file(_ named: String?, or name: String) throws -> String? {
    let path = named ?? Self.folder + name
    if FileManager.default.isReadableFile(atPath: path) { return path }
    guard named == nil else { throw stopping(66, "\(path) cannot be read") }
    _ = stopping(0, "skipped: there is no \(path); --help says where it comes from")
    return nil
  }

  /// What `body` reads from a file.
  private func reading<Result>(_ path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch {
      throw stopping(FileManager.default.isReadableFile(atPath: path) ? 65 : 66, "\(path): \(error)")
    }
  }

  private func stopping(_ status: Int32, _ reason: String) -> ExitCode {
    try? FileHandle.standardError.write(contentsOf: Data("VoiceActivity: \(reason)\n".utf8))
    return ExitCode(status)
  }
}
