/// The weights of one layer and direction of some cell, in the canonical form.
public protocol LayerWeights<Scalar>: ParameterSet, Equatable {
  /// The sizes and options of the cell.
  associatedtype Configuration: LayerConfiguration
  /// How first weights are drawn.
  associatedtype Initialization: LayerInitialization

  /// [(R + I), G·H]: the recurrent rows first, then I input rows; columns in gate blocks.
  var matrix: Tensor<Scalar> { get set }
  /// [G·H], in gate blocks.
  var bias: Tensor<Scalar> { get set }

  /// Random weights of `layer`.
  init(
    _ configuration: Configuration, layer: Int, _ initialization: Initialization,
    using generator: inout SeededGenerator)

  /// Traps unless the shapes are those of `layer` in `configuration`.
  func requireShapes(of configuration: Configuration, layer: Int)

  /// Gives `stack` its engines, one for each of `weights`.
  static func prepare(_ stack: inout LayerStack<Scalar>, _ weights: [Self], _ configuration: Configuration)

  /// Engines that train what `stack` runs, one for each of `weights`; what they need for this run alone is packed
  /// in a room.
  static func trainingEngines(
    _ stack: LayerStack<Scalar>, _ weights: [Self], _ configuration: Configuration, room: PackingRoom
  ) -> TrainingEngines<Self>
}

/// How the first weights of a cell are drawn.
public protocol LayerInitialization: Sendable {
  /// Everything, biases too, from U(−1/√H, 1/√H).
  static var uniform: Self { get }
}

/// All weights of stacked layers of one cell: a set a layer and direction.
public struct LayerParameters<Weights: LayerWeights>: Sendable, Equatable {
  /// Layer by layer, and in each layer the forward direction first.
  public private(set) var weights: [Weights]
  private let directionCount: Int

  /// Parameters from the weights of every layer and direction: layer by layer, the forward direction first.
  public init(_ configuration: Weights.Configuration, weights: [Weights]) {
    configuration.requireValid()
    let shape = configuration.shape
    let count = shape.layerCount * shape.directionCount
    let name = Weights.Configuration.cellName
    require(weights.count == count, "\(name): weights for \(weights.count) layers and directions, not \(count)")
    for (index, weights) in weights.enumerated() {
      weights.requireShapes(of: configuration, layer: index / shape.directionCount)
    }
    self.weights = weights
    directionCount = shape.directionCount
  }

  /// Random parameters, the same for the same seed.
  ///
  /// - Complexity: O(number of parameters), and that of the initialisers.
  public init(_ configuration: Weights.Configuration, initialization: Weights.Initialization, seed: UInt64) {
    configuration.requireValid()
    var generator = SeededGenerator(seed: seed)
    let shape = configuration.shape
    let weights = (0..<shape.layerCount * shape.directionCount).map { index in
      Weights(configuration, layer: index / shape.directionCount, initialization, using: &generator)
    }
    self.init(configuration, weights: weights)
  }

  private init(checked weights: [Weights], directionCount: Int) {
    self.weights = weights
    self.directionCount = directionCount
  }

  /// The weights of one layer and direction.
  public subscript(layer layer: Int, direction direction: Direction = .forward) -> Weights {
    get { weights[index(layer, direction)] }
    _modify { yield &weights[index(layer, direction)] }
  }

  /// The same layers and directions, with what `transform` makes of the weights of each.
  func map<Other: LayerWeights>(_ transform: (Weights) -> Other) -> LayerParameters<Other> {
    LayerParameters<Other>(checked: weights.map(transform), directionCount: directionCount)
  }

  private func index(_ layer: Int, _ direction: Direction) -> Int {
    let (layerCount, name) = (weights.count / directionCount, Weights.Configuration.cellName)
    require(layer >= 0 && layer < layerCount, "\(name): layer \(layer) of \(layerCount)")
    require(direction.rawValue < directionCount, "\(name): direction \(direction.rawValue) of \(directionCount)")
    return layer * directionCount + direction.rawValue
  }
}

extension LayerParameters: ParameterSet {
  /// The type of the numbers.
  public typealias Scalar = Weights.Scalar

  /// Visits every tensor: layer by layer, the forward direction first, as `matrix_l0`, `bias_l0`, `matrix_l0_reverse`.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    for (index, weights) in weights.enumerated() { weights.forEach { body($0 + suffix(index), $1) } }
  }

  /// Visits every tensor in the same order, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    for index in weights.indices {
      let suffix = suffix(index)
      weights[index].updateEach { body($0 + suffix, &$1) }
    }
  }

  private func suffix(_ index: Int) -> String {
    "_l\(index / directionCount)" + (index % directionCount == 0 ? "" : "_reverse")
  }
}

extension LayerWeights {
  /// Traps unless the tensor `name` of a layer has the shape that is wanted; nil stands for no tensor.
  func requireShape(_ name: String, ofLayer layer: Int, _ found: Tensor<Scalar>?, _ wanted: [Int]?) {
    require(
      found?.shape == wanted,
      "\(Configuration.cellName): the \(name) of layer \(layer) has shape \(found?.shape ?? []), not \(wanted ?? [])")
  }
}
