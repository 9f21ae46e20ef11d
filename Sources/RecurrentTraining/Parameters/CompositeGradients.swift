public import Recurrent

/// Gradients of a model of several parts, each under its name, in the order of the parameters:
///
///     return (loss.value, ["embedding": embeddingGradients, "lstm": lstmGradients, "dense": denseGradients])
///
/// Parts may be of any type: those of a layer, of an `Embedding` with only the rows that were looked up, or composites again.
public struct CompositeGradients<Scalar: RecurrentScalar>: SparseGradients, ExpressibleByDictionaryLiteral {
  private var parts: [(name: String, gradients: any ParameterSet<Scalar>)]

  /// Gradients from their names and parts. No name may be there twice.
  public init(dictionaryLiteral parts: (String, any ParameterSet<Scalar>)...) {
    var names: Set<String> = []
    for (name, _) in parts { require(names.insert(name).inserted, "CompositeGradients: two parts named '\(name)'") }
    self.parts = parts.map { (name: $0.0, gradients: $0.1) }
  }

  /// Visits every tensor of every part, as `part.name`.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    for part in parts { part.gradients.forEach(prefix: part.name, body) }
  }

  /// Visits every tensor of every part in the same order, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    for index in parts.indices { parts[index].gradients.updateEach(prefix: parts[index].name, body) }
  }

  /// Visits the tensors that hold only some rows, as `part.name`.
  public func forEachRows(_ body: (_ name: String, _ rows: [Int]) -> Void) {
    for part in parts { (part.gradients as? any SparseGradients)?.forEachRows(prefix: part.name, body) }
  }
}
