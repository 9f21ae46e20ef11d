internal import Recurrent

/// Whole numbers in row-major order, with a shape: words, classes, labels, such as [T, N].
///
/// `IndexTensor.none` stands where there is nothing: `Embedding` gives zeros for it, losses do not count it, and padding
/// is made of it.
public struct IndexTensor: Sendable, Equatable {
  /// The place of nothing: −1.
  public static let none = -1

  /// The extent of each dimension.
  public let shape: [Int]
  /// All elements in row-major order.
  public private(set) var elements: [Int]

  /// A tensor over `elements` in row-major order, which must be as many as `shape` holds.
  public init(shape: [Int], elements: [Int]) {
    let count = shape.reduce(1, *)
    require(elements.count == count, "IndexTensor: \(elements.count) elements for shape \(shape), which holds \(count)")
    self.shape = shape
    self.elements = elements
  }

  /// A single dimension.
  public init(_ elements: [Int]) { self.init(shape: [elements.count], elements: elements) }

  /// The number of elements.
  public var count: Int { elements.count }

  /// Traps unless every element is `none` or below `limit`.
  func requireBelow(_ limit: Int, _ name: StaticString) {
    for element in elements where element != Self.none {
      require(element >= 0 && element < limit, "\(name): index \(element) of \(limit)")
    }
  }
}
