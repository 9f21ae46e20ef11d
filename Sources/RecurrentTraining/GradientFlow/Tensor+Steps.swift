internal import Recurrent

// Of tensors [T, N, F]: F numbers of each of N sequences at T steps.
extension Tensor {
  /// One step, as a tensor [1, N, F].
  func step(_ index: Int) -> Tensor {
    let size = shape[1] * shape[2]
    return Tensor(shape: [1, shape[1], shape[2]], elements: Array(elements[index * size..<(index + 1) * size]))
  }

  /// One sequence as far as it goes, as a tensor [length, 1, F].
  func sequence(_ index: Int, length: Int) -> Tensor {
    let width = shape[2]
    return Tensor(
      shape: [length, 1, width],
      elements: (0..<length).flatMap { step in
        let start = (step * shape[1] + index) * width
        return elements[start..<start + width]
      })
  }

  /// The steps of each sequence in the opposite order, from its own end on; zeros past that. Done twice, it changes nothing
  /// else.
  func reversed(lengths: [Int]) -> Tensor {
    let (count, width) = (shape[1], shape[2])
    var reversed = Tensor(shape: shape)
    var target = reversed.mutableSpan
    for (sequence, length) in lengths.enumerated() {
      for step in 0..<length {
        let from = ((length - 1 - step) * count + sequence) * width
        let to = (step * count + sequence) * width
        for feature in 0..<width { target[to + feature] = span[from + feature] }
      }
    }
    return reversed
  }

  /// Some features of every step.
  func features(_ range: Range<Int>) -> Tensor {
    let width = shape[2]
    return Tensor(
      shape: [shape[0], shape[1], range.count],
      elements: (0..<shape[0] * shape[1]).flatMap { row in
        elements[row * width + range.lowerBound..<row * width + range.upperBound]
      })
  }

  /// Several tensors of the same steps, their features side by side.
  init(sideBySide parts: [Tensor]) {
    guard parts.count > 1 else {
      self = parts[0]
      return
    }
    let (steps, count) = (parts[0].shape[0], parts[0].shape[1])
    let width = parts.reduce(0) { $0 + $1.shape[2] }
    self.init(
      shape: [steps, count, width],
      elements: (0..<steps * count).flatMap { row in
        parts.flatMap { $0.elements[row * $0.shape[2]..<(row + 1) * $0.shape[2]] }
      })
  }

  /// Σ of two tensors of the same shape.
  func adding(_ other: Tensor) -> Tensor {
    Tensor(shape: shape, elements: zip(elements, other.elements).map { $0 + $1 })
  }
}
