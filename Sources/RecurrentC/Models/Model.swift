internal import CRecurrent
internal import Recurrent

/// What a handle of a model stands for: a layer of any cell.
protocol Model: AnyObject {
  /// As a C caller is told of it.
  var description: recurrent_description { get }
  /// The names and places of its tensors.
  var parameterNames: ParameterNames { get }
  var parameterCount: Int { get }

  func readParameters(_ array: Output<Float>)
  func writeParameters(_ array: Input<Float>)
  func setThreadCount(_ count: Int)

  func run(_ sequences: recurrent_sequences) throws(Failure)
  func makeStream(batchSize: Int) throws(Failure) -> any Streaming
  func makeTape(stepCount: Int, batchSize: Int, memoryLimit: Int) throws(Failure) -> any Recording
  func tapeSizes(stepCount: Int, batchSize: Int) throws(Failure) -> (least: Int, most: Int)
  func forward(_ sequences: recurrent_sequences, recording tape: any Recording) throws(Failure)
  func backward(_ gradients: recurrent_gradients, through tape: any Recording) throws(Failure)
}

/// A layer of one cell. Calls that change it are alone with it; that is for the table of handles to see to.
final class ModelOf<Layer: CellLayer>: Model {
  var layer: Layer
  let parameterNames: ParameterNames
  let parameterCount: Int

  init(_ layer: Layer) {
    self.layer = layer
    parameterNames = ParameterNames(layer.parameters)
    parameterCount = layer.parameters.parameterCount
  }

  /// A model of the given weights, or of random ones.
  convenience init(_ c: recurrent_configuration, _ weights: InitialWeights) throws(Failure) {
    let configuration = try Layer.Weights.Configuration(c)
    let engine = try Engine(c.engine)
    try checkMemory("a model of these sizes", configuration.memoryEstimate)
    switch weights {
    case .random(let seed): self.init(Layer(configuration, seed: seed, engine: engine))
    case .given(let start, let count):
      let array = try unsafe Input("parameters", start, count, wanted: Int(configuration.parameterNumber))
      var parameters = LayerParameters<Layer.Weights>(configuration, initialization: Layer.zeros, seed: 0)
      parameters.take(from: array.span)
      self.init(Layer(configuration, parameters: parameters, engine: engine))
    }
  }

  var description: recurrent_description {
    recurrent_description(
      configuration: layer.configuration.described(engine: layer.engine),
      running_engine: layer.runningEngine.described, output_size: layer.stack.shape.outputSize,
      parameter_count: parameterCount, tensor_count: unsafe parameterNames.places.count,
      thread_count: layer.team.memberCount)
  }

  func readParameters(_ array: Output<Float>) { layer.parameters.store(in: array) }

  func writeParameters(_ array: Input<Float>) { layer.parameters.take(from: array.span) }

  func setThreadCount(_ count: Int) { layer.team = count == 0 ? .shared : ThreadTeam(memberCount: count) }
}

/// Where the weights of a new model come from.
@safe
enum InitialWeights {
  case random(seed: UInt64)
  case given(UnsafePointer<Float>?, count: Int)
}

extension DescribableConfiguration {
  /// Bytes of a model while it is made: weights as they are drawn, rounded, and packed in panels of up to 16 units.
  var memoryEstimate: Double {
    let panels = Double((hiddenSize + 15) / 16 * 16) / Double(hiddenSize)
    let layers = Double(layerCount) * Double(shape.directionCount)
    return parameterNumber * (16 + 4 * panels) + layers * 4096
  }
}

/// A model of the cell that is asked for.
func makeModel(_ c: recurrent_configuration, _ weights: InitialWeights) throws(Failure) -> any Model {
  switch c.cell {
  case RECURRENT_LSTM: return try ModelOf<LSTM<Float>>(c, weights)
  case RECURRENT_GRU: return try ModelOf<GRU<Float>>(c, weights)
  case RECURRENT_RNN: return try ModelOf<RNN<Float>>(c, weights)
  default: throw Failure(RECURRENT_INVALID_ARGUMENT, "cell is \(c.cell.rawValue), which is no cell")
  }
}

/// The number of parameters of such a model.
func countParameters(of c: recurrent_configuration) throws(Failure) -> Int {
  let number: Double
  switch c.cell {
  case RECURRENT_LSTM: number = try LSTMConfiguration(c).parameterNumber
  case RECURRENT_GRU: number = try GRUConfiguration(c).parameterNumber
  case RECURRENT_RNN: number = try RNNConfiguration(c).parameterNumber
  default: throw Failure(RECURRENT_INVALID_ARGUMENT, "cell is \(c.cell.rawValue), which is no cell")
  }
  try check(number < 0x1p53, "the parameters are more than \(1 << 53)")
  return Int(number)
}
