internal import Recurrent

/// One long stream, cut into lanes that run side by side, window after window: a text, a recording.
///
/// Each of N lanes is a stretch of (count − 1)/N elements, every one of which is followed by the next of the stream, the
/// last one too. A batch is the next window of every lane. So the state after one batch is that before the next one, and a
/// model that carries it on (see `TrainableModel.carried`) is trained by truncated backpropagation through time over
/// stretches that are as long as the lanes. Up to N − 1 elements at the end are left out.
///
///     let order = StreamBatches(count: text.count, laneCount: 32, windowSize: 64)
///     var trainer = Trainer(model, optimizer: Adam(), batches: order, options: TrainingOptions(epochs: 10))
///     try trainer.run { window in
///       Batch(input: window.elements(of: text), next: window.elements(of: text, ahead: 1), isFirst: window.isFirst)
///     }
public struct StreamBatches: BatchOrder, Equatable {
  /// Elements of the stream.
  public let count: Int
  /// N: lanes side by side.
  public let laneCount: Int
  /// The most steps of a window.
  public let windowSize: Int

  /// Windows of a stream of `count` elements, which must be more than there are lanes.
  public init(count: Int, laneCount: Int, windowSize: Int) {
    require(laneCount > 0 && windowSize > 0, "StreamBatches: \(laneCount) lanes, windows of \(windowSize) steps")
    require(count > laneCount, "StreamBatches: a stream of \(count) elements for \(laneCount) lanes")
    self.count = count
    self.laneCount = laneCount
    self.windowSize = windowSize
  }

  /// The steps of every lane.
  public var laneLength: Int { (count - 1) / laneCount }
  /// Windows in an epoch.
  public var windowCount: Int { (laneLength + windowSize - 1) / windowSize }

  /// "elements".
  public static var unit: String { "elements" }

  /// The windows from the beginning of the lanes to their end, in every epoch the same. The last one may be shorter.
  public func batches(ofEpoch epoch: Int) -> [StreamWindow] {
    stride(from: 0, to: laneLength, by: windowSize).map { first in
      StreamWindow(
        starts: (0..<laneCount).map { $0 * laneLength + first }, stepCount: min(windowSize, laneLength - first),
        isFirst: first == 0)
    }
  }

  /// The steps of all lanes.
  public func count(in window: StreamWindow) -> Int { window.starts.count * window.stepCount }

  /// The sizes.
  public var identity: [Int] { [count, laneCount, windowSize] }
}

/// The next steps of every lane of a stream.
public struct StreamWindow: Sendable, Equatable {
  /// Where the window begins in each lane, counted from the stream's first element.
  public let starts: [Int]
  /// T.
  public let stepCount: Int
  /// Whether the lanes begin here, so that nothing is to be carried over from the batch before.
  public let isFirst: Bool

  /// A window of `stepCount` steps that begins at `starts`.
  public init(starts: [Int], stepCount: Int, isFirst: Bool) {
    self.starts = starts
    self.stepCount = stepCount
    self.isFirst = isFirst
  }

  /// The window's elements, [T, N], or those that come so many steps later.
  ///
  /// - Complexity: O(T·N).
  public func elements(of stream: [Int], ahead: Int = 0) -> IndexTensor {
    for start in starts {
      require(
        start + ahead >= 0 && start + ahead + stepCount <= stream.count,
        "StreamWindow: \(stepCount) steps from \(start + ahead) on of a stream of \(stream.count) elements")
    }
    return IndexTensor(
      shape: [stepCount, starts.count],
      elements: (0..<stepCount).flatMap { step in starts.map { stream[$0 + ahead + step] } })
  }
}
