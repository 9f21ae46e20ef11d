import Foundation
import Recurrent
import RecurrentFormats
import Testing

@Suite("The command recurrent")
struct ToolTests {
  /// What the tool said, and its exit status.
  struct Answer {
    let status: Int32
    let output: String
    let error: String
  }

  /// Runs the tool, which stands beside the tests.
  static func recurrent(_ arguments: [String], in folder: String = ".") throws -> Answer {
    let process = Process()
    process.executableURL = Bundle.module.bundleURL.deletingLastPathComponent().appendingPathComponent("recurrent")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    // A command that ends with a status leaves what is on its way to the system, under the address sanitizer too.
    process.environment = ProcessInfo.processInfo.environment.merging(["ASAN_OPTIONS": "detect_leaks=0"]) { $1 }
    let (output, error) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, error)
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    let message = try error.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Answer(
      status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
      error: String(decoding: message, as: UTF8.self))
  }

  private func recurrent(_ arguments: [String], in folder: String = ".") throws -> Answer {
    try Self.recurrent(arguments, in: folder)
  }

  /// Puts what a golden has into a folder: model.safetensors, input.npy, expected.npy, initial.npz.
  private func unpack(_ name: String, _ layer: String, into folder: String) throws {
    let golden = try PyTorchGolden(name, layer: layer)
    try golden.model.write(to: folder + "/model.safetensors")
    try NumPyArray(golden.run["input"]).write(to: folder + "/input.npy")
    try NumPyArray(golden.run["output"]).write(to: folder + "/expected.npy")
    var state = NumPyArchive()
    for (part, tensor) in try zip(["hidden", "cell"], golden.run.state("initial_")) {
      state.set(part, NumPyArray(tensor))
    }
    try state.write(to: folder + "/initial.npz")
  }

  @Test("inspect tells cells, sizes and parameters")
  func inspect() throws {
    let answer = try recurrent(["inspect", PyTorchGolden.path("tagger"), "--tensors"])
    #expect(answer.status == 0)
    for word in [
      "encoder.lstm: LSTM", "torch.nn.GRUCell", "2, in both directions", "736 (F32, 2944 bytes)",
      "I64  norm.num_batches_tracked",
    ] { #expect(answer.output.contains(word), "'\(word)' is missing in: \(answer.output)") }
  }

  @Test(
    "compare finds what PyTorch computes, before and after both ways of convert",
    arguments: [("lstm-deep", ""), ("lstm-projection", ""), ("gru-deep", ""), ("rnn-relu", ""), ("tagger", "decoder")])
  func compare(name: String, layer: String) throws {
    try withFolder { folder in
      try unpack(name, layer, into: folder)
      func compare(_ model: String, _ more: String...) throws -> Int32 {
        let activation = name == "rnn-relu" && model != "ours.safetensors" ? ["--activation", "relu"] : []
        let process = ["compare", model, "input.npy", "expected.npy", "--initial", "initial.npz", "--name", layer]
        return try recurrent(process + activation + more, in: folder).status
      }
      for engine in Engine.allCases { #expect(try compare("model.safetensors", "--engine", engine.rawValue) == 0) }
      #expect(try compare("model.safetensors", "--double") == 0)
      #expect(try compare("model.safetensors", "--tolerance", "0") == 1)
      let relu = name == "rnn-relu" ? ["--activation", "relu"] : []
      #expect(try recurrent(["convert", "model.safetensors", "ours.safetensors"] + relu, in: folder).status == 0)
      #expect(try compare("ours.safetensors") == 0)
      #expect(
        try recurrent(["convert", "ours.safetensors", "back.safetensors", "--to", "pytorch"], in: folder).status == 0)
      #expect(try compare("back.safetensors") == 0)
      let (model, back) = try (
        TensorFile(contentsOf: folder + "/model.safetensors"), TensorFile(contentsOf: folder + "/back.safetensors")
      )
      // A cell comes back as a layer, whose names have another end.
      if layer.isEmpty { #expect(model.names == back.names) }
    }
  }

  @Test("run writes outputs and a final state, from which the next call goes on")
  func run() throws {
    try withFolder { folder in
      try unpack("lstm-deep", "", into: folder)
      let answer = try recurrent(
        [
          "run", "model.safetensors", "input.npy", "-o", "output.npy", "--initial", "initial.npz", "--lengths", "4,2",
          "--final", "final.npz",
        ], in: folder)
      #expect(answer.status == 0, "\(answer.error)")
      let output = try NumPyArray(contentsOf: folder + "/output.npy").tensor(of: Float.self)
      let lstm = try LSTM<Float>(contentsOf: folder + "/model.safetensors")
      func part(_ name: String) throws -> Tensor<Float> {
        try NumPyArchive(contentsOf: folder + "/\(name).npz").array("hidden").tensor(of: Float.self)
      }
      let cell = try NumPyArchive(contentsOf: folder + "/initial.npz").array("cell").tensor(of: Float.self)
      let wanted = try lstm(
        NumPyArray(contentsOf: folder + "/input.npy").tensor(of: Float.self), lengths: [4, 2],
        from: .init(hidden: part("initial"), cell: cell))
      #expect(output == wanted.hidden)
      #expect(try part("final") == wanted.final.hidden)
      let next = try recurrent(
        ["run", "model.safetensors", "input.npy", "--output", "next.npy", "--initial", "final.npz"], in: folder)
      #expect(next.status == 0)
    }
  }

  #if !HDF5
    @Test("a model of Keras is refused with the way to build the command that reads it")
    func keras() throws {
      try withFolder { folder in
        for start in ["\u{89}HDF\r\n\u{1a}\n", "PK\u{3}\u{4}"] {
          let bytes = start.unicodeScalars.map { UInt8($0.value) } + [UInt8](repeating: 0, count: 100)
          try Data(bytes).write(to: URL(fileURLWithPath: folder + "/model"))
          let answer = try recurrent(["inspect", "model"], in: folder)
          #expect(answer.status == 65 && answer.error.contains("--traits HDF5"), "\(answer.error)")
        }
      }
    }
  #endif

  @Test("exit statuses are those of sysexits, with a sentence that says why")
  func failures() throws {
    try withFolder { folder in
      try unpack("tagger", "encoder.lstm", into: folder)
      try Data("not a model".utf8).write(to: URL(fileURLWithPath: folder + "/text.txt"))
      func expect(_ status: Int32, _ words: String..., of arguments: [String]) throws {
        let answer = try recurrent(arguments, in: folder)
        #expect(answer.status == status, "\(arguments): \(answer.error)")
        for word in words { #expect(answer.error.contains(word), "'\(word)' is missing in: \(answer.error)") }
      }
      let run = ["run", "model.safetensors", "input.npy"]
      try expect(64, "Usage", of: ["inspect"])
      try expect(64, "gpu", of: run + ["-o", "o.npy", "--engine", "gpu"])
      try expect(65, "text.txt", "bytes", of: ["inspect", "text.txt"])
      try expect(65, "'decoder', 'encoder.lstm'", of: run + ["-o", "o.npy"])
      try expect(65, "[T, N, 8]", of: run + ["-o", "o.npy", "--name", "decoder"])
      try expect(65, "NUMPY", of: ["run", "model.safetensors", "text.txt", "-o", "o.npy", "--name", "decoder"])
      try expect(65, "2 lengths", of: run + ["-o", "o.npy", "--name", "encoder.lstm", "--lengths", "4"])
      try expect(66, "nothing", of: ["inspect", "nothing"])
      try expect(66, "no.npy", of: ["run", "model.safetensors", "no.npy", "-o", "o.npy", "--name", "decoder"])
      try expect(73, "none/o.npy", of: run + ["-o", "none/o.npy", "--name", "encoder.lstm"])
      try expect(0, of: run + ["-o", "o.npy", "--name", "encoder.lstm"])
    }
  }
}
