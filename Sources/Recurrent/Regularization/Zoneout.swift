// Zoneout: units that keep their old value for a step.
//
//     h' = d * h + (1 − d) * h_new     d is 1 with probability p, else 0; in inference p
//
// and C' likewise. h_new is made from C_new, before C zones out. Going back, the gradient of h' goes to h as it is where d
// is 1, and through the step where it is 0.

extension LayerState {
  /// Keeps what may zone out from before a step.
  mutating func keepPast(_ regularization: Regularization, rows: Int) {
    updatePast(regularization, rows: rows) { _, value, past in past.copyRows(of: value.view) }
  }

  /// Puts the expectation of zoneout in place of what a step gave.
  mutating func blendPast(_ regularization: Regularization, rows: Int) {
    updatePast(regularization, rows: rows) { component, value, past in
      let share = Scalar(regularization.zoneout(ofComponent: component))
      for row in 0..<rows {
        for unit in 0..<value.columns { value[row, unit] = (1 - share) * value[row, unit] + share * past[row, unit] }
      }
    }
  }

  /// Takes units that zone out back to what they were before a step.
  mutating func zoneOut(_ masks: LayerMasks, step: Int, rows: Int) {
    updatePast(masks.regularization, rows: rows) { component, value, past in
      masks.forEachUnit(component, value.columns, step: step, rows: rows) { row, unit, isKept in
        if isKept { value[row, unit] = past[row, unit] }
      }
    }
  }

  /// In the gradient of the state after a step, takes aside the part that does not go through the step.
  mutating func splitGradient(_ masks: LayerMasks, step: Int, rows: Int) {
    updatePast(masks.regularization, rows: rows) { component, value, past in
      masks.forEachUnit(component, value.columns, step: step, rows: rows) { row, unit, isKept in
        past[row, unit] = isKept ? value[row, unit] : 0
        if isKept { value[row, unit] = 0 }
      }
    }
  }

  /// Adds that part again.
  mutating func joinGradient(_ masks: LayerMasks, rows: Int) {
    updatePast(masks.regularization, rows: rows) { _, value, past in value.add(past.view) }
  }

  /// Lets `update` change each part of the state that zones out, and what is kept beside it: [rows, R] or [rows, H].
  @inline(__always)
  private mutating func updatePast(
    _ regularization: Regularization, rows: Int,
    _ update: (_ component: Int, _ value: inout MutableMatrixView<Scalar>, _ past: inout MutableMatrixView<Scalar>) ->
      Void
  ) {
    if regularization.hiddenZoneout > 0 {
      if pastHidden.count == 0 { pastHidden = AlignedBuffer(count: self.rows * outputSize) }
      Self.update(0, &hiddenInput, &pastHidden, rows: rows, columns: outputSize, stride: stride, update)
    }
    if regularization.cellZoneout > 0 {
      if pastCell.count == 0 { pastCell = AlignedBuffer(count: self.rows * hiddenSize) }
      Self.update(1, &cell, &pastCell, rows: rows, columns: hiddenSize, stride: hiddenSize, update)
    }
  }

  // The spans of two properties of one value may not live side by side; those of two parameters may.
  @inline(__always)
  private static func update(
    _ component: Int, _ value: inout AlignedBuffer<Scalar>, _ past: inout AlignedBuffer<Scalar>, rows: Int,
    columns: Int, stride: Int,
    _ update: (_ component: Int, _ value: inout MutableMatrixView<Scalar>, _ past: inout MutableMatrixView<Scalar>) ->
      Void
  ) {
    var value = MutableMatrixView(value.mutableSpan, rows: rows, columns: columns, stride: stride)
    var past = MutableMatrixView(past.mutableSpan, rows: rows, columns: columns)
    update(component, &value, &past)
  }
}

extension LayerMasks {
  /// Calls `body` for each unit of a part of the state at a step, with whether it keeps its old value.
  @inline(__always)
  fileprivate func forEachUnit(
    _ component: Int, _ count: Int, step: Int, rows: Int, _ body: (_ row: Int, _ unit: Int, _ isKept: Bool) -> Void
  ) {
    let mask = mask(
      component == 0 ? .hiddenZoneout : .cellZoneout, regularization.zoneout(ofComponent: component))
    for row in 0..<rows {
      mask.forEach(count, at: place(row: row, step: step)) { unit, isKept in body(row, unit, isKept) }
    }
  }
}

/// A layer in inference whose units zone out: the expectation of what another engine's steps and the old values are in
/// training. (The first step of a state allocates room for old values.)
struct ZoneoutEngine<Base: HoistingEngine>: HoistingEngine {
  typealias Scalar = Base.Scalar

  private let base: Base
  private let regularization: Regularization

  init(_ base: Base, _ regularization: Regularization) {
    self.base = base
    self.regularization = regularization
  }

  var engine: Engine { base.engine }
  var withoutZoneout: any LayerEngine<Scalar> { base }
  var preactivationStride: Int { base.preactivationStride }

  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>) {
    base.projectInput(x, into: &z)
  }

  func advance(_ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>) {
    let rows = z.rows
    state.keepPast(regularization, rows: rows)
    base.advance(&state, projected: &z)
    state.blendPast(regularization, rows: rows)
  }

  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>) {
    let rows = z.rows
    state.keepPast(regularization, rows: rows)
    base.step(&state, scratch: &z)
    state.blendPast(regularization, rows: rows)
  }
}
