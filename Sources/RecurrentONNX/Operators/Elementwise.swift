internal import Recurrent

/// A function of each number: every activation that a recurrent node can have, as an operator of its own.
struct Elementwise: GraphOperator {
  private let activation: Activation

  static var inputCount: ClosedRange<Int> { 1...1 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    func parameter(_ name: String, _ usual: Float) throws(ONNXError) -> Double { Double(try node.float(name) ?? usual) }
    activation =
      switch node.name.operatorName {
      case "Relu": .relu
      case "Tanh": .tanh
      case "Sigmoid": .sigmoid
      case "Softsign": .softsign
      case "Softplus": .softplus
      case "LeakyRelu": .leakyReLU(alpha: try parameter("alpha", 0.01))
      case "ThresholdedRelu": .thresholdedReLU(alpha: try parameter("alpha", 1))
      case "Elu": .elu(alpha: try parameter("alpha", 1))
      case "HardSigmoid": .hardSigmoid(alpha: try parameter("alpha", 0.2), beta: try parameter("beta", 0.5))
      default: throw .unsupported(node.name, attribute: nil, reason: "an operator that is not served")
      }
    try node.finish()
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let x = try inputs.numbers(0)
    try budget.spend(x.shape, inputs.node)
    return [.numbers(Tensor(shape: x.shape, elements: x.elements.map { activation($0) }))]
  }
}

/// A sum, element by element, of tensors that are repeated to each other's shape.
struct Addition: GraphOperator {
  static var inputCount: ClosedRange<Int> { 2...2 }

  init(_ node: inout NodeReader) throws(ONNXError) { try node.finish() }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let (a, b) = (try inputs.numbers(0), try inputs.numbers(1))
    guard let shape = broadcastShape(a.shape, b.shape) else {
      throw inputs.bad("a sum of shapes \(a.shape) and \(b.shape)")
    }
    try budget.spend(shape, inputs.node)
    func repeated(_ tensor: Tensor<Scalar>) -> [Scalar] {
      if tensor.shape == shape { return tensor.elements }
      return StridedView(tensor.shape).broadcast(to: shape)!.elements(of: tensor.elements)
    }
    return [.numbers(Tensor(shape: shape, elements: zip(repeated(a), repeated(b)).map { $0 + $1 }))]
  }
}

/// e^x over its sum along an axis; until version 13 of the operators along that axis and all behind it.
struct Softmax: GraphOperator {
  private let axis: Int
  private let takesRest: Bool

  static var inputCount: ClosedRange<Int> { 1...1 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    takesRest = node.operatorSet < 13
    axis = try node.int("axis") ?? (takesRest ? 1 : -1)
    try node.finish()
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let x = try inputs.numbers(0)
    let axis = try inputs.axis(axis, ofRank: x.shape.count)
    try budget.spend(x.shape, inputs.node)
    let inner = takesRest ? 1 : x.shape[(axis + 1)...].reduce(1, *)
    let extent = takesRest ? x.shape[axis...].reduce(1, *) : x.shape[axis]
    var elements = x.elements
    guard !elements.isEmpty else { return [.numbers(x)] }
    for start in stride(from: 0, to: elements.count, by: extent * inner) {
      for offset in 0..<inner {
        let places = stride(from: start + offset, to: start + extent * inner, by: inner)
        let largest = places.reduce(elements[start + offset]) { max($0, elements[$1]) }
        var sum: Scalar = 0
        for place in places {
          elements[place] = Scalar._exp(elements[place] - largest)
          sum += elements[place]
        }
        for place in places { elements[place] /= sum }
      }
    }
    return [.numbers(Tensor(shape: x.shape, elements: elements))]
  }
}
