/// Where the first weights of a matrix come from.
///
/// A matrix [fan-in, fan-out], x·W in this library's orientation, is drawn in Double and then rounded, so that a `Float`
/// and a `Double` model of one seed agree to within that rounding.
public struct Initializer: Sendable {
  /// What an initialiser knows of the matrix that it draws.
  public struct Shape: Sendable {
    /// Rows: the numbers that each result is a sum over.
    public let fanIn: Int
    /// Columns: the results.
    public let fanOut: Int
    /// H of the layer that the matrix belongs to.
    public let hiddenSize: Int

    /// A matrix [fanIn, fanOut] of a layer with `hiddenSize` units.
    public init(fanIn: Int, fanOut: Int, hiddenSize: Int) {
      require(fanIn >= 0 && fanOut >= 0, "Initializer: a matrix of \(fanIn)×\(fanOut)")
      count = checkedProduct("Initializer", fanIn, fanOut, sizeof: Double.self)
      self.fanIn = fanIn
      self.fanOut = fanOut
      self.hiddenSize = hiddenSize
    }

    /// The number of elements.
    public let count: Int
  }

  private let draw: @Sendable (Shape, inout SeededGenerator) -> [Double]

  /// An initialiser of your own: it gives `shape.count` numbers in row-major order.
  public init(_ draw: @escaping @Sendable (_ shape: Shape, _ generator: inout SeededGenerator) -> [Double]) {
    self.draw = draw
  }

  /// Draws a matrix in row-major order.
  public func callAsFunction(_ shape: Shape, using generator: inout SeededGenerator) -> [Double] {
    let elements = draw(shape, &generator)
    require(
      elements.count == shape.count,
      "Initializer: \(elements.count) elements for a matrix of \(shape.fanIn)×\(shape.fanOut)")
    return elements
  }

  /// The same number everywhere.
  public static func constant(_ value: Double) -> Initializer {
    Initializer { shape, _ in [Double](repeating: value, count: shape.count) }
  }

  /// U(−bound, bound).
  public static func uniform(_ bound: Double) -> Initializer { uniform { _ in bound } }

  /// U(−1/√H, 1/√H).
  public static let hiddenUniform = uniform { 1 / Double($0.hiddenSize).squareRoot() }

  /// U(−a, a) with a = √(6 / (fan-in + fan-out)), which keeps the variance of activations and gradients alike.
  ///
  /// Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010.
  public static let glorotUniform = uniform { (6 / Double($0.fanIn + $0.fanOut)).squareRoot() }

  /// N(0, 2 / (fan-in + fan-out)).
  ///
  /// Glorot & Bengio, as above.
  public static let glorotNormal = Initializer { shape, generator in
    let deviation = (2 / Double(shape.fanIn + shape.fanOut)).squareRoot()
    return (0..<shape.count).map { _ in deviation * generator.normal() }
  }

  private static func uniform(_ bound: @escaping @Sendable (Shape) -> Double) -> Initializer {
    Initializer { shape, generator in
      let bound = bound(shape)
      return (0..<shape.count).map { _ in generator.uniform(-bound, bound) }
    }
  }
}
