/// Dense numbers in row-major order, with a shape: what users hand to a layer and get back.
///
/// A value: copies share their elements until one of them is changed. The last index runs fastest, so that a
/// `[T, N, I]` tensor is T steps of N rows of I features.
public struct Tensor<Scalar: RecurrentScalar>: Sendable, Equatable {
  /// The extent of each dimension; empty for a single number.
  public let shape: [Int]

  @usableFromInline
  var storage: [Scalar]

  /// All elements in row-major order.
  public var elements: [Scalar] { storage }

  /// A tensor with every element equal to `value`.
  ///
  /// - Complexity: O(count).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public init(shape: [Int], repeating value: Scalar = 0) {
    let count = Self.count(of: shape)
    self.shape = shape
    storage = [Scalar](repeating: value, count: count)
  }

  /// A tensor over `elements` in row-major order, which must be as many as `shape` holds. Nothing is copied.
  public init(shape: [Int], elements: [Scalar]) {
    let count = Self.count(of: shape)
    require(elements.count == count, "Tensor: \(elements.count) elements for shape \(shape), which holds \(count)")
    self.shape = shape
    storage = elements
  }

  /// The number of elements.
  public var count: Int { storage.count }

  /// The elements in row-major order, to read.
  @inlinable
  public var span: Span<Scalar> {
    @_lifetime(borrow self)
    borrowing get { storage.span }
  }

  /// The elements in row-major order, to read and write.
  ///
  /// - Complexity: O(count) where another tensor still shares the elements, which are then copied; else O(1).
  @inlinable
  public var mutableSpan: MutableSpan<Scalar> {
    @_lifetime(&self)
    mutating get { storage.mutableSpan }
  }

  /// The element at one index for each dimension.
  public subscript(indices: Int...) -> Scalar {
    get { storage[offset(of: indices)] }
    set { storage[offset(of: indices)] = newValue }
  }

  /// The same elements under another shape of the same count.
  public func reshaped(to shape: [Int]) -> Tensor { Tensor(shape: shape, elements: storage) }

  /// The same numbers in another precision: exactly where it is the wider one, else rounded to nearest.
  ///
  /// - Complexity: O(count).
  @specialized(where Scalar == Float, Other == Double)
  @specialized(where Scalar == Double, Other == Float)
  public func converted<Other: RecurrentScalar>(to _: Other.Type) -> Tensor<Other> {
    Tensor<Other>(shape: shape, elements: storage.map { Other($0) })
  }

  private func offset(of indices: [Int]) -> Int {
    require(indices.count == shape.count, "Tensor: \(indices.count) indices for \(shape.count) dimensions")
    var offset = 0
    for (index, extent) in zip(indices, shape) {
      require(index >= 0 && index < extent, "Tensor: index \(index) in a dimension of \(extent)")
      offset = offset * extent + index
    }
    return offset
  }

  private static func count(of shape: [Int]) -> Int {
    for extent in shape { require(extent >= 0, "Tensor: an extent of \(extent) in shape \(shape)") }
    if shape.contains(0) { return 0 }
    return shape.reduce(1) { checkedProduct("Tensor", $0, $1, sizeof: Scalar.self) }
  }
}
