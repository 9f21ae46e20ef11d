import Foundation
import Recurrent
import RecurrentFormats
import Testing

/// The command on files of ONNX, with what ONNX Runtime computed.
@Suite("The command recurrent, on ONNX")
struct ToolONNXTests {
  static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
    path: "../../RecurrentONNXTests/Goldens"
  ).standardized

  private struct Golden: Decodable {
    struct Numbers: Decodable {
      let shape: [Int]
      let elements: [Double]
    }
    let numbers, integers, outputs: [String: Numbers]
  }

  /// Puts a golden's model, input, initial state and output, and a wrong output, into a folder, and says how to call the tool on them.
  private func unpack(_ name: String, into folder: String) throws -> [String] {
    let text = try Data(contentsOf: Self.goldens.appending(path: "\(name).json"))
    let golden = try JSONDecoder().decode(Golden.self, from: text)
    func tensor(_ numbers: Golden.Numbers?, shape: [Int]? = nil) throws -> Tensor<Float> {
      let numbers = try #require(numbers)
      return Tensor(shape: shape ?? numbers.shape, elements: numbers.elements.map { Float($0) })
    }
    try FileManager.default.copyItem(
      at: Self.goldens.appending(path: "\(name).onnx"), to: URL(fileURLWithPath: folder + "/model.onnx"))
    try NumPyArray(tensor(golden.numbers["X"])).write(to: folder + "/input.npy")
    var state = NumPyArchive()
    for (part, key) in [("hidden", "initial_h"), ("cell", "initial_c")] where golden.numbers[key] != nil {
      state.set(part, NumPyArray(try tensor(golden.numbers[key])))
    }
    try state.write(to: folder + "/initial.npz")
    // [T, 1, N, H] there, [T, N, H] here.
    let shape = try #require(golden.outputs["Y"]).shape
    let output = try tensor(golden.outputs["Y"], shape: [shape[0], shape[2], shape[3]])
    try NumPyArray(output).write(to: folder + "/expected.npy")
    let wrong = Tensor(shape: output.shape, elements: output.elements.map { $0 + 1e-3 })
    try NumPyArray(wrong).write(to: folder + "/wrong.npy")
    let lengths = golden.integers["sequence_lens"]?.elements.map { "\(Int($0))" }.joined(separator: ",")
    return ["input.npy", "expected.npy", "--initial", "initial.npz"] + (lengths.map { ["--lengths", $0] } ?? [])
  }

  @Test(
    "compare finds what ONNX Runtime computes, before and after convert",
    arguments: ["lstm-forward", "lstm-activations-clip", "gru-after-no-bias", "gru-before-forward", "rnn-affine"])
  func compare(name: String) throws {
    try withFolder { folder in
      let call = try unpack(name, into: folder)
      func status(_ arguments: [String]) throws -> Int32 {
        let answer = try ToolTests.recurrent(arguments, in: folder)
        if answer.status != 0 { print(answer.output, answer.error) }
        return answer.status
      }
      for engine in Engine.allCases {
        #expect(try status(["compare", "model.onnx"] + call + ["--engine", engine.rawValue]) == 0)
      }
      #expect(try status(["convert", "model.onnx", "ours.safetensors"]) == 0)
      #expect(try status(["compare", "ours.safetensors", "--name", "node"] + call) == 0)
      let other = call.map { $0 == "expected.npy" ? "wrong.npy" : $0 }
      #expect(try ToolTests.recurrent(["compare", "model.onnx"] + other, in: folder).status == 1)
    }
  }

  @Test("inspect lists nodes with their options, and says which no layer can stand for")
  func inspect() throws {
    func expect(_ name: String, _ words: String...) throws {
      let answer = try ToolTests.recurrent(["inspect", Self.goldens.appending(path: "\(name).onnx").path])
      #expect(answer.status == 0, "\(answer.error)")
      for word in words { #expect(answer.output.contains(word), "'\(word)' is missing in: \(answer.output)") }
    }
    try expect("lstm-activations-clip", "1 recurrent node\n", "node: LSTM", "input size   3", "clipped")
    try expect("gru-after-clip", "node: GRU", "reset after the product", "clipped")
    try expect("lstm-reverse", "no layer", "'direction'")
  }

  @Test("what is refused, and with which status")
  func failures() throws {
    try withFolder { folder in
      let call = try unpack("lstm-reverse", into: folder)
      let model = try Data(contentsOf: URL(fileURLWithPath: folder + "/model.onnx"))
      try model.prefix(model.count / 2).write(to: URL(fileURLWithPath: folder + "/half.onnx"))
      func expect(_ status: Int32, _ word: String, of arguments: [String]) throws {
        let answer = try ToolTests.recurrent(arguments, in: folder)
        #expect(answer.status == status, "\(arguments): \(answer.error)")
        #expect(answer.error.contains(word), "'\(word)' is missing in: \(answer.error)")
      }
      try expect(65, "'direction'", of: ["compare", "model.onnx"] + call)
      try expect(65, "'nobody'", of: ["compare", "model.onnx", "--name", "nobody"] + call)
      try expect(65, "half.onnx", of: ["inspect", "half.onnx"])
      try expect(65, "'direction'", of: ["convert", "model.onnx", "out.safetensors"])
      #expect(!FileManager.default.fileExists(atPath: folder + "/out.safetensors"))
    }
  }
}
