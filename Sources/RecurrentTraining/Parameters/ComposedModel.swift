public import Recurrent
public import RecurrentFormats

/// A model that is the sum of its parts: it names them once, and how it is trained, saved and read follows.
///
///     struct Tagger: ComposedModel {
///       var embedding: Embedding<Float>, lstm: LSTM<Float>, dense: Dense<Float>
///
///       static var parts: [ModelPart<Tagger, Float>] {
///         [ModelPart("embedding", \.embedding), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
///       }
///
///       func lossAndGradients(
///         _ batch: Batch, using generator: inout SeededGenerator
///       ) -> (loss: Double, gradients: CompositeGradients<Float>)
///     }
///
/// Gradients are a `CompositeGradients` with the same names in the same order.
public protocol ComposedModel<Scalar>: ComposedParameters, TrainableModel
where Gradients == CompositeGradients<Scalar> {}

/// Parameters that are the sum of their parts: a model, or what several models have in common.
public protocol ComposedParameters<Scalar>: ParameterSet {
  /// What they are made of, in a fixed order. No name may be there twice.
  static var parts: [ModelPart<Self, Scalar>] { get }
}

/// A part of a model, and the name that stands before its tensors' own.
public struct ModelPart<Model, Scalar: RecurrentScalar> {
  fileprivate let name: String
  fileprivate let forEach: (Model, (String, Tensor<Scalar>) -> Void) -> Void
  fileprivate let updateEach: (inout Model, (String, inout Tensor<Scalar>) -> Void) -> Void
  /// The recurrent layers in it.
  fileprivate let layers: (Model) -> [String: CellConfiguration]

  /// A part that is a set of parameters: an `Embedding`, a `Dense`.
  public init<Part: ParameterSet<Scalar>>(_ name: String, _ path: WritableKeyPath<Model, Part>) {
    self.name = name
    forEach = { $0[keyPath: path].forEach(prefix: name, $1) }
    updateEach = { $0[keyPath: path].updateEach(prefix: name, $1) }
    layers = { _ in [:] }
  }

  /// A part that is made of parts itself.
  public init<Part: ComposedParameters<Scalar>>(_ name: String, _ path: WritableKeyPath<Model, Part>) {
    self.name = name
    forEach = { $0[keyPath: path].forEach(prefix: name, $1) }
    updateEach = { $0[keyPath: path].updateEach(prefix: name, $1) }
    layers = { model in
      let inner = model[keyPath: path].layersOfParts
      return Dictionary(uniqueKeysWithValues: inner.map { ("\(name).\($0.key)", $0.value) })
    }
  }

  /// A part that is a recurrent layer.
  public init<Layer: RecurrentLayer<Scalar>>(_ name: String, _ path: WritableKeyPath<Model, Layer>)
  where Layer.Weights: StorableWeights {
    self.name = name
    forEach = { $0[keyPath: path].parameters.forEach(prefix: name, $1) }
    updateEach = { $0[keyPath: path].parameters.updateEach(prefix: name, $1) }
    layers = { [name: Layer.Weights.cell($0[keyPath: path].configuration)] }
  }
}

extension ComposedParameters {
  /// Visits every tensor of every part, as `part.name`.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    for part in Self.namedParts { part.forEach(self, body) }
  }

  /// Visits every tensor of every part in the same order, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    for part in Self.namedParts { part.updateEach(&self, body) }
  }

  fileprivate var layersOfParts: [String: CellConfiguration] {
    Self.namedParts.reduce(into: [:]) { layers, part in layers.merge(part.layers(self)) { $1 } }
  }

  /// The parts, whose names must differ: the tensors of one would stand for those of the other in a file.
  private static var namedParts: [ModelPart<Self, Scalar>] {
    let parts = parts
    var names: Set<String> = []
    for part in parts { require(names.insert(part.name).inserted, "\(Self.self): two parts named '\(part.name)'") }
    return parts
  }
}

extension ComposedModel {
  /// The recurrent layers among the parts, and among theirs.
  public var layers: [String: CellConfiguration] { layersOfParts }
}

extension TensorFile {
  /// Adds a model as checkpoints hold it: its parameters as `prefix.name`, and the configurations of its layers in the
  /// metadata, so that they can be read one by one as well.
  public mutating func set<Model: TrainableModel>(model: Model, prefix: String = "model") {
    set(prefix: prefix, model)
    for (name, configuration) in model.layers { describe(configuration, named: "\(prefix).\(name)") }
  }
}
