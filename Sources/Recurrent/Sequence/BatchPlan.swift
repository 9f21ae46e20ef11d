/// How the steps of a batch of sequences of different lengths stand in memory and in time.
///
/// The sequences are sorted, longest first, so that those which have a step t are always the first rows of the batch,
/// and what is past a sequence's end is neither stored nor computed. The *packed* rows of all steps follow one another:
///
///     lengths 4 2 1      step 0: rows 0 1 2    step 1: rows 0 1    step 2: row 0    step 3: row 0
///     packed row          0 1 2                 3 4                 5                6
///
/// Walking forward the batch shrinks; walking in reverse it grows, and a sequence enters at its own last step.
/// Where all lengths are equal, packed rows are the rows of a time-major tensor.
package struct BatchPlan: Sendable {
  /// T: the steps of the tensors.
  let stepCount: Int
  /// N.
  let batchSize: Int
  /// Which of the two comes first in the tensors.
  let layout: SequenceLayout
  /// The sequence in each row of the sorted batch; sequences of equal length keep their order.
  let order: [Int]
  /// The steps of the sequence in each row of the sorted batch.
  let lengths: [Int]
  /// For each step up to the longest sequence's last one, the number of sequences that have it.
  let activeRows: [Int]
  /// For each of those steps its first packed row.
  let firstPackedRow: [Int]
  /// Σ lengths.
  let packedRowCount: Int

  /// Whether every sequence has every step.
  var isUniform: Bool { packedRowCount == stepCount * batchSize }

  /// Whether the rows of the tensors are the packed rows, so that nothing need be moved.
  var isPacked: Bool { isUniform && layout == .timeMajor }

  /// The plan for `lengths`, one for each of N sequences, each from 0 to T; nil where all are T.
  ///
  /// - Complexity: O(N·log N + T).
  init(stepCount: Int, batchSize: Int, layout: SequenceLayout, lengths: [Int]?) {
    self.stepCount = stepCount
    self.batchSize = batchSize
    self.layout = layout
    guard let lengths else {
      order = Array(0..<batchSize)
      self.lengths = [Int](repeating: stepCount, count: batchSize)
      activeRows = [Int](repeating: batchSize, count: batchSize == 0 ? 0 : stepCount)
      firstPackedRow = activeRows.indices.map { $0 * batchSize }
      packedRowCount = activeRows.count * batchSize
      return
    }
    require(lengths.count == batchSize, "lengths: \(lengths.count) lengths for \(batchSize) sequences")
    for (sequence, length) in lengths.enumerated() {
      require(
        length >= 0 && length <= stepCount, "lengths: \(length) steps of sequence \(sequence), of \(stepCount)")
    }
    order = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
    var activeRows: [Int] = []
    var firstPackedRow: [Int] = []
    var packedRow = 0
    var rows = lengths.count
    for step in 0..<(lengths.max() ?? 0) {
      while lengths[order[rows - 1]] <= step { rows -= 1 }
      activeRows.append(rows)
      firstPackedRow.append(packedRow)
      packedRow += rows
    }
    self.lengths = order.map { lengths[$0] }
    self.activeRows = activeRows
    self.firstPackedRow = firstPackedRow
    packedRowCount = packedRow
  }

  /// The steps in the order in which a direction walks through them.
  func steps(_ direction: Direction) -> StrideTo<Int> {
    switch direction {
    case .forward: stride(from: 0, to: activeRows.count, by: 1)
    case .reverse: stride(from: activeRows.count - 1, to: -1, by: -1)
    }
  }

  /// The packed rows of a step.
  func packedRows(_ step: Int) -> Range<Int> {
    firstPackedRow[step]..<firstPackedRow[step] + activeRows[step]
  }

  /// The row of the tensors in which the sequence of a sorted row stands at `step`.
  func tensorRow(_ row: Int, _ step: Int) -> Int {
    let sequence = order[row]
    return switch layout {
    case .timeMajor: step * batchSize + sequence
    case .batchMajor: sequence * stepCount + step
    }
  }
}
