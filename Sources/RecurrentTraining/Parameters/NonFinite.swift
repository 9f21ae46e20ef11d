public import Recurrent

/// A number that is infinite or NaN, and where it stands.
public struct NonFiniteNumber: Sendable, Equatable, CustomStringConvertible {
  /// The name of the tensor.
  public let tensor: String
  /// The place in row-major order.
  public let index: Int
  /// ±∞ or NaN.
  public let value: Double

  /// As `'dense.weights', whose element 3 is nan`.
  public var description: String { "'\(tensor)', whose element \(index) is \(value)" }

  /// Whether both name the same place and the same number, NaN being equal to itself.
  public static func == (a: NonFiniteNumber, b: NonFiniteNumber) -> Bool {
    a.tensor == b.tensor && a.index == b.index && (a.value == b.value || a.value.isNaN && b.value.isNaN)
  }
}

extension ParameterSet {
  /// The first number, in the order of the tensors, that is infinite or NaN; nil where all are finite.
  ///
  /// - Complexity: O(number of parameters).
  public func firstNonFinite() -> NonFiniteNumber? {
    var found: NonFiniteNumber?
    forEach { name, tensor in
      guard found == nil, let index = firstNonFiniteIndex(tensor.span) else { return }
      found = NonFiniteNumber(tensor: name, index: index, value: Double(tensor.span[index]))
    }
    return found
  }
}

@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func firstNonFiniteIndex<Scalar: RecurrentScalar>(_ numbers: Span<Scalar>) -> Int? {
  for index in numbers.indices where !numbers[index].isFinite { return index }
  return nil
}
