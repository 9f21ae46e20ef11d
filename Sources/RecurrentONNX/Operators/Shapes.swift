internal import Recurrent

/// The axes in another order.
struct Transposition: GraphOperator {
  private let order: [Int]?

  static var inputCount: ClosedRange<Int> { 1...1 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    order = try node.ints("perm")
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let value = try inputs.value(0)
    let axes = value.shape.indices
    let order = order ?? axes.reversed()
    guard order.sorted() == Array(axes) else {
      throw .badNode(inputs.node, attribute: "perm", reason: "\(order) is no order of \(axes.count) axes")
    }
    try budget.spend(value.shape, inputs.node)
    return [value.viewed(StridedView(value.shape).transposed(order))]
  }
}

/// Axes of extent 1 left out: an attribute names them until version 13 of the operators, an input from then on.
struct Squeezing: GraphOperator {
  private let axes: [Int]?

  static var inputCount: ClosedRange<Int> { 1...2 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    axes = node.operatorSet < 13 ? try node.ints("axes") : nil
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let value = try inputs.value(0)
    let shape = value.shape
    let axes = try inputs.integers(axes, orInput: 1) ?? shape.indices.filter { shape[$0] == 1 }
    let dropped = try inputs.axes(axes, ofRank: shape.count)
    for axis in dropped where shape[axis] != 1 {
      throw inputs.bad("axis \(axis) of shape \(shape) cannot be left out: its extent is not 1")
    }
    return [value.reshaped(to: shape.indices.filter { !dropped.contains($0) }.map { shape[$0] })]
  }
}

/// Axes of extent 1 put in, where they will stand in the output.
struct Unsqueezing: GraphOperator {
  private let axes: [Int]?

  static var inputCount: ClosedRange<Int> { 1...2 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    axes = node.operatorSet < 13 ? try node.ints("axes") : nil
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let value = try inputs.value(0)
    guard let axes = try inputs.integers(axes, orInput: 1) else { throw inputs.bad("no axes") }
    let rank = value.shape.count + axes.count
    guard rank <= rankLimit else { throw inputs.bad("\(rank) dimensions, and the limit is \(rankLimit)") }
    var shape = value.shape
    for axis in try inputs.axes(axes, ofRank: rank) { shape.insert(1, at: axis) }
    return [value.reshaped(to: shape)]
  }
}

/// Another shape of the same count: 0 keeps an extent unless `allowzero`, and one −1 is whatever is left.
struct Reshaping: GraphOperator {
  private let allowsZero: Bool

  static var inputCount: ClosedRange<Int> { 2...2 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    allowsZero = try node.flag("allowzero")
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let value = try inputs.value(0)
    guard let wanted = try inputs.integers(1) else { throw inputs.bad("no shape") }
    var shape = wanted
    guard shape.count <= rankLimit else { throw inputs.bad("\(shape.count) dimensions, and the limit is \(rankLimit)") }
    if !allowsZero {
      for axis in shape.indices where shape[axis] == 0 {
        guard axis < value.shape.count else { throw inputs.bad("shape \(wanted) keeps axis \(axis) of \(value.shape)") }
        shape[axis] = value.shape[axis]
      }
    }
    if let open = shape.firstIndex(of: -1) {
      shape[open] = 1
      guard let rest = elementCount(of: shape), rest > 0, value.count.isMultiple(of: rest) else {
        throw inputs.bad("shape \(wanted) for \(value.count) elements")
      }
      shape[open] = value.count / rest
    }
    guard elementCount(of: shape) == value.count else {
      throw inputs.bad("shape \(wanted) for \(value.count) elements of shape \(value.shape)")
    }
    return [value.reshaped(to: shape)]
  }
}
