public import Recurrent

/// Gradients some of whose tensors hold only the rows that are not zero: those of an `Embedding`, or of a model with one.
///
/// `forEach` and `updateEach` visit the rows that are there, so that norms and clipping see all that is not zero; an
/// optimiser asks `forEachRows` which rows of the parameter they are, and changes only these. A model's gradients pass
/// the question on:
///
///     func forEachRows(_ body: (String, [Int]) -> Void) { embedding.forEachRows(prefix: "embedding", body) }
public protocol SparseGradients<Scalar>: ParameterSet {
  /// Visits the tensors that hold only some rows of their parameter, with the numbers of these rows, in ascending order.
  func forEachRows(_ body: (_ name: String, _ rows: [Int]) -> Void)
}

extension SparseGradients {
  /// Visits the tensors that hold only some rows, as `prefix.name`.
  public func forEachRows(prefix: String, _ body: (_ name: String, _ rows: [Int]) -> Void) {
    forEachRows { name, rows in body("\(prefix).\(name)", rows) }
  }
}

/// Gradients as an optimiser reads them: one tensor after the other.
struct GradientList<Scalar: RecurrentScalar> {
  /// The gradient of one tensor.
  struct Element {
    let name: String
    let tensor: Tensor<Scalar>
    /// The rows of the parameter that `tensor` holds, or nil for all of them.
    let rows: [Int]?
  }

  let elements: [Element]

  init<Gradients: ParameterSet>(_ gradients: Gradients) where Gradients.Scalar == Scalar {
    var rowsByName: [String: [Int]] = [:]
    if let sparse = gradients as? any SparseGradients { sparse.forEachRows { rowsByName[$0] = $1 } }
    var elements: [Element] = []
    gradients.forEach { elements.append(Element(name: $0, tensor: $1, rows: rowsByName[$0])) }
    self.elements = elements
  }
}
