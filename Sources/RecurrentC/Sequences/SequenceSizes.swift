internal import CRecurrent
internal import Recurrent

/// The sizes of a call over sequences, checked, and of everything that goes in and comes out.
struct SequenceSizes {
  let shape: StackShape
  /// T.
  let stepCount: Int
  /// N.
  let batchSize: Int
  let layout: SequenceLayout

  /// The most rows T·N: what OpenBLAS can count.
  private static var rowLimit: Int { Int(Int32.max) }

  init(_ shape: StackShape, stepCount: Int, batchSize: Int, layout: recurrent_layout) throws(Failure) {
    try check(stepCount >= 0, "step_count is \(UInt(bitPattern: stepCount)), which is beyond the limit")
    try check(
      batchSize >= 1, "batch_size is \(UInt(bitPattern: batchSize)); it must be 1 at least, and not beyond the limit")
    try check(
      batchSize <= Self.rowLimit && product(stepCount, batchSize) <= Self.rowLimit,
      "\(stepCount) steps of \(batchSize) sequences are beyond the limit of \(Self.rowLimit) rows")
    switch layout {
    case RECURRENT_TIME_MAJOR: self.layout = .timeMajor
    case RECURRENT_BATCH_MAJOR: self.layout = .batchMajor
    default: throw Failure(RECURRENT_INVALID_ARGUMENT, "layout is \(layout.rawValue), which is no layout")
    }
    self.shape = shape
    self.stepCount = stepCount
    self.batchSize = batchSize
  }

  private var rows: Int { stepCount * batchSize }
  private var leading: [Int] { layout == .timeMajor ? [stepCount, batchSize] : [batchSize, stepCount] }

  var inputShape: [Int] { leading + [shape.inputSize] }
  var hiddenShape: [Int] { leading + [shape.outputSize * shape.directionCount] }
  /// Of C at every step; nil in a cell without one, as for all parts of C.
  var cellsShape: [Int]? {
    shape.hasCell ? [shape.layerCount] + leading + [shape.hiddenSize * shape.directionCount] : nil
  }
  var stateHiddenShape: [Int] { [shape.layerCount * shape.directionCount, batchSize, shape.outputSize] }
  var stateCellShape: [Int]? {
    shape.hasCell ? [shape.layerCount * shape.directionCount, batchSize, shape.hiddenSize] : nil
  }

  /// Bytes that a run takes at most, besides the model and a tape: inputs and outputs, the workspace, the results.
  func memoryEstimate(recordingCells: Bool) -> Double {
    let (rows, hidden, directions) = (Double(rows), Double(shape.hiddenSize), Double(shape.directionCount))
    let layers = Double(shape.layerCount) * directions
    let width = Double(shape.inputSize) + Double(shape.outputSize) * directions
    let scratch = 2 * Double(shape.gateCount + 2) * hidden
    let cells = recordingCells ? 2 * layers * hidden : 0
    return 4 * (rows * (6 * width + scratch + cells) + Double(batchSize) * (layers + 8) * 4 * (hidden + width))
  }
}
