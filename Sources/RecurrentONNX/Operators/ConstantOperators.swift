internal import ONNXSchema
internal import Recurrent

/// A value that stands in the node itself.
struct Constant: GraphOperator {
  private enum Content: Sendable {
    case tensor(Onnx_TensorProto)
    case numbers([Float], isRow: Bool)
    case integers([Int], isRow: Bool)
  }

  private let content: Content

  static var inputCount: ClosedRange<Int> { 0...0 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    var contents: [Content] = []
    if let tensor = try node.tensor("value") { contents.append(.tensor(tensor)) }
    if let number = try node.float("value_float") { contents.append(.numbers([number], isRow: false)) }
    if let numbers = try node.floats("value_floats") { contents.append(.numbers(numbers, isRow: true)) }
    if let integer = try node.int("value_int") { contents.append(.integers([integer], isRow: false)) }
    if let integers = try node.ints("value_ints") { contents.append(.integers(integers, isRow: true)) }
    try node.finish()
    guard contents.count == 1 else { throw node.bad(nil, "\(contents.count) values in place of 1") }
    content = contents[0]
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    switch content {
    case .tensor(let tensor): [try tensor.value(inputs.node.name, Scalar.self)]
    case .numbers(let numbers, let isRow):
      [.numbers(Tensor(shape: isRow ? [numbers.count] : [], elements: numbers.map { Scalar($0) }))]
    case .integers(let integers, let isRow):
      [.integers(ONNXIntegers(shape: isRow ? [integers.count] : [], elements: integers))]
    }
  }
}

/// A tensor of a shape that is computed, full of one number.
struct ConstantOfShape: GraphOperator {
  private let value: Onnx_TensorProto?

  static var inputCount: ClosedRange<Int> { 1...1 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    value = try node.tensor("value")
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let shape = try inputs.integers(0) ?? []
    try budget.spend(shape, inputs.node)
    guard let value = try value?.value(inputs.node.name, Scalar.self) else { return [.numbers(Tensor(shape: shape))] }
    guard value.count == 1 else { throw inputs.bad("a value of \(value.count) elements in place of 1") }
    // From one element to all: a shape of ones, repeated.
    let ones = [Int](repeating: 1, count: shape.count)
    return [value.reshaped(to: ones).viewed(StridedView(ones).broadcast(to: shape)!)]
  }
}

/// The input itself.
struct Identity: GraphOperator {
  static var inputCount: ClosedRange<Int> { 1...1 }

  init(_ node: inout NodeReader) throws(ONNXError) { try node.finish() }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    [try inputs.value(0)]
  }
}

/// The shape of the input, or a part of it.
struct ShapeOf: GraphOperator {
  private let start: Int
  private let end: Int?

  static var inputCount: ClosedRange<Int> { 1...1 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    start = try node.int("start") ?? 0
    end = try node.int("end")
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let shape = try inputs.value(0).shape
    func place(_ index: Int) -> Int { min(max(index < 0 ? index + shape.count : index, 0), shape.count) }
    let (first, last) = (place(start), place(end ?? shape.count))
    return [.integers(ONNXIntegers(first < last ? Array(shape[first..<last]) : []))]
  }
}
