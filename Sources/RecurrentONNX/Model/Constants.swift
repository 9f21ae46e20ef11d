internal import ONNXSchema
internal import Recurrent

/// The values of a model that no input changes: initializers, and what nodes make of constants.
struct Constants<Scalar: RecurrentScalar> {
  private let model: ONNXModel
  private var values: [Name: ONNXValue<Scalar>] = [:]
  private var budget: ElementBudget

  private struct Name: Hashable {
    let scope: Int
    let name: String
  }

  /// `limit` is that of the elements that nodes make.
  init(_ model: ONNXModel, limit: Int) {
    self.model = model
    budget = ElementBudget(limit: limit)
  }

  /// A value as seen from a scope, or nil where it is no constant that is known by now.
  mutating func value(_ name: String, in scope: Int) throws(ONNXError) -> ONNXValue<Scalar>? {
    var scope: Int? = scope
    while let index = scope {
      let key = Name(scope: index, name: name)
      if let value = values[key] { return value }
      if let tensor = model.scopes[index].initializers[name] {
        let value = try tensor.value(name, Scalar.self)
        values[key] = value
        return value
      }
      if model.scopes[index].producers[name] != nil || model.scopes[index].given.contains(name) {
        return nil
      }
      scope = model.scopes[index].parent
    }
    return nil
  }

  /// Performs a node whose inputs are constants; false where they are not, or the operator is none that constants go
  /// through as a file is loaded.
  mutating func fold(_ node: NodeIndex) throws(ONNXError) -> Bool {
    let proto = model.scopes[node.scope].nodes[node.index]
    guard isDefaultDomain(proto.domain), let type = graphOperators[proto.opType], type.isLinear else { return false }
    var inputs: [ONNXValue<Scalar>?] = []
    for name in proto.input {
      let value = name.isEmpty ? nil : try value(name, in: node.scope)
      guard name.isEmpty || value != nil else { return false }
      inputs.append(value)
    }
    var reader = try model.reader(node)
    let operation = try reader.operation(type)
    let outputs = try operation(OperatorInputs(node: reader.name, values: inputs), &budget)
    for (name, value) in zip(proto.output, outputs) { values[Name(scope: node.scope, name: name)] = value }
    return true
  }

  /// Performs whatever makes the inputs of a node, as far as it is made of constants.
  ///
  /// - Complexity: O(nodes before it), and what they make.
  mutating func foldInputs(of node: NodeIndex) throws(ONNXError) {
    var found: Set<NodeIndex> = []
    var open = [node]
    while let next = open.popLast() {
      for name in model.scopes[next.scope].nodes[next.index].input {
        var scope: Int? = next.scope
        while let index = scope {
          if let producer = model.scopes[index].producers[name] {
            let maker = NodeIndex(scope: index, index: producer)
            if found.insert(maker).inserted { open.append(maker) }
            break
          }
          scope = model.scopes[index].initializers[name] == nil ? model.scopes[index].parent : nil
        }
      }
    }
    // In the order of the file, so that what stands in a circle is never made.
    for maker in found.sorted() { _ = try fold(maker) }
  }
}
