public import Recurrent

extension TensorFile {
  /// Adds every tensor of a set, as `prefix.name`.
  public mutating func set<Parameters: ParameterSet>(prefix: String, _ parameters: Parameters) {
    parameters.forEach(prefix: prefix) { name, tensor in set(name, tensor) }
  }

  /// Reads every tensor of `parameters`, by `prefix.name`, each in the shape that it has there.
  ///
  /// Where one is missing or of another shape or kind, `parameters` stay as they are.
  public func restore<Parameters: ParameterSet>(
    prefix: String, _ parameters: inout Parameters
  ) throws(TensorFileError) {
    var tensors: [Tensor<Parameters.Scalar>] = []
    var failure: TensorFileError?
    parameters.forEach(prefix: prefix) { name, tensor in
      guard failure == nil else { return }
      do throws(TensorFileError) {
        tensors.append(try self.tensor(name, shape: tensor.shape, of: Parameters.Scalar.self))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    let wanted = Set(names(of: parameters, prefix: prefix))
    if let other = names.first(where: { $0.hasPrefix(prefix + ".") && !wanted.contains($0) }) {
      throw .unexpectedTensor(other)
    }
    var next = tensors.makeIterator()
    parameters.updateEach { _, tensor in tensor = next.next()! }
  }

  private func names<Parameters: ParameterSet>(of parameters: Parameters, prefix: String) -> [String] {
    var names: [String] = []
    parameters.forEach(prefix: prefix) { name, _ in names.append(name) }
    return names
  }
}
