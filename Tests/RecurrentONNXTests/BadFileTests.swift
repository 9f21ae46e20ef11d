import Recurrent
import RecurrentONNX
import Testing

/// Files that are cut or changed by chance give an error or a result: they never trap, hang or ask for much memory.
@Suite("ONNX: bad files")
struct BadFileTests {
  @Test("there is an error where the file is none, or is not there")
  func none() {
    #expect(throws: ONNXError.self) { try ONNXModel(bytes: []) }
    #expect(throws: ONNXError.self) { try ONNXModel(bytes: Array("not a model at all".utf8)) }
    #expect(throws: ONNXError.self) { try ONNXModel(bytes: .init(repeating: 0xFF, count: 1000)) }
    let error = #expect(throws: ONNXError.self) { try ONNXModel(contentsOf: "/no/such/file.onnx") }
    #expect("\(error!)".contains("/no/such/file.onnx"))
  }

  @Test("a file cut off anywhere", arguments: ["lstm-layout", "gru-before-activations", "graph-tagger"])
  func truncated(name: String) throws {
    let golden = try Golden(named: name)
    var failures = 0
    for count in stride(from: 0, to: golden.bytes.count, by: 3) {
      if !exercise(Array(golden.bytes[..<count]), golden) { failures += 1 }
    }
    #expect(failures > golden.bytes.count / 6)
  }

  @Test("a file with bytes that were changed", arguments: ["lstm-layout", "gru-before-activations", "graph-tagger"])
  func changed(name: String) throws {
    let golden = try Golden(named: name)
    var generator = SeededGenerator(seed: 17)
    var failures = 0
    for _ in 0..<1000 {
      var bytes = golden.bytes
      for _ in 0...Int(generator.uniform(0, 4)) {
        let index = Int(generator.uniform(0, Double(bytes.count)))
        bytes[min(index, bytes.count - 1)] = UInt8(generator.uniform(0, 255.99))
      }
      if !exercise(bytes, golden) { failures += 1 }
    }
    #expect(failures > 10)
  }

  /// Does all that can be done with a file; false where something of it failed with an error.
  private func exercise(_ bytes: [UInt8], _ golden: Golden) -> Bool {
    do throws(ONNXError) {
      let model = try ONNXModel(bytes: bytes)
      for node in model.recurrentNodes {
        switch node.cell {
        case .lstm: _ = try? LSTM<Double>(from: model, named: node.name, engine: .naive)
        case .gru: _ = try? GRU<Double>(from: model, named: node.name, engine: .naive)
        case .rnn: _ = try? RNN<Double>(from: model, named: node.name, engine: .naive)
        }
      }
      _ = try ONNXProgram<Double>(model, engine: .naive, elementLimit: 1 << 20)(golden.inputs)
      return true
    } catch {
      return error.description.isEmpty
    }
  }
}
