public import Recurrent

extension Tensor {
  /// Sequences [T_n, I] side by side: [T, N, I] with T the longest, and zeros past the end of the others.
  ///
  /// - Complexity: O(T·N·I).
  public init(padding sequences: [Tensor]) {
    let features = sequences.first.map { $0.shape.last ?? 0 } ?? 0
    for sequence in sequences {
      require(
        sequence.shape.count == 2 && sequence.shape[1] == features,
        "padding: a sequence of shape \(sequence.shape) beside one of \(features) features")
    }
    let (steps, count) = (sequences.map { $0.shape[0] }.max() ?? 0, sequences.count)
    self.init(shape: [steps, count, features])
    var padded = mutableSpan
    for (row, sequence) in sequences.enumerated() {
      let numbers = sequence.span
      for step in 0..<sequence.shape[0] {
        let target = (step * count + row) * features
        for feature in 0..<features { padded[target + feature] = numbers[step * features + feature] }
      }
    }
  }
}

extension IndexTensor {
  /// Sequences side by side: [T, N] with T the longest, and `none` past the end of the others.
  ///
  /// - Complexity: O(T·N).
  public init(padding sequences: [[Int]]) {
    let (steps, count) = (sequences.map(\.count).max() ?? 0, sequences.count)
    var elements = [Int](repeating: IndexTensor.none, count: steps * count)
    for (row, sequence) in sequences.enumerated() {
      for (step, element) in sequence.enumerated() { elements[step * count + row] = element }
    }
    self.init(shape: [steps, count], elements: elements)
  }
}
