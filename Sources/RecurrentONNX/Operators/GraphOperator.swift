internal import Recurrent

/// What a node does with its inputs.
protocol GraphOperator: Sendable {
  /// Reads every attribute that the operator has.
  init(_ node: inout NodeReader) throws(ONNXError)

  /// How many inputs it may have.
  static var inputCount: ClosedRange<Int> { get }

  /// Whether it takes time in proportion to what it reads and makes, so that constants can go through it as a file is
  /// loaded.
  static var isLinear: Bool { get }

  /// The outputs.
  func callAsFunction<Scalar: RecurrentScalar>(
    _ inputs: OperatorInputs<Scalar>, _ budget: inout ElementBudget
  ) throws(ONNXError) -> [ONNXValue<Scalar>]
}

extension GraphOperator {
  static var isLinear: Bool { true }
}

extension NodeReader {
  /// What an operator does in this node, all of whose inputs and attributes it knows.
  mutating func operation(_ type: any GraphOperator.Type) throws(ONNXError) -> any GraphOperator {
    guard type.inputCount.contains(inputs.count) else { throw bad(nil, "\(inputs.count) inputs") }
    return try type.init(&self)
  }
}

/// The operators of a graph beside the recurrent ones.
let graphOperators: [String: any GraphOperator.Type] = [
  "Add": Addition.self, "Concat": Concatenation.self, "Constant": Constant.self,
  "ConstantOfShape": ConstantOfShape.self, "Elu": Elementwise.self,
  "Expand": Expansion.self, "Gather": Gathering.self, "Gemm": Gemm.self, "HardSigmoid": Elementwise.self,
  "Identity": Identity.self, "LeakyRelu": Elementwise.self, "MatMul": MatrixProduct.self, "Relu": Elementwise.self,
  "Reshape": Reshaping.self, "Shape": ShapeOf.self, "Sigmoid": Elementwise.self, "Slice": Slicing.self,
  "Softmax": Softmax.self, "Softplus": Elementwise.self, "Softsign": Elementwise.self, "Squeeze": Squeezing.self,
  "Tanh": Elementwise.self, "ThresholdedRelu": Elementwise.self, "Transpose": Transposition.self,
  "Unsqueeze": Unsqueezing.self,
]

/// How many elements the values that a graph makes may have in all, so that a small file cannot ask for all memory.
struct ElementBudget {
  let limit: Int
  private var spent = 0

  init(limit: Int) { self.limit = limit }

  /// Counts a value of this shape, before it is made.
  mutating func spend(_ shape: [Int], _ node: ONNXNodeName) throws(ONNXError) {
    guard shape.count <= rankLimit, let count = elementCount(of: shape), count <= limit - spent else {
      throw .tooLarge(node, reason: "a value of shape \(shape) is beyond the limit of \(limit) elements in all")
    }
    spent += count
  }
}

/// The values that a node reads; nil for one that is left out.
struct OperatorInputs<Scalar: RecurrentScalar> {
  let node: ONNXNodeName
  let values: [ONNXValue<Scalar>?]

  func bad(_ reason: String) -> ONNXError { .badNode(node, attribute: nil, reason: reason) }

  func optional(_ index: Int) -> ONNXValue<Scalar>? { index < values.count ? values[index] : nil }

  func value(_ index: Int) throws(ONNXError) -> ONNXValue<Scalar> {
    guard let value = optional(index) else { throw bad("input \(index) is missing") }
    return value
  }

  func numbers(_ index: Int) throws(ONNXError) -> Tensor<Scalar> {
    guard let tensor = try value(index).tensor else { throw bad("input \(index) has whole numbers") }
    return tensor
  }

  /// Whole numbers in one dimension, or a single one; nil where the input is left out.
  func integers(_ index: Int) throws(ONNXError) -> [Int]? {
    guard let value = optional(index) else { return nil }
    guard case .integers(let integers) = value, integers.shape.count <= 1 else {
      throw bad("input \(index) is not a row of whole numbers")
    }
    return integers.elements
  }

  /// The same, from an attribute where it is there: the older versions of many operators have one.
  func integers(_ attribute: [Int]?, orInput index: Int) throws(ONNXError) -> [Int]? {
    guard let attribute else { return try integers(index) }
    guard optional(index) == nil else { throw bad("input \(index), and an attribute in its place") }
    return attribute
  }

  /// An axis of a tensor, which may be counted from the end.
  func axis(_ axis: Int, ofRank rank: Int) throws(ONNXError) -> Int {
    guard axis >= -rank && axis < rank else { throw bad("axis \(axis) of \(rank) dimensions") }
    return axis < 0 ? axis + rank : axis
  }

  /// Different axes, in ascending order.
  func axes(_ axes: [Int], ofRank rank: Int) throws(ONNXError) -> [Int] {
    var sorted: [Int] = []
    for axis in axes { sorted.append(try self.axis(axis, ofRank: rank)) }
    guard Set(sorted).count == axes.count else { throw bad("the same axis twice in \(axes)") }
    return sorted.sorted()
  }
}
