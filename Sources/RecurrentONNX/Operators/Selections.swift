internal import Recurrent

/// Part of every axis, also backward and in steps: attributes say which until version 10 of the operators, inputs from
/// then on.
struct Slicing: GraphOperator {
  private let starts: [Int]?
  private let ends: [Int]?
  private let axes: [Int]?

  static var inputCount: ClosedRange<Int> { 1...5 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    let hasAttributes = node.operatorSet < 10
    starts = hasAttributes ? try node.ints("starts") : nil
    ends = hasAttributes ? try node.ints("ends") : nil
    axes = hasAttributes ? try node.ints("axes") : nil
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let value = try inputs.value(0)
    guard let starts = try inputs.integers(starts, orInput: 1), let ends = try inputs.integers(ends, orInput: 2) else {
      throw inputs.bad("no starts and ends")
    }
    let axes = try inputs.integers(axes, orInput: 3) ?? Array(starts.indices)
    let steps = try inputs.integers(4) ?? [Int](repeating: 1, count: starts.count)
    guard ends.count == starts.count, axes.count == starts.count, steps.count == starts.count else {
      throw inputs.bad("\(starts.count) starts, \(ends.count) ends, \(axes.count) axes, \(steps.count) steps")
    }
    _ = try inputs.axes(axes, ofRank: value.shape.count)
    var view = StridedView(value.shape)
    for index in starts.indices {
      let axis = try inputs.axis(axes[index], ofRank: value.shape.count)
      let (extent, step) = (value.shape[axis], steps[index])
      guard step != 0, step.magnitude <= 1 << 31 else { throw inputs.bad("a step of \(step)") }
      func place(_ position: Int, _ limits: ClosedRange<Int>) -> Int {
        min(max(position < 0 ? position + extent : position, limits.lowerBound), limits.upperBound)
      }
      let limits = step > 0 ? 0...extent : -1...max(extent - 1, -1)
      let (first, last) = (place(starts[index], limits), place(ends[index], limits))
      let distance = step > 0 ? last - first : first - last
      view.shape[axis] = distance <= 0 || first < 0 ? 0 : (distance - 1) / abs(step) + 1
      if view.shape[axis] > 0 { view.offset += first * view.strides[axis] }
      view.strides[axis] *= view.shape[axis] > 1 ? step : 1
    }
    try budget.spend(view.shape, inputs.node)
    return [value.viewed(view)]
  }
}

/// Some indices of an axis: a single one leaves the axis out.
struct Gathering: GraphOperator {
  private let axis: Int

  static var inputCount: ClosedRange<Int> { 2...2 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    axis = try node.int("axis") ?? 0
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let value = try inputs.value(0)
    guard case .integers(let indices) = try inputs.value(1) else {
      throw inputs.bad("indices that are no whole numbers")
    }
    let axis = try inputs.axis(axis, ofRank: value.shape.count)
    let extent = value.shape[axis]
    let shape = value.shape[..<axis] + indices.shape + value.shape[(axis + 1)...]
    guard shape.count <= rankLimit else { throw inputs.bad("\(shape.count) dimensions, and the limit is \(rankLimit)") }
    try budget.spend(Array(shape), inputs.node)
    try budget.spend(indices.shape, inputs.node)
    let inner = value.shape[(axis + 1)...].reduce(1, *)
    var places: [Int] = []
    for index in indices.elements {
      guard index >= -extent, index < extent else { throw inputs.bad("index \(index) of an axis of \(extent)") }
      places.append(index < 0 ? index + extent : index)
    }
    func gather<Element>(_ source: [Element]) -> [Element] {
      if shape.contains(0) { return [] }
      return (0..<value.shape[..<axis].reduce(1, *)).flatMap { outer in
        places.flatMap { place in
          let start = (outer * extent + place) * inner
          return source[start..<start + inner]
        }
      }
    }
    switch value {
    case .numbers(let tensor): return [.numbers(Tensor(shape: Array(shape), elements: gather(tensor.elements)))]
    case .integers(let numbers):
      return [.integers(ONNXIntegers(shape: Array(shape), elements: gather(numbers.elements)))]
    }
  }
}

/// A tensor repeated to a shape that it is broadcast with.
struct Expansion: GraphOperator {
  static var inputCount: ClosedRange<Int> { 2...2 }

  init(_ node: inout NodeReader) throws(ONNXError) { try node.finish() }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let value = try inputs.value(0)
    guard let wanted = try inputs.integers(1), wanted.count <= rankLimit else {
      throw inputs.bad("no shape to expand to")
    }
    guard let shape = broadcastShape(value.shape, wanted), let view = StridedView(value.shape).broadcast(to: shape)
    else {
      throw inputs.bad("shape \(value.shape) cannot be repeated to \(wanted)")
    }
    try budget.spend(shape, inputs.node)
    return [value.viewed(view)]
  }
}

/// Tensors behind one another on an axis.
struct Concatenation: GraphOperator {
  private let axis: Int

  static var inputCount: ClosedRange<Int> { 1...Int.max }

  init(_ node: inout NodeReader) throws(ONNXError) {
    guard let axis = try node.int("axis") else { throw node.bad("axis", "it must be there") }
    self.axis = axis
    try node.finish()
  }

  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let first = try inputs.value(0)
    let axis = try inputs.axis(axis, ofRank: first.shape.count)
    var shape = first.shape
    var numbers: [Tensor<Scalar>] = []
    var integers: [ONNXIntegers] = []
    for index in inputs.values.indices {
      let value = try inputs.value(index)
      var wanted = value.shape
      if axis < wanted.count { wanted[axis] = first.shape[axis] }
      guard wanted == first.shape else {
        throw inputs.bad("shapes \(first.shape) and \(value.shape) do not fit but on axis \(axis)")
      }
      if index > 0 {
        let (extent, overflow) = shape[axis].addingReportingOverflow(value.shape[axis])
        guard !overflow else { throw inputs.bad("an axis of more than \(Int.max)") }
        shape[axis] = extent
      }
      switch value {
      case .numbers(let tensor): numbers.append(tensor)
      case .integers(let row): integers.append(row)
      }
    }
    guard numbers.isEmpty || integers.isEmpty else { throw inputs.bad("real and whole numbers") }
    try budget.spend(shape, inputs.node)
    let outer = shape[..<axis].reduce(1, *)
    func join<Element>(_ parts: [[Element]]) -> [Element] {
      (0..<(shape.contains(0) ? 0 : outer)).flatMap { index in
        parts.flatMap { part in
          let size = part.count / outer
          return part[index * size..<(index + 1) * size]
        }
      }
    }
    if integers.isEmpty { return [.numbers(Tensor(shape: shape, elements: join(numbers.map(\.elements))))] }
    return [.integers(ONNXIntegers(shape: shape, elements: join(integers.map(\.elements))))]
  }
}
