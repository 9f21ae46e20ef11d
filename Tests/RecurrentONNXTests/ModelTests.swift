import Foundation
import ONNXSchema
import Recurrent
import RecurrentONNX
import SwiftProtobuf
import Testing

@Suite("ONNX: models and their nodes")
struct ModelTests {
  private func proto(_ name: String) throws -> Onnx_ModelProto {
    try Onnx_ModelProto(serializedBytes: Golden(named: name).bytes)
  }

  private func model(_ proto: Onnx_ModelProto) throws -> ONNXModel { try ONNXModel(bytes: proto.serializedBytes()) }

  @Test("nodes are listed, those inside branches too, and load by name")
  func list() throws {
    let model = try ONNXModel(contentsOf: Golden.url("lstm-forward", "onnx").path)
    #expect(model.operatorSet == 7)
    let node = try #require(model.recurrentNodes.first)
    #expect(node.name == "node" && node.cell == .lstm && node.direction == .forward)
    #expect(node.inputSize == 3 && node.hiddenSize == 4)
    let lstm = try LSTM<Double>(from: model, named: "node", engine: .naive)
    #expect(lstm.configuration == LSTMConfiguration(inputSize: 3, hiddenSize: 4))

    // The same graph inside a branch, whose weights are constants of the graph around it.
    var outer = try proto("lstm-forward")
    var inner = outer.graph
    inner.initializer = []
    inner.input = []
    outer.graph.node = [
      .with {
        ($0.opType, $0.name, $0.output) = ("If", "choice", ["Z"])
        $0.attribute = [.with { ($0.name, $0.type, $0.g) = ("then_branch", .graph, inner) }]
      }
    ]
    outer.graph.output = [.with { $0.name = "Z" }]
    let nested = try self.model(outer)
    #expect(nested.recurrentNodes.map(\.name) == ["choice/then_branch/node"])
    #expect(try LSTM<Double>(from: nested, named: "choice/then_branch/node").parameters == lstm.parameters)
    let error = #expect(throws: ONNXError.self) { try ONNXProgram<Float>(nested) }
    #expect("\(error!)".contains("'choice' (If)"))
  }

  @Test(
    "a loaded layer computes what the program does, to the last bit", arguments: ["lstm-bidirectional", "lstm-clip"])
  func layer(name: String) throws {
    let golden = try Golden(named: name)
    let model = try ONNXModel(bytes: golden.bytes)
    let inputs = golden.inputs.mapValues { $0.converted(to: Float.self) }
    let lstm = try LSTM<Float>(from: model, named: "node")
    #expect(lstm.runningEngine == (name == "lstm-clip" ? .blas : .fused))
    var lengths: [Int]?
    if case .integers(let integers)? = inputs["sequence_lens"] { lengths = integers.elements }
    let initial = inputs["initial_h"].map { LSTM<Float>.State(hidden: $0.tensor!, cell: inputs["initial_c"]!.tensor!) }
    let output = lstm(inputs["X"]!.tensor!, lengths: lengths, from: initial)
    #expect(try ONNXProgram<Float>(model)(inputs)["Y_c"]?.tensor == output.final.cell)
  }

  @Test("initial states that are constants")
  func initialState() throws {
    #expect(try LSTM<Float>.initialState(from: model(proto("lstm-bidirectional")), named: "node") == nil)
    var proto = try proto("lstm-no-bias")
    proto.graph.input.removeAll { $0.name.hasPrefix("initial") }
    proto.graph.initializer.append(
      .with { ($0.name, $0.dims, $0.dataType, $0.floatData) = ("initial_h", [1, 1, 4], 1, [1, 2, 3, 4]) })
    proto.graph.node[0].input[6] = ""
    let state = try #require(try LSTM<Double>.initialState(from: model(proto), named: "node"))
    #expect(state.hidden.elements == [1, 2, 3, 4] && state.cell.elements == [0, 0, 0, 0])
  }

  @Test("what no layer can do is refused, with the attribute's name")
  func refused() throws {
    func expect(_ words: [String], _ body: () throws -> Void) {
      let error = #expect(throws: ONNXError.self) { try body() }
      for word in words { #expect("\(error!)".contains(word), "\(error!)") }
    }
    expect(["'direction'"]) { _ = try LSTM<Float>(from: model(proto("lstm-reverse")), named: "node") }
    expect(["'activations'"]) { _ = try RNN<Float>(from: model(proto("rnn-activations")), named: "node") }
    expect(["GRU"]) { _ = try GRU<Float>(from: model(proto("lstm-clip")), named: "node") }
    expect(["'nobody'", "'node'"]) { _ = try GRU<Float>(from: model(proto("gru-after-clip")), named: "nobody") }
    var given = try proto("lstm-clip")
    given.graph.initializer.removeAll { $0.name == "R" }
    given.graph.input.append(.with { $0.name = "R" })
    expect(["R", "no constant"]) { _ = try LSTM<Float>(from: model(given), named: "node") }
  }

  @Test("attributes that break the specification")
  func attributes() throws {
    func expect(_ name: String, _ change: (inout Onnx_NodeProto) -> Void) throws {
      var proto = try proto("lstm-clip")
      change(&proto.graph.node[0])
      let error = #expect(throws: ONNXError.self, "\(name)") { try ONNXProgram<Float>(model(proto)) }
      #expect("\(error!)".contains("'\(name)'"), "\(error!)")
      #expect("\(error!)".contains("node 'node' (LSTM)"), "\(error!)")
    }
    func set(_ name: String, _ change: @escaping (inout Onnx_AttributeProto) -> Void) -> (inout Onnx_NodeProto) -> Void
    {
      { node in
        node.attribute.removeAll { $0.name == name }
        node.attribute.append(
          .with {
            $0.name = name; change(&$0)
          })
      }
    }
    try expect("clip", set("clip") { ($0.type, $0.f) = (.float, -1) })
    try expect("clip", set("clip") { ($0.type, $0.f) = (.float, .nan) })
    try expect("clip", set("clip") { ($0.type, $0.i) = (.int, 1) })
    try expect("clip", set("clip") { ($0.type, $0.refAttrName) = (.float, "outer") })
    try expect("direction", set("direction") { ($0.type, $0.s) = (.string, Data("sideways".utf8)) })
    try expect("hidden_size", set("hidden_size") { ($0.type, $0.i) = (.int, 5) })
    try expect("input_forget", set("input_forget") { ($0.type, $0.i) = (.int, 2) })
    try expect("layout", set("layout") { ($0.type, $0.i) = (.int, 2) })
    try expect("linear_before_reset", set("linear_before_reset") { ($0.type, $0.i) = (.int, 1) })
    try expect("activations", set("activations") { ($0.type, $0.strings) = (.strings, [Data("Tanh".utf8)]) })
    let names = ["Tanh", "Tanh", "Gelu", "Tanh", "Tanh", "Tanh"].map { Data($0.utf8) }
    try expect("activations", set("activations") { ($0.type, $0.strings) = (.strings, names) })
    let scaled = ["Tanh", "Tanh", "ScaledTanh", "Tanh", "Tanh", "Tanh"].map { Data($0.utf8) }
    try expect("activations", set("activations") { ($0.type, $0.strings) = (.strings, scaled) })
    try expect("activation_alpha", set("activation_alpha") { ($0.type, $0.floats) = (.floats, [1]) })
    try expect("clip") { node in node.attribute.append(node.attribute.first { $0.name == "clip" }!) }
  }

  @Test("graphs that do not hold together")
  func graphs() throws {
    func expect(_ word: String, _ change: (inout Onnx_ModelProto) -> Void) throws {
      var proto = try proto("lstm-clip")
      change(&proto)
      let error = #expect(throws: ONNXError.self, "\(word)") { try ONNXProgram<Float>(model(proto)) }
      #expect("\(error!)".contains(word), "\(error!)")
    }
    try expect("version 6") { $0.opsetImport[0].version = 6 }
    try expect("version 29") { $0.opsetImport[0].version = 29 }
    try expect("0 versions") { $0.opsetImport = [] }
    try expect("no graph") { $0.clearGraph() }
    try expect("nothing before it makes") { $0.graph.input = [] }
    try expect("nothing makes the output") { $0.graph.output.append(.with { $0.name = "lost" }) }
    try expect("already") { proto in proto.graph.node.append(proto.graph.node[0]) }
    try expect("two initializers") { proto in proto.graph.initializer.append(proto.graph.initializer[0]) }
    try expect("domain 'com.example'") { $0.graph.node[0].domain = "com.example" }
    try expect("sparse") { $0.graph.sparseInitializer = [.init()] }
    try expect("inputs") { proto in proto.graph.node[0].input += ["X", "X"] }
    // A circle: W is made of what the node makes of W.
    try expect("nothing before it makes") { proto in
      proto.graph.initializer.removeAll { $0.name == "W" }
      proto.graph.node.append(.with { ($0.opType, $0.input, $0.output) = ("Identity", ["Y"], ["W"]) })
    }
    // Names that would be those of many nodes.
    try expect("600 bytes") { proto in
      let inner = proto.graph
      proto.graph.node[0].name = .init(repeating: "x", count: 598)
      proto.graph.node[0].attribute.append(.with { $0.g = inner })
    }
    var circle = try proto("lstm-clip")
    circle.graph.initializer.removeAll { $0.name == "W" }
    circle.graph.node.append(.with { ($0.opType, $0.input, $0.output) = ("Identity", ["W2"], ["W"]) })
    circle.graph.node.append(.with { ($0.opType, $0.input, $0.output) = ("Identity", ["W"], ["W2"]) })
    let error = #expect(throws: ONNXError.self) { try LSTM<Float>(from: model(circle), named: "node") }
    #expect("\(error!)".contains("no constant"))
  }
}
