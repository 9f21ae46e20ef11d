// A model of several parts is a set of parameters, too: it visits its members in turn, each under its own name.
//
//     struct Tagger: ParameterSet {
//       var embedding: Embedding<Float>
//       var lstm: LSTM<Float>
//       var dense: Dense<Float>
//
//       func forEach(_ body: (String, Tensor<Float>) -> Void) {
//         embedding.forEach(prefix: "embedding", body)
//         lstm.parameters.forEach(prefix: "lstm", body)
//         dense.forEach(prefix: "dense", body)
//       }
//
//       mutating func updateEach(_ body: (String, inout Tensor<Float>) -> Void) {
//         embedding.updateEach(prefix: "embedding", body)
//         lstm.parameters.updateEach(prefix: "lstm", body)
//         dense.updateEach(prefix: "dense", body)
//       }
//     }

extension ParameterSet {
  /// Visits every tensor, as `prefix.name`.
  public func forEach(prefix: String, _ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    forEach { name, tensor in body("\(prefix).\(name)", tensor) }
  }

  /// Visits every tensor, as `prefix.name`, to change its elements.
  public mutating func updateEach(prefix: String, _ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    updateEach { name, tensor in body("\(prefix).\(name)", &tensor) }
  }
}
