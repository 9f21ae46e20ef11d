internal import ONNXSchema
public import Recurrent

/// A graph that is ready to run: recurrent nodes, and what stands around them.
///
///     let program = try ONNXProgram<Float>(model)
///     let outputs = try program(["features": .numbers(features), "lengths": .integers(ONNXIntegers([120, 87]))])
///     let logits = outputs["logits"]!.tensor!
///
/// Beside LSTM, GRU and RNN the operators are Add, Concat, Constant, ConstantOfShape, Elu, Expand, Gather, Gemm,
/// HardSigmoid, Identity, LeakyRelu, MatMul, Relu, Reshape, Shape, Sigmoid, Slice, Softmax, Softplus, Softsign, Squeeze,
/// Tanh, ThresholdedRelu, Transpose and Unsqueeze. The layers of a node whose weights are constants are made once. A
/// value, and safe to use from many threads at once.
public struct ONNXProgram<Scalar: RecurrentScalar>: Sendable {
  /// The names of the inputs, all of which must be given.
  public let inputs: [String]
  /// The names of the outputs.
  public let outputs: [String]
  /// How many elements the values that a run makes may have in all, those inside recurrent layers too; and in all the
  /// weights of layers that are made once.
  public let elementLimit: Int
  private let declarations: [Onnx_ValueInfoProto]
  private let constants: [String: ONNXValue<Scalar>]
  private let steps: [Step]

  private struct Step: Sendable {
    let name: ONNXNodeName
    let inputs: [String]
    let outputs: [String]
    let action: Action
  }

  private enum Action: Sendable {
    case plain(any GraphOperator)
    case recurrent(RecurrentOperator<Scalar>)
  }

  /// A program from a model.
  ///
  /// - Throws: Where an operator or an attribute is not known, or a node reads what no node before it makes, as in a cycle.
  public init(_ model: ONNXModel, engine: Engine = .fused, elementLimit: Int = 1 << 28) throws(ONNXError) {
    let scope = model.scopes[0]
    self.elementLimit = elementLimit
    declarations = scope.inputs.filter { scope.initializers[$0.name] == nil }
    inputs = declarations.map(\.name)
    outputs = scope.outputs
    guard Set(inputs).count == inputs.count else { throw .badGraph("two inputs of the same name in \(inputs)") }

    var constants = Constants<Scalar>(model, limit: min(ONNXModel.constantLimit, elementLimit))
    var budget = ElementBudget(limit: elementLimit)
    var made = Set(inputs)
    var fixed: [String: ONNXValue<Scalar>] = [:]
    var steps: [Step] = []
    for index in scope.nodes.indices {
      let node = NodeIndex(scope: 0, index: index)
      if try constants.fold(node) { continue }
      var reader = try model.reader(node)
      var values: [ONNXValue<Scalar>?] = []
      for name in reader.inputs {
        let value = name.isEmpty || made.contains(name) ? nil : try constants.value(name, in: 0)
        guard name.isEmpty || made.contains(name) || value != nil else {
          throw .badGraph("\(reader.name) reads '\(name)', which nothing before it makes")
        }
        values.append(value)
        if let value { fixed[name] = value }
      }
      let action = try Self.action(
        scope.nodes[index], &reader, OperatorInputs(node: reader.name, values: values), engine, &budget)
      steps.append(Step(name: reader.name, inputs: reader.inputs, outputs: reader.outputs, action: action))
      made.formUnion(reader.outputs.filter { !$0.isEmpty })
    }
    for name in outputs where !made.contains(name) {
      guard let value = try constants.value(name, in: 0) else { throw .badGraph("nothing makes the output '\(name)'") }
      fixed[name] = value
    }
    self.constants = fixed
    self.steps = steps
  }

  private static func action(
    _ node: Onnx_NodeProto, _ reader: inout NodeReader, _ constants: OperatorInputs<Scalar>, _ engine: Engine,
    _ budget: inout ElementBudget
  ) throws(ONNXError) -> Action {
    guard isDefaultDomain(node.domain) else {
      throw .unsupported(reader.name, attribute: nil, reason: "an operator of the domain '\(node.domain)'")
    }
    if let cell = ONNXRecurrentNode.Cell(rawValue: node.opType) {
      let layers = try RecurrentOperator<Scalar>(&reader, cell, engine: engine)
      let weights = [1, 2, 3, 7].filter { $0 < reader.inputs.count && !reader.inputs[$0].isEmpty }
      let areConstant = weights.allSatisfy { constants.optional($0) != nil }
      return .recurrent(areConstant ? try layers.prepared(for: constants, &budget) : layers)
    }
    guard let type = graphOperators[node.opType] else {
      throw .unsupported(reader.name, attribute: nil, reason: "an operator that is not served")
    }
    return .plain(try reader.operation(type))
  }

  /// Runs the graph: from all inputs to all outputs, by their names.
  public func callAsFunction(
    _ given: [String: ONNXValue<Scalar>]
  ) throws(ONNXError) -> [String: ONNXValue<Scalar>] {
    if let name = given.keys.filter({ !inputs.contains($0) }).min() {
      throw .badInput(name: name, reason: "the graph has no such input; it has \(inputs)")
    }
    for declaration in declarations { try declaration.check(given[declaration.name]) }
    var values = constants.merging(given) { $1 }
    var budget = ElementBudget(limit: elementLimit)
    for step in steps {
      let inputs = OperatorInputs(node: step.name, values: step.inputs.map { values[$0] })
      let made =
        switch step.action {
        case .plain(let action): try action(inputs, &budget)
        case .recurrent(let action): try action(inputs, &budget)
        }
      guard made.count >= step.outputs.count else {
        throw inputs.bad("\(step.outputs.count) outputs, of which \(made.count) are known")
      }
      for (name, value) in zip(step.outputs, made) where !name.isEmpty { values[name] = value }
    }
    return Dictionary(outputs.map { ($0, values[$0]!) }) { first, _ in first }
  }
}

extension Onnx_ValueInfoProto {
  /// Throws where a value is not of the rank and the extents that the graph declares.
  fileprivate func check<Scalar>(_ value: ONNXValue<Scalar>?) throws(ONNXError) {
    guard let value else { throw .badInput(name: name, reason: "it is not given") }
    guard type.tensorType.hasShape else { return }
    let dims = type.tensorType.shape.dim
    let fits =
      dims.count == value.shape.count
      && zip(dims, value.shape).allSatisfy { dim, extent in
        if case .dimValue(let wanted)? = dim.value { Int(wanted) == extent } else { true }
      }
    guard fits else {
      let wanted = dims.map { if case .dimValue(let extent)? = $0.value { "\(extent)" } else { "any" } }
      throw .badInput(
        name: name, reason: "shape \(value.shape), where the graph declares [\(wanted.joined(separator: ", "))]")
    }
  }
}
