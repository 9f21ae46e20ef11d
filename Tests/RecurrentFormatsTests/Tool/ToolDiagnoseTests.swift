import Foundation
import Recurrent
import RecurrentFormats
import Testing

@Suite("The command recurrent diagnose")
struct ToolDiagnoseTests {
  private func recurrent(_ arguments: [String], in folder: String) throws -> ToolTests.Answer {
    try ToolTests.recurrent(arguments, in: folder)
  }

  /// A model of three layers of all cells, and an input of 9 steps of 2 sequences, as files in a folder.
  private func unpack(into folder: String) throws {
    var file = TensorFile()
    file.set(LSTM<Float>(inputSize: 3, hiddenSize: 8, layerCount: 2, isBidirectional: true, seed: 1), named: "lstm")
    file.set(GRU<Float>(inputSize: 3, hiddenSize: 8, seed: 2), named: "gru")
    file.set(RNN<Float>(inputSize: 3, hiddenSize: 8, seed: 3), named: "rnn")
    try file.write(to: folder + "/model.safetensors")
    let numbers = (0..<9 * 2 * 3).map { (index: Int) in Float(index * 7 % 11) / 11 - 0.5 }
    try NumPyArray(Tensor(shape: [9, 2, 3], elements: numbers)).write(to: folder + "/input.npy")
  }

  @Test("it says what becomes of gradients, and draws it on one page", arguments: ["lstm", "gru", "rnn"])
  func report(name: String) throws {
    try withFolder { folder in
      try unpack(into: folder)
      let answer = try recurrent(
        [
          "diagnose", "model.safetensors", "input.npy", "--name", name, "-o", "report.html", "--lengths", "4,6",
          "--labels", "a & b < c \"d\"",
        ], in: folder)
      #expect(answer.status == 0, "\(answer.error)")
      let findings = answer.output.split(separator: "\n")
      #expect(findings.count == (name == "lstm" ? 4 : 1), "\(answer.output)")
      #expect(findings.allSatisfy { $0.hasPrefix("layer ") && $0.contains("Gradients") })
      let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      // Complete in itself, with words from outside escaped.
      for part in [
        "<!doctype html>", "prefers-color-scheme: dark", ">a</text>", "&amp;", "&lt;", "&quot;d&quot;", "</html>",
      ] {
        #expect(page.contains(part), "'\(part)' is missing")
      }
      for part in ["<script", "http://", "https://", "\"d\""] {
        #expect(!page.contains(part), "'\(part)' is there")
      }
      expectFinite(page)
      let figures = page.components(separatedBy: "<svg").count - 1
      // One beside others; and of each layer and direction two kinds of bands, a heat map, and where there is more than
      // that one curve, norms.
      #expect(figures == 1 + (name == "lstm" ? 4 : 3) * findings.count)
    }
  }

  /// Every coordinate of every shape is a number.
  private func expectFinite(_ page: String) {
    var count = 0
    for match in page.matches(
      of: #/ (d|points|x|y|x1|x2|y1|y2|cx|cy|r|width|height|viewBox|transform|fill-opacity)="([^"]*)"/#)
    {
      let numbers = match.2.replacing("translate", with: "").replacing("rotate", with: "")
        .split { "MLhvz, ()".contains($0) }
      for number in numbers {
        count += 1
        #expect(Double(number)?.isFinite == true, "\(match.1) has '\(number)'")
      }
    }
    #expect(count > 100)
  }

  /// Inputs and models at the edge of what can be drawn: where a number is NaN, or a weight, where there is one step, where a
  /// gradient is 1.5¹⁷⁵⁰ = 10³⁰⁸ long, and where it is beyond Double, with all of its Jacobians.
  @Test("pages have numbers alone in their pictures", arguments: ["nan", "weights", "one", "far", "beyond"])
  func extremes(name: String) throws {
    try withFolder { folder in
      try unpack(into: folder)
      var (model, stepCount, said) = ("gru", 9, "Gradients")
      switch name {
      case "nan": said = "not numbers: there is NaN or ∞ in its input"
      case "weights": (model, said) = ("broken", "not numbers: there is NaN or ∞ in its weights")
      case "one": (stepCount, said) = (1, "over the 1 step seen")
      default: (model, stepCount, said) = ("relu", name == "far" ? 1750 : 1760, "explode")
      }
      var file = try TensorFile(contentsOf: folder + "/model.safetensors")
      let configuration = RNNConfiguration(inputSize: 3, hiddenSize: 1, activation: .relu)
      file.set(
        RNN<Double>(
          configuration,
          initialization: RNNInitialization(input: .constant(0), recurrent: .constant(1.5), bias: .constant(1e-3)),
          seed: 1),
        named: "relu")
      let broken = RNNInitialization(input: .constant(.nan), recurrent: .constant(.nan), bias: .constant(0))
      file.set(RNN<Double>(configuration, initialization: broken, seed: 1), named: "broken")
      try file.write(to: folder + "/model.safetensors")
      var input = Tensor<Float>(shape: [stepCount, 1, 3], repeating: 0.5)
      if name == "nan" { input[4, 0, 1] = .nan }
      try NumPyArray(input).write(to: folder + "/input.npy")
      let answer = try recurrent(
        [
          "diagnose", "model.safetensors", "input.npy", "--name", model, "-o", "report.html", "--jacobian-steps",
          name == "beyond" ? "1760" : "64",
        ], in: folder)
      #expect(answer.status == 0 && answer.output.contains(said), "\(answer.output) \(answer.error)")
      let page = try String(contentsOfFile: folder + "/report.html", encoding: .utf8)
      expectFinite(page)
      #expect(!page.contains(">nan") && !page.contains(">inf"))
    }
  }

  @Test("without a page the findings alone, and batch-major the same ones")
  func findings() throws {
    try withFolder { folder in
      try unpack(into: folder)
      let input = try NumPyArray(contentsOf: folder + "/input.npy").tensor(of: Float.self)
      let exchanged = (0..<2).flatMap { sequence in
        (0..<9).flatMap { step in (0..<3).map { input[step, sequence, $0] } }
      }
      try NumPyArray(Tensor(shape: [2, 9, 3], elements: exchanged)).write(to: folder + "/exchanged.npy")
      let one = try recurrent(["diagnose", "model.safetensors", "input.npy", "--name", "gru"], in: folder)
      let other = try recurrent(
        ["diagnose", "model.safetensors", "exchanged.npy", "--name", "gru", "--batch-major"], in: folder)
      #expect(one.status == 0 && one.output.contains("update gate"), "\(one.error)")
      #expect(one.output == other.output)
    }
  }

  @Test("exit statuses are those of its neighbours, with a sentence that says why")
  func failures() throws {
    try withFolder { folder in
      try unpack(into: folder)
      func expect(_ status: Int32, _ word: String, of arguments: [String]) throws {
        let answer = try recurrent(["diagnose", "model.safetensors"] + arguments, in: folder)
        #expect(answer.status == status, "\(arguments): \(answer.error)")
        #expect(answer.error.contains(word), "'\(word)' is missing in: \(answer.error)")
      }
      let input = ["input.npy", "--name", "gru"]
      try expect(64, "Usage", of: [])
      try expect(64, "above 0", of: input + ["--jacobian-steps", "0"])
      try expect(65, "'gru', 'lstm', 'rnn'", of: ["input.npy"])
      try expect(65, "no sequence has a step", of: input + ["--lengths", "0,0"])
      try expect(65, "no sequence 2", of: input + ["-o", "o.html", "--sequence", "2"])
      try expect(65, "3 labels", of: input + ["-o", "o.html", "--labels", "one two three"])
      try expect(66, "no.npy", of: ["no.npy", "--name", "gru"])
      try expect(73, "none/o.html", of: input + ["-o", "none/o.html"])
    }
  }
}
