import Foundation
import ONNXSchema
import Recurrent
import RecurrentONNX
import SwiftProtobuf
import Testing

@Suite("ONNX: graphs")
struct ProgramTests {
  /// The weights of the recurrent node are cut, joined and unsqueezed, its state is expanded to a size that is computed, and
  /// products, sums, activations and a softmax follow. Values are below 4, made of sums of at most 8 terms below 4, so that
  /// with 2·6 deviations of √8·u·4 a sum, ten of them one after another, 2e-5 is far above any rounding and far below any
  /// mistake.
  @Test("a tagger as exporters write it, as ONNX Runtime computes it", arguments: ["graph-tagger", "graph-tagger-old"])
  func tagger(name: String) throws {
    let golden = try Golden(named: name)
    let model = try ONNXModel(bytes: golden.bytes)
    func check<Scalar: RecurrentScalar>(_: Scalar.Type, _ engine: Engine) throws {
      let program = try ONNXProgram<Scalar>(model, engine: engine)
      let results = try program(golden.inputs.mapValues { $0.converted(to: Scalar.self) })
      #expect(Set(results.keys) == Set(golden.outputs.keys))
      for (name, wanted) in golden.outputs {
        let result = try #require(results[name]?.tensor)
        #expect(result.shape == wanted.shape)
        for (a, b) in zip(result.elements, wanted.elements) { #expect((Double(a) - b).magnitude <= 2e-5, "\(name)") }
      }
    }
    for engine in Engine.allCases {
      try check(Float.self, engine)
      try check(Double.self, engine)
    }
  }

  @Test("the layer of a graph whose weights are computed can be loaded by name, too")
  func layer() throws {
    let model = try ONNXModel(bytes: Golden(named: "graph-tagger").bytes)
    #expect(model.recurrentNodes.map(\.name) == ["encoder"])
    let lstm = try LSTM<Float>(from: model, named: "encoder")
    #expect(lstm.configuration.isBidirectional && lstm.configuration.hiddenSize == 4 && lstm.runningEngine == .fused)
    // The state is as large as the batch, which only a run knows.
    #expect(throws: ONNXError.self) { try LSTM<Float>.initialState(from: model, named: "encoder") }
  }

  // MARK: - Operators

  /// Runs one node over constants and given inputs.
  private func run(
    _ operatorName: String, _ inputs: [ONNXValue<Double>?], _ attributes: [Onnx_AttributeProto] = [], opset: Int = 14
  ) throws -> ONNXValue<Double> {
    let names = inputs.enumerated().map { $1 == nil ? "" : "x\($0)" }
    let model = Onnx_ModelProto.with { model in
      model.opsetImport = [.with { $0.version = Int64(opset) }]
      model.graph.input = names.filter { !$0.isEmpty }.map { name in .with { $0.name = name } }
      model.graph.output = [.with { $0.name = "y" }]
      model.graph.node = [
        .with { ($0.opType, $0.input, $0.output, $0.attribute) = (operatorName, names, ["y"], attributes) }
      ]
    }
    let given = Dictionary(
      uniqueKeysWithValues: zip(names, inputs).filter { !$0.0.isEmpty }.map { ($0.0, $0.1!) })
    return try ONNXProgram<Double>(ONNXModel(bytes: model.serializedBytes()))(given)["y"]!
  }

  private func numbers(_ shape: [Int], _ elements: [Double]? = nil) -> ONNXValue<Double> {
    .numbers(Tensor(shape: shape, elements: elements ?? (0..<shape.reduce(1, *)).map { Double($0) }))
  }

  private func row(_ elements: Int...) -> ONNXValue<Double> { .integers(ONNXIntegers(elements)) }

  private func ints(_ name: String, _ values: [Int]) -> Onnx_AttributeProto {
    .with { ($0.name, $0.type, $0.ints) = (name, .ints, values.map { Int64($0) }) }
  }

  private func int(_ name: String, _ value: Int) -> Onnx_AttributeProto {
    .with { ($0.name, $0.type, $0.i) = (name, .int, Int64(value)) }
  }

  @Test("tensors that move")
  func shapes() throws {
    #expect(try run("Transpose", [numbers([2, 3])]) == numbers([3, 2], [0, 3, 1, 4, 2, 5]))
    #expect(
      try run("Transpose", [numbers([1, 2, 2])], [ints("perm", [2, 0, 1])]) == numbers([2, 1, 2], [0, 2, 1, 3]))
    #expect(try run("Squeeze", [numbers([1, 2, 1])]) == numbers([2]))
    #expect(try run("Squeeze", [numbers([1, 2, 1]), row(-1)]) == numbers([1, 2]))
    #expect(try run("Squeeze", [numbers([1, 2, 1])], [ints("axes", [0])], opset: 11) == numbers([2, 1]))
    #expect(try run("Unsqueeze", [numbers([2]), row(0, -1)]) == numbers([1, 2, 1]))
    #expect(try run("Reshape", [numbers([2, 3]), row(0, -1, 1)]) == numbers([2, 3, 1]))
    #expect(try run("Reshape", [numbers([0, 3]), row(3, 0)], [int("allowzero", 1)]) == numbers([3, 0]))
    #expect(
      try run("Concat", [numbers([1, 2]), numbers([1, 1], [9])], [int("axis", -1)]) == numbers([1, 3], [0, 1, 9]))
    #expect(
      try run("Slice", [numbers([2, 4]), row(3, 0), row(-9, 1), row(1, 0), row(-2, 1)]) == numbers([1, 2], [3, 1]))
    #expect(try run("Slice", [numbers([4]), row(1), row(Int.max)]) == numbers([3], [1, 2, 3]))
    #expect(try run("Gather", [numbers([3, 2]), row(-1, 0)]) == numbers([2, 2], [4, 5, 0, 1]))
    #expect(
      try run("Gather", [numbers([2, 2]), .integers(ONNXIntegers(shape: [], elements: [1]))], [int("axis", 1)])
        == numbers([2], [1, 3]))
    #expect(try run("Expand", [numbers([2, 1]), row(2, 1, 2)]) == numbers([2, 2, 2], [0, 0, 1, 1, 0, 0, 1, 1]))
    #expect(try run("Shape", [numbers([2, 5])]) == row(2, 5))
    #expect(try run("Shape", [numbers([2, 5])], [int("start", -1)], opset: 15) == row(5))
    #expect(try run("ConstantOfShape", [row(2, 1)]) == numbers([2, 1], [0, 0]))
    #expect(try run("Identity", [row(7)]) == row(7))
  }

  @Test("products, sums and functions")
  func arithmetic() throws {
    let (a, b) = (numbers([2, 2], [1, 2, 3, 4]), numbers([2, 2], [5, 6, 7, 8]))
    #expect(try run("MatMul", [a, b]) == numbers([2, 2], [19, 22, 43, 50]))
    #expect(try run("MatMul", [numbers([2], [1, 2]), b]) == numbers([2], [19, 22]))
    #expect(try run("MatMul", [a, numbers([2], [1, 2])]) == numbers([2], [5, 11]))
    #expect(
      try run("MatMul", [numbers([2, 1, 2], [1, 0, 0, 1]), b]) == numbers([2, 1, 2], [5, 6, 7, 8]))
    #expect(try run("MatMul", [numbers([2, 0]), numbers([0, 1])]) == numbers([2, 1], [0, 0]))
    #expect(
      try run("Gemm", [a, b, numbers([2], [1, -1])], [int("transA", 1)]) == numbers([2, 2], [27, 29, 39, 43]))
    #expect(
      try run("Add", [numbers([2, 1], [1, 2]), numbers([2], [10, 20])]) == numbers([2, 2], [11, 21, 12, 22]))
    #expect(try run("Relu", [numbers([2], [-1, 2])]) == numbers([2], [0, 2]))
    #expect(try run("HardSigmoid", [numbers([1], [0])]) == numbers([1], [0.5]))
    #expect(try run("Softmax", [numbers([2, 2], [0, 0, 3, 3])]) == numbers([2, 2], [0.5, 0.5, 0.5, 0.5]))
    #expect(
      try run("Softmax", [numbers([1, 2, 2], [0, 0, 0, 0])], opset: 12).tensor?.elements == [0.25, 0.25, 0.25, 0.25])
  }

  // MARK: - What it does not know

  @Test("an operator or attribute that is not known is named")
  func unknown() {
    func expect(_ words: [String], _ operatorName: String, _ attributes: [Onnx_AttributeProto] = []) {
      let error = #expect(throws: ONNXError.self) { try run(operatorName, [numbers([1, 1])], attributes) }
      for word in words { #expect("\(error!)".contains(word), "\(error!)") }
    }
    expect(["'y'", "Einsum"], "Einsum")
    expect(["'y'", "Relu", "'slope'"], "Relu", [int("slope", 1)])
    expect(["Concat", "'axis'"], "Concat")
    expect(["Transpose", "'perm'"], "Transpose", [ints("perm", [0, 0])])
    expect(["LeakyRelu", "'alpha'", "int"], "LeakyRelu", [int("alpha", 1)])
  }

  @Test("values that do not fit are errors, and do not trap")
  func misfits() {
    let cases: [(String, [ONNXValue<Double>?], [Onnx_AttributeProto])] = [
      ("Reshape", [numbers([2, 3]), row(4, -1)], []), ("Reshape", [numbers([2]), row(-1, -1)], []),
      ("Reshape", [numbers([0]), row(-1, 0)], []), ("Reshape", [numbers([2]), row(Int.max, Int.max)], []),
      ("Reshape", [numbers([2]), numbers([1])], []), ("Squeeze", [numbers([2]), row(0)], []),
      ("Squeeze", [numbers([1]), row(3)], []), ("Unsqueeze", [numbers([2]), row(0, 0)], []),
      ("Unsqueeze", [numbers([2])], []), ("Concat", [numbers([2]), row(1)], [int("axis", 0)]),
      ("Concat", [numbers([2]), numbers([1, 2])], [int("axis", 0)]), ("Concat", [nil], [int("axis", 0)]),
      ("Slice", [numbers([2]), row(0), row(1), row(0), row(0)], []),
      ("Slice", [numbers([2]), row(0), row(1, 2)], []),
      ("Slice", [numbers([2]), row(Int.min), row(Int.min), row(5)], []),
      ("Gather", [numbers([2]), row(2)], []), ("Gather", [numbers([]), row(0)], []),
      ("Expand", [numbers([2]), row(3)], []), ("Expand", [numbers([1]), row(1 << 40, 1 << 40)], []),
      ("Expand", [numbers([1]), row(-1)], []), ("ConstantOfShape", [row(1 << 29)], []),
      ("ConstantOfShape", [row(-1)], []), ("ConstantOfShape", [row(0, Int.max, Int.max)], []),
      ("MatMul", [numbers([2, 3]), numbers([2, 3])], []), ("MatMul", [numbers([]), numbers([1])], []),
      ("Gemm", [numbers([2]), numbers([2, 2])], []), ("Gemm", [numbers([2, 2]), numbers([2, 2]), numbers([3])], []),
      ("Add", [numbers([2]), numbers([3])], []), ("Add", [numbers([2])], []), ("Add", [row(1), row(1)], []),
      ("Relu", [numbers([1]), numbers([1])], []), ("Squeeze", [numbers([1]), row(0)], [ints("axes", [0])]),
      ("Softmax", [numbers([])], []), ("Softmax", [numbers([2])], [int("axis", 1)]), ("Relu", [row(1)], []),
    ]
    for (name, inputs, attributes) in cases {
      #expect(throws: ONNXError.self, "\(name) \(inputs)") { try run(name, inputs, attributes) }
    }
  }

  @Test("no steps and no sequences, and lengths of 0, are no trouble")
  func empty() throws {
    var proto = try Onnx_ModelProto(serializedBytes: Golden(named: "lstm-reverse").bytes)
    for index in proto.graph.input.indices { proto.graph.input[index].clearType() }
    let program = try ONNXProgram<Double>(ONNXModel(bytes: proto.serializedBytes()))
    func run(_ shape: [Int], _ lengths: [Int]) throws -> [String: ONNXValue<Double>] {
      let state = numbers([1, shape[1], 4])
      return try program([
        "X": numbers(shape, [Double](repeating: 1, count: shape.reduce(1, *))),
        "sequence_lens": .integers(ONNXIntegers(lengths)), "initial_h": state, "initial_c": state,
      ])
    }
    #expect(
      try run([0, 2, 3], [0, 0]) == [
        "Y": numbers([0, 1, 2, 4]), "Y_h": numbers([1, 2, 4]), "Y_c": numbers([1, 2, 4]),
      ])
    #expect(try run([1 << 40, 0, 3], [])["Y"] == numbers([1 << 40, 1, 0, 4], []))
    let result = try run([2, 2, 3], [0, 2])
    #expect(result["Y_h"]?.tensor?.elements[..<4] == [0, 1, 2, 3])
    #expect(result["Y"]?.tensor?.elements[..<4] == [0, 0, 0, 0])
    // Sequences without a step, but with a state of their own, that would need all memory.
    proto.graph.input.removeAll { $0.name != "sequence_lens" }
    proto.graph.node[0].input[5] = ""
    proto.graph.node[0].input[6] = ""
    proto.graph.node[0].input[4] = ""
    proto.graph.input = []
    proto.graph.initializer.append(.with { ($0.name, $0.dims, $0.dataType) = ("X", [0, 1 << 40, 3], 1) })
    let hungry = try ONNXProgram<Double>(ONNXModel(bytes: proto.serializedBytes()))
    #expect(throws: ONNXError.self) { try hungry([:]) }
  }

  @Test("many nodes cannot share one constant to fill all memory")
  func shared() throws {
    var proto = try Onnx_ModelProto(serializedBytes: Golden(named: "lstm-no-bias").bytes)
    let node = proto.graph.node[0]
    proto.graph.node = (0..<1000).map { index in
      var copy = node
      copy.output = ["Y\(index)"]
      return copy
    }
    proto.graph.output = [.with { $0.name = "Y0" }]
    let model = try ONNXModel(bytes: proto.serializedBytes())
    let error = #expect(throws: ONNXError.self) { try ONNXProgram<Float>(model, elementLimit: 10000) }
    #expect("\(error!)".contains("10000"))
  }

  @Test("inputs are checked against the declaration of the graph")
  func inputs() throws {
    let golden = try Golden(named: "lstm-forward")
    let program = try ONNXProgram<Double>(ONNXModel(bytes: golden.bytes))
    #expect(
      program.inputs == ["X", "sequence_lens", "initial_h", "initial_c"] && program.outputs == ["Y", "Y_h", "Y_c"])
    func expect(_ word: String, _ name: String, _ value: ONNXValue<Double>?) {
      var inputs = golden.inputs
      inputs[name] = value
      let error = #expect(throws: ONNXError.self) { try program(inputs) }
      #expect("\(error!)".contains(word), "\(error!)")
    }
    expect("'X'", "X", nil)
    expect("[5, 3, 4]", "X", numbers([5, 3, 4]))
    expect("'Z'", "Z", numbers([1]))
    expect("6 steps of 5", "sequence_lens", row(1, 6, 1))
    expect("-1 steps of 5", "sequence_lens", row(1, -1, 1))
    expect(
      "whole numbers", "initial_h", .integers(ONNXIntegers(shape: [1, 3, 4], elements: .init(repeating: 0, count: 12))))
  }
}
