import Foundation
import ONNXSchema
import Recurrent
import RecurrentONNX
import RecurrentVerification
import SwiftProtobuf
import Testing

@Suite("ONNX: recurrent nodes")
struct RecurrentNodeTests {
  static let names = Golden.names.filter { !$0.hasPrefix("graph") }

  @Test("there are golden files of every kind")
  func coverage() { #expect(Self.names.count == 41) }

  /// ONNX Runtime computes in Float, too, so that its errors count beside ours.
  @Test("every attribute, as ONNX Runtime computes it", arguments: names, Engine.allCases)
  func goldens(name: String, engine: Engine) throws {
    let golden = try Golden(named: name)
    let example = NodeCase(
      model: try ONNXModel(bytes: golden.bytes), inputs: golden.inputs, outputs: golden.outputs,
      isBatchMajor: name.contains("layout"))
    try example.judge(Float.self, on: engine, deviations: 2 * ErrorReport.confidence)
    try example.judge(Double.self, on: engine, deviations: ErrorReport.confidence)
  }

  @Test(
    "a wrong gate order, direction or clip is found",
    arguments: ["lstm-clip", "lstm-input-forget", "gru-after-reverse"])
  func wrong(name: String) throws {
    let golden = try Golden(named: name)
    let wrong: [(inout Onnx_NodeProto) -> Void] = [
      { node in
        node.attribute.removeAll { $0.name == "clip" || $0.name == "input_forget" || $0.name == "linear_before_reset" }
      },
      { node in
        for index in node.attribute.indices where node.attribute[index].s == Data("reverse".utf8) {
          node.attribute[index].s = Data("forward".utf8)
        }
      },
    ]
    var found = 0
    for change in wrong {
      var proto = try Onnx_ModelProto(serializedBytes: golden.bytes)
      let before = proto
      change(&proto.graph.node[0])
      if proto == before { continue }
      let program = try ONNXProgram<Double>(ONNXModel(bytes: proto.serializedBytes()))
      let result = try #require(try program(golden.inputs)["Y"]?.tensor)
      let error = zip(result.elements, golden.outputs["Y"]!.elements).map { ($0 - $1).magnitude }.max()!
      #expect(error > 1e-3)
      found += 1
    }
    #expect(found >= 1)
  }

  // MARK: - The specification's own cases

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(
    path: "../../../shared/data/onnx_rnn_node_tests/tests.json"
  ).standardized

  static let specified: [SpecifiedCase] = {
    guard let data = try? Data(contentsOf: folder) else { return [] }
    return (try? JSONDecoder().decode([SpecifiedCase].self, from: data)) ?? []
  }()

  @Test("the cases of the specification, where its file is at hand", arguments: Engine.allCases)
  func specification(engine: Engine) throws {
    guard FileManager.default.fileExists(atPath: Self.folder.path) else {
      return print("skipped: there is no file of the specification's node tests")
    }
    #expect(Self.specified.count == 18)
    for example in Self.specified {
      // Their expected values are NumPy's, in Float.
      let constant = try example.nodeCase(hasConstantWeights: true)
      try constant.judge(Float.self, on: engine, deviations: 2 * ErrorReport.confidence)
      try constant.judge(Double.self, on: engine, deviations: ErrorReport.confidence)
      // With weights as inputs the layers are made at each run, and do the same.
      let given = try example.nodeCase(hasConstantWeights: false)
      let results = try ONNXProgram<Double>(given.model, engine: engine)(given.inputs)
      #expect(try results == ONNXProgram<Double>(constant.model, engine: engine)(constant.inputs), "\(example.test)")
    }
  }
}
