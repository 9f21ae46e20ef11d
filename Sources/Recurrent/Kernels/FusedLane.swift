/// One direction of one layer over some steps of a batch, and where its numbers stand: what a run is about, whatever the
/// cell.
@unsafe
struct FusedLane {
  var block: PassBlock
  /// [rows, I], the packed rows of the steps.
  var x: SharedRows
  /// [rows, D·R], of which this direction writes its own columns.
  var output: SharedRows
  /// [N, R]: h before the first step.
  var hidden: SharedRows
  /// [N, H]: C, replaced step by step.
  var cells: SharedRows
  /// [rows, H], for every C'; or nil.
  var cellRecord: SharedRows?
  /// [rows, gates], for what going back needs of every step; or nil.
  var gateRecord: SharedRows?
  /// As many floats as the engine asks for.
  var scratch: UnsafeMutablePointer<Float>
  /// The layer that feeds this one, and the one that it feeds, where they run beside it.
  var layerBelow, layerAbove: Progress?
}

extension LayerState {
  /// Takes h after each sequence's last step of `pass` out of its output.
  mutating func takeFinalHidden(of pass: LayerPass, from output: borrowing MutableMatrixView<Scalar>) {
    for row in 0..<pass.plan.batchSize {
      guard let last = pass.lastPackedRow(ofRow: row) else { continue }
      setHidden(row: row, output, row: last, column: pass.outputColumn)
    }
  }
}
