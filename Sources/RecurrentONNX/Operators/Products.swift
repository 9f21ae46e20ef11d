internal import Recurrent

/// α·A·B + β·C, where A and B may be transposed and C is repeated to the product's shape.
struct Gemm: GraphOperator {
  private let alpha: Float
  private let beta: Float
  private let transposesA: Bool
  private let transposesB: Bool

  static var isLinear: Bool { false }
  static var inputCount: ClosedRange<Int> { 2...3 }

  init(_ node: inout NodeReader) throws(ONNXError) {
    alpha = try node.float("alpha") ?? 1
    beta = try node.float("beta") ?? 1
    transposesA = try node.flag("transA")
    transposesB = try node.flag("transB")
    try node.finish()
  }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let (a, b) = (try inputs.numbers(0), try inputs.numbers(1))
    guard a.shape.count == 2, b.shape.count == 2 else {
      throw inputs.bad("shapes \(a.shape) and \(b.shape), which are not both matrices")
    }
    let (rows, inner) = transposesA ? (a.shape[1], a.shape[0]) : (a.shape[0], a.shape[1])
    let (otherInner, columns) = transposesB ? (b.shape[1], b.shape[0]) : (b.shape[0], b.shape[1])
    guard inner == otherInner else { throw inputs.bad("a product of \(inner) columns with \(otherInner) rows") }
    let shape = [rows, columns]
    try budget.spend(shape, inputs.node)
    try inputs.requireProduct(shape + [inner])
    var product = Tensor<Scalar>(shape: shape)
    do {
      var c = MutableMatrixView(product.mutableSpan, rows: rows, columns: columns)
      let left = MatrixView(a.span, rows: a.shape[0], columns: a.shape[1])
      let right = MatrixView(b.span, rows: b.shape[0], columns: b.shape[1])
      BLAS.multiply(
        transposesA ? left.transposed : left, transposesB ? right.transposed : right, into: &c)
    }
    var elements = alpha == 1 ? product.elements : product.elements.map { $0 * Scalar(alpha) }
    if inputs.optional(2) != nil {
      let c = try inputs.numbers(2)
      guard let view = StridedView(c.shape).broadcast(to: shape) else {
        throw inputs.bad("shape \(c.shape) cannot be repeated to \(shape)")
      }
      elements = zip(elements, view.elements(of: c.elements)).map { $0 + Scalar(beta) * $1 }
    }
    return [.numbers(Tensor(shape: shape, elements: elements))]
  }
}

/// NumPy's matmul: matrices in the last two axes, the others repeated; a row or a column where there is one axis only.
struct MatrixProduct: GraphOperator {
  static var isLinear: Bool { false }
  static var inputCount: ClosedRange<Int> { 2...2 }

  init(_ node: inout NodeReader) throws(ONNXError) { try node.finish() }

  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>] {
    let (a, b) = (try inputs.numbers(0), try inputs.numbers(1))
    guard !a.shape.isEmpty, !b.shape.isEmpty else { throw inputs.bad("a single number in a product of matrices") }
    let aShape = a.shape.count == 1 ? [1] + a.shape : a.shape
    let bShape = b.shape.count == 1 ? b.shape + [1] : b.shape
    let (aStack, bStack) = (Array(aShape.dropLast(2)), Array(bShape.dropLast(2)))
    let (rows, inner) = (aShape[aShape.count - 2], aShape[aShape.count - 1])
    let columns = bShape[bShape.count - 1]
    guard inner == bShape[bShape.count - 2], let stack = broadcastShape(aStack, bStack) else {
      throw inputs.bad("a product of shapes \(a.shape) and \(b.shape)")
    }
    let shape = stack + [rows, columns]
    try budget.spend(shape, inputs.node)
    try inputs.requireProduct([rows, columns, inner])
    // The first element of each matrix of the stacks, where they have been repeated to each other.
    func starts(_ own: [Int], _ size: Int) -> [Int] {
      let all = Array(0..<own.reduce(1, *)).map { $0 * size }
      return StridedView(own).broadcast(to: stack)!.elements(of: all)
    }
    var product = Tensor<Scalar>(shape: shape)
    if product.count > 0 {
      var span = product.mutableSpan
      let places = zip(starts(aStack, rows * inner), starts(bStack, inner * columns))
      for (index, (left, right)) in places.enumerated() {
        let part = index * rows * columns..<(index + 1) * rows * columns
        var c = MutableMatrixView(span._mutatingExtracting(part), rows: rows, columns: columns)
        BLAS.multiply(
          MatrixView(a.span.extracting(left..<left + rows * inner), rows: rows, columns: inner),
          MatrixView(b.span.extracting(right..<right + inner * columns), rows: inner, columns: columns), into: &c)
      }
    }
    var kept = shape
    if b.shape.count == 1 { kept.remove(at: kept.count - 1) }
    if a.shape.count == 1 { kept.remove(at: stack.count) }
    return [.numbers(product.reshaped(to: kept))]
  }
}

extension OperatorInputs {
  /// Throws where an extent of a product is beyond what OpenBLAS counts with.
  fileprivate func requireProduct(_ extents: [Int]) throws(ONNXError) {
    guard let extent = extents.first(where: { $0 > Int32.max }) else { return }
    throw .tooLarge(node, reason: "a product with an extent of \(extent), beyond OpenBLAS's limit of \(Int32.max)")
  }
}
