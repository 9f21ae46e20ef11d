public import Recurrent

extension LSTM {
  /// The LSTM of a node, with its weights, which must be constants.
  ///
  /// Initial states, lengths and the layout belong to a call and not to the layer: `initialState` gives the first.
  ///
  /// - Throws: Where the node is none of this kind or no layer can do what it does: one that walks in reverse only, or
  ///   has other functions in reverse, which `ONNXProgram` runs.
  public init(from model: ONNXModel, named name: String, engine: Engine = .fused) throws(ONNXError) {
    self = try model.layer(LSTM.self, name, engine)
  }

  /// h and C before the first step that the file gives a node; nil where it gives none.
  ///
  /// - Throws: Where they are no constants.
  public static func initialState(from model: ONNXModel, named name: String) throws(ONNXError) -> State? {
    try model.initialState(LSTM.self, name)
  }
}

extension GRU {
  /// The GRU of a node, with its weights, which must be constants.
  ///
  /// Initial states, lengths and the layout belong to a call and not to the layer: `initialState` gives the first.
  ///
  /// - Throws: Where the node is none of this kind or no layer can do what it does: one that walks in reverse only, or
  ///   has other functions in reverse, which `ONNXProgram` runs.
  public init(from model: ONNXModel, named name: String, engine: Engine = .fused) throws(ONNXError) {
    self = try model.layer(GRU.self, name, engine)
  }

  /// h before the first step that the file gives a node; nil where it gives none.
  ///
  /// - Throws: Where it is no constant.
  public static func initialState(from model: ONNXModel, named name: String) throws(ONNXError) -> State? {
    try model.initialState(GRU.self, name)
  }
}

extension RNN {
  /// The plain recurrent network of a node, with its weights, which must be constants.
  ///
  /// Initial states, lengths and the layout belong to a call and not to the layer: `initialState` gives the first.
  ///
  /// - Throws: Where the node is none of this kind or no layer can do what it does: one that walks in reverse only, or
  ///   has other functions in reverse, which `ONNXProgram` runs.
  public init(from model: ONNXModel, named name: String, engine: Engine = .fused) throws(ONNXError) {
    self = try model.layer(RNN.self, name, engine)
  }

  /// h before the first step that the file gives a node; nil where it gives none.
  ///
  /// - Throws: Where it is no constant.
  public static func initialState(from model: ONNXModel, named name: String) throws(ONNXError) -> State? {
    try model.initialState(RNN.self, name)
  }
}

extension ONNXModel {
  /// How many elements what is made of constants may have in all.
  static let constantLimit = 1 << 26

  fileprivate func layer<Layer: LoadableLayer>(
    _: Layer.Type, _ name: String, _ engine: Engine
  ) throws(ONNXError) -> Layer {
    let (node, options, layers) = try layers(Layer.self, name, engine)
    guard layers.passes.count == 1, !layers.passes[0].isReversed else {
      throw options.direction == .reverse
        ? .unsupported(node, attribute: "direction", reason: "a layer of one direction does not walk in reverse")
        : .unsupported(node, attribute: "activations", reason: "a layer has the same functions in both directions")
    }
    return layers.passes[0].layer
  }

  /// The layers that run a node, in the order of their directions, and whether each is given its sequences in reverse.
  package func passes<Scalar: RecurrentScalar>(
    named name: String, _: Scalar.Type, engine: Engine = .fused
  ) throws(ONNXError) -> [(layer: any RecurrentLayer<Scalar>, isReversed: Bool)] {
    let index = try index(ofNode: name)
    func passes<Layer: LoadableLayer<Scalar>>(
      _: Layer.Type
    ) throws(ONNXError) -> [(layer: any RecurrentLayer<Scalar>, isReversed: Bool)] {
      try layers(Layer.self, name, engine).layers.passes.map { ($0.layer, $0.isReversed) }
    }
    return switch try reader(index).name.operatorName {
    case "LSTM": try passes(LSTM<Scalar>.self)
    case "GRU": try passes(GRU<Scalar>.self)
    default: try passes(RNN<Scalar>.self)
    }
  }

  private func layers<Layer: LoadableLayer>(
    _: Layer.Type, _ name: String, _ engine: Engine
  ) throws(ONNXError) -> (node: ONNXNodeName, options: RecurrentOptions, layers: NodeLayers<Layer>) {
    var (node, inputs) = try constants(Layer.self, name)
    for (index, name) in [(1, "W"), (2, "R"), (3, "B"), (7, "P")] where inputs.optional(index) == nil {
      guard index >= node.inputs.count || node.inputs[index].isEmpty else {
        throw inputs.bad("\(name), '\(node.inputs[index])', is no constant")
      }
    }
    let options = try RecurrentOptions(&node, Layer.onnxCell)
    return (node.name, options, NodeLayers(options, try NodeWeights(inputs, options), engine: engine))
  }

  fileprivate func initialState<Layer: LoadableLayer>(
    _: Layer.Type, _ name: String
  ) throws(ONNXError) -> Layer.State? {
    var (node, inputs) = try constants(Layer.self, name)
    let options = try RecurrentOptions(&node, Layer.onnxCell)
    let parts = Layer.onnxCell == .lstm ? [5, 6] : [5]
    let given = parts.filter { $0 < node.inputs.count && !node.inputs[$0].isEmpty }
    guard !given.isEmpty else { return nil }
    var tensors: [Int: Tensor<Layer.Scalar>] = [:]
    for index in given {
      guard inputs.optional(index) != nil else {
        throw inputs.bad("the initial state '\(node.inputs[index])' is no constant")
      }
      let state = try inputs.numbers(index)
      guard state.shape.count == 3 else { throw inputs.bad("an initial state of shape \(state.shape)") }
      tensors[index] = options.layout == .batchMajor ? state.firstAxesExchanged : state
    }
    // A part that is left out is 0.
    let shape = tensors[given[0]]!.shape
    let state = parts.map { tensors[$0] ?? Tensor(shape: shape) }
    guard state.allSatisfy({ $0.shape == shape }), shape[0] == options.direction.count else {
      throw inputs.bad("initial states of shapes \(state.map(\.shape)) for \(options.direction.count) directions")
    }
    return Layer.State(components: state)
  }

  /// A node of one kind, and as much of its inputs as are constants.
  private func constants<Layer: LoadableLayer>(
    _: Layer.Type, _ name: String
  ) throws(ONNXError) -> (NodeReader, OperatorInputs<Layer.Scalar>) {
    let index = try index(ofNode: name)
    let node = try reader(index)
    guard node.name.operatorName == Layer.onnxCell.rawValue else {
      throw .badNode(node.name, attribute: nil, reason: "it is no \(Layer.onnxCell.rawValue)")
    }
    var constants = Constants<Layer.Scalar>(self, limit: Self.constantLimit)
    try constants.foldInputs(of: index)
    var values: [ONNXValue<Layer.Scalar>?] = []
    for name in node.inputs { values.append(name.isEmpty ? nil : try constants.value(name, in: index.scope)) }
    return (node, OperatorInputs(node: node.name, values: values))
  }
}
