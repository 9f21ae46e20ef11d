/// What every cell's layers are made of: options, weights, and the engines that are ready to run them.
public struct LayerModel<Weights: LayerWeights>: Sendable {
  /// The sizes and options.
  public let configuration: Weights.Configuration
  /// The layers, ready to run.
  public internal(set) var stack: LayerStack<Weights.Scalar>

  private var storedParameters: LayerParameters<Weights>

  /// A model of the given weights, on `engine` where that serves them.
  public init(_ configuration: Weights.Configuration, parameters: LayerParameters<Weights>, engine: Engine) {
    self.init(configuration, parameters: parameters, engine: engine, kernels: .best)
  }

  /// A model on the kernels of a certain instruction set.
  package init(
    _ configuration: Weights.Configuration, parameters: LayerParameters<Weights>, engine: Engine, kernels: Kernels
  ) {
    self.configuration = configuration
    storedParameters = LayerParameters(configuration, weights: parameters.weights)  // traps where shapes disagree
    stack = LayerStack(configuration.shape, configuration.regularization, engine: engine, kernels: kernels)
    Weights.prepare(&stack, storedParameters.weights, configuration)
  }

  /// The weights of every layer and direction, whose shapes must stay those of the configuration.
  ///
  /// A change makes the engine prepare them anew, once, when it ends: O(number of parameters), so change many at once. A
  /// stream keeps the weights that it was made with.
  public var parameters: LayerParameters<Weights> {
    get { storedParameters }
    _modify {
      stack.removeEngines()  // so that they do not share, and so copy, the weights
      defer {
        storedParameters = LayerParameters(configuration, weights: storedParameters.weights)
        Weights.prepare(&stack, storedParameters.weights, configuration)
      }
      yield &storedParameters
    }
  }
}
