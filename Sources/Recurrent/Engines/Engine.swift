/// The implementations of a layer's arithmetic. All compute the same function; they differ in speed, and in what they
/// promise of their rounding.
public enum Engine: String, CaseIterable, Sendable {
  /// Plain Swift loops: the definition. Readable, complete, never fast.
  case naive
  /// One OpenBLAS product for all gates of a step, then one vectorised pointwise pass.
  case blas
}

/// Level 3 for one layer and direction of one cell: the weights in the form that an engine likes, the matrix products
/// and the pointwise pass. It knows nothing of time, layers or lengths.
///
/// A step can be made in two ways, which agree within rounding. A whole sequence hoists the input's product out of the
/// time loop: `projectInput` once for the rows of many steps, then `advance` step by step. A stream makes each `step`
/// over the concatenation [h, x]. Either way the first rows of the state, as many as z has, move on by one step, and
/// the others stay as they are.
package protocol LayerEngine<Scalar>: Sendable {
  associatedtype Scalar: RecurrentScalar

  /// Elements from one row of pre-activations z to the next: at least G·H, more where the engine likes padding.
  var preactivationStride: Int { get }

  /// z = x·W_x, for any number of rows, each the input of one sequence at one step.
  func projectInput(_ x: borrowing MatrixView<Scalar>, into z: inout MutableMatrixView<Scalar>)

  /// One step from projected inputs, a row of z for each sequence. z is used up.
  func advance(_ state: inout LayerState<Scalar>, projected z: inout MutableMatrixView<Scalar>)

  /// One step from the inputs that stand beside h in `state`. z is scratch, a row for each sequence.
  func step(_ state: inout LayerState<Scalar>, scratch z: inout MutableMatrixView<Scalar>)
}
