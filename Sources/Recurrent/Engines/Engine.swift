/// The implementations of a layer's arithmetic. All compute the same function; they differ in speed, and in what they
/// promise of their rounding.
public enum Engine: String, CaseIterable, Sendable {
  /// Plain Swift loops: the definition. Readable, complete, never fast.
  case naive
  /// One OpenBLAS product for all gates of a step, then one vectorised pointwise pass.
  case blas
  /// Weights packed once in panels; product, bias, activations and state update in one kernel. The bits of a sequence
  /// depend on nothing but its inputs and the weights. For Float with the usual activations; other layers run on `blas`.
  case fused
}

/// One layer and direction of one cell on some engine, with its weights in the form that the engine likes.
package protocol LayerEngine<Scalar>: Sendable {
  associatedtype Scalar: RecurrentScalar

  /// What runs here: not always what was asked for.
  var engine: Engine { get }

  /// Elements of scratch memory that a run over T steps of N sequences needs.
  func scratchCount(stepCount: Int, batchSize: Int) -> Int

  /// Runs whole sequences.
  ///
  /// - Parameters:
  ///   - x: the packed inputs [rows, features].
  ///   - pass: their places in time.
  ///   - state: on entry that before the first step, on return that after each sequence's last one.
  ///   - output: packed [rows, D·R]; this direction writes its own columns.
  ///   - cells: packed [rows, H] for every C', or no rows.
  ///   - scratch: at least `scratchCount` elements.
  func run(
    _ x: borrowing MatrixView<Scalar>, _ pass: LayerPass, state: inout LayerState<Scalar>,
    output: inout MutableMatrixView<Scalar>, cells: inout MutableMatrixView<Scalar>,
    scratch: inout AlignedBuffer<Scalar>)

  /// Whether the other direction of the layer, or the next layer, had better run at the same time on the other half of
  /// the team.
  func prefersCompany(_ pass: LayerPass, ofNextLayer: Bool) -> Bool

  /// Runs two passes side by side, for an engine that prefers it: the directions of a layer, or two layers one of which
  /// feeds the other.
  ///
  /// - Parameters:
  ///   - x: the packed inputs of both directions, or of the lower layer.
  ///   - passes: this engine's, and that of `other`.
  ///   - middle: packed [rows, R], from the lower layer to the upper one; no rows for two directions.
  ///   - output: packed [rows, D·R], of both directions or of the upper layer.
  func run(
    _ x: borrowing MatrixView<Scalar>, _ passes: (LayerPass, LayerPass), beside other: any LayerEngine<Scalar>,
    memory: inout LaneMemory<Scalar>, _ otherMemory: inout LaneMemory<Scalar>,
    middle: inout MutableMatrixView<Scalar>, output: inout MutableMatrixView<Scalar>)

  /// One step of the first `rows` sequences, from the inputs that stand beside h in `state`. Scratch as for one step.
  func step(_ state: inout LayerState<Scalar>, rows: Int, scratch: inout AlignedBuffer<Scalar>)

  /// The same layer with the expectation of zoneout, or nil where the engine does not serve it.
  func zoningOut(_ regularization: Regularization) -> (any LayerEngine<Scalar>)?
  /// The same layer without it.
  var withoutZoneout: any LayerEngine<Scalar> { get }
}

extension LayerEngine {
  package func prefersCompany(_ pass: LayerPass, ofNextLayer: Bool) -> Bool { false }
  package func zoningOut(_ regularization: Regularization) -> (any LayerEngine<Scalar>)? { nil }
  package var withoutZoneout: any LayerEngine<Scalar> { self }

  package func run(
    _ x: borrowing MatrixView<Scalar>, _ passes: (LayerPass, LayerPass), beside other: any LayerEngine<Scalar>,
    memory: inout LaneMemory<Scalar>, _ otherMemory: inout LaneMemory<Scalar>,
    middle: inout MutableMatrixView<Scalar>, output: inout MutableMatrixView<Scalar>
  ) {
    fatalError("run: an engine \(engine.rawValue), which knows no company, beside \(other.engine.rawValue)")
  }
}
