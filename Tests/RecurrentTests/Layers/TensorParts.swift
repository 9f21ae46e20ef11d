import Recurrent

extension Tensor {
  /// The rows of a [T, N, F] tensor that belong to one sequence, as far as it goes.
  func sequence(_ index: Int, length: Int) -> [[Double]] {
    (0..<length).map { step in (0..<shape[2]).map { Double(self[step, index, $0]) } }
  }

  /// For each layer and direction of a [L·D, N, width] tensor the row of one sequence.
  func rows(of sequence: Int) -> [[Double]] {
    (0..<shape[0]).map { index in (0..<shape[2]).map { Double(self[index, sequence, $0]) } }
  }

  /// Some sequences of a [S, N, F] tensor (steps of N sequences, or states of N sequences).
  func sequences(_ range: Range<Int>) -> Tensor {
    var part = Tensor(shape: [shape[0], range.count, shape[2]])
    for first in 0..<shape[0] {
      for (target, source) in range.enumerated() {
        for feature in 0..<shape[2] { part[first, target, feature] = self[first, source, feature] }
      }
    }
    return part
  }

  /// Some steps of a [T, N, F] tensor.
  func steps(_ range: Range<Int>) -> Tensor {
    let width = shape[1] * shape[2]
    return Tensor(
      shape: [range.count, shape[1], shape[2]],
      elements: Array(elements[range.lowerBound * width..<range.upperBound * width]))
  }

  /// The first two dimensions exchanged.
  var swapped: Tensor {
    var result = Tensor(shape: [shape[1], shape[0], shape[2]])
    for first in 0..<shape[0] {
      for second in 0..<shape[1] {
        for feature in 0..<shape[2] { result[second, first, feature] = self[first, second, feature] }
      }
    }
    return result
  }

  /// Whether all elements are the same bits.
  func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape
      && zip(elements, other.elements).allSatisfy { $0 == $1 && $0.sign == $1.sign || $0.isNaN && $1.isNaN }
  }
}
