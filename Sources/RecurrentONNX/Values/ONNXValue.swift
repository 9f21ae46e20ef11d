public import Recurrent

/// A value of a graph: real numbers, or whole ones such as lengths, axes and shapes.
public enum ONNXValue<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// Of any of the types float, double, float16 and bfloat16: the graph computes with `Scalar`.
  case numbers(Tensor<Scalar>)
  /// Of the types int32 and int64.
  case integers(ONNXIntegers)

  /// The extent of each dimension; empty for a single number.
  public var shape: [Int] {
    switch self {
    case .numbers(let tensor): tensor.shape
    case .integers(let integers): integers.shape
    }
  }

  /// The real numbers, or nil where they are whole ones.
  public var tensor: Tensor<Scalar>? {
    if case .numbers(let tensor) = self { tensor } else { nil }
  }

  /// The number of elements.
  var count: Int {
    switch self {
    case .numbers(let tensor): tensor.count
    case .integers(let integers): integers.elements.count
    }
  }

  /// The same elements under another shape of the same count.
  func reshaped(to shape: [Int]) -> ONNXValue {
    switch self {
    case .numbers(let tensor): .numbers(tensor.reshaped(to: shape))
    case .integers(let integers): .integers(ONNXIntegers(shape: shape, elements: integers.elements))
    }
  }

  /// The elements that `view` finds, in its shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func viewed(_ view: StridedView) -> ONNXValue {
    switch self {
    case .numbers(let tensor):
      .numbers(Tensor(shape: view.shape, elements: view.elements(of: tensor.elements)))
    case .integers(let integers):
      .integers(ONNXIntegers(shape: view.shape, elements: view.elements(of: integers.elements)))
    }
  }
}

/// Whole numbers in row-major order, with a shape.
public struct ONNXIntegers: Hashable, Sendable {
  /// The extent of each dimension; empty for a single number.
  public let shape: [Int]
  /// All elements in row-major order.
  public let elements: [Int]

  /// Numbers in row-major order, which must be as many as `shape` holds.
  public init(shape: [Int], elements: [Int]) {
    let count = elementCount(of: shape)
    require(count == elements.count, "ONNXIntegers: \(elements.count) elements for shape \(shape)")
    self.shape = shape
    self.elements = elements
  }

  /// A row of numbers.
  public init(_ elements: [Int]) { self.init(shape: [elements.count], elements: elements) }
}

/// The elements of a tensor of this shape; nil where no tensor can have it: an extent is below 0, or more than Int can
/// count, even with each extent of 0 counted as 1, so that the product of any extents is safe.
func elementCount(of shape: [Int]) -> Int? {
  var count = 1
  for extent in shape {
    let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
    guard extent >= 0, !overflow, product <= Int.max >> 16 else { return nil }
    count = product
  }
  return shape.contains(0) ? 0 : count
}
