import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentVerification

/// What a layer is to be run on: the arguments that `run`, `compare` and `diagnose` share.
struct LayerCall: ParsableArguments {
  @Argument(help: "A model: a file in the safetensors format, in ONNX, or of Keras.")
  var model: String

  @Argument(help: "The input, an .npy file of floating-point numbers: [T, N, I], or [T, I] for one sequence.")
  var input: String

  @Option(help: "The layer to run, such as encoder.lstm, or a node of ONNX. (default: the only one)")
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The steps of each sequence: numbers such as 120,87,3, or an .npy file. (default: all)", valueName: "list"))
  var lengths: String?

  @Option(
    help: ArgumentHelp(
      "The state before the first step: an .npz file with 'hidden' [L·D, N, R] and, for an LSTM, 'cell' [L·D, N, H]. (default: zeros)",
      valueName: "file"))
  var initial: String?

  @Option(
    help: ArgumentHelp("What computes: naive, blas or fused. (default: fused)", valueName: "engine"),
    transform: Engine.parse)
  var engine = Engine.fused

  @Option(help: "The activation of a plain RNN whose file does not tell it, as one of PyTorch: tanh or relu.")
  var activation: PlainActivation?

  @Flag(help: "Sequences come first: [N, T, I], in the output too. ('batch_first' of PyTorch)")
  var batchMajor = false

  @Flag(help: "Compute in Double.")
  var double = false
}

extension LayerCall {
  /// The layer that the model file has.
  func anyLayer<Scalar: RecurrentScalar>(of _: Scalar.Type) throws -> AnyLayer<Scalar> {
    let file = try ModelFile(model)
    return try Failure.reading(model) {
      try file.layer(named: name, activation: activation?.activation, engine: engine)
    }
  }

  /// The same, where its cell does not matter.
  func layer<Scalar: RecurrentScalar>(of type: Scalar.Type) throws -> any VerifiableLayer<Scalar> {
    switch try anyLayer(of: type) {
    case .lstm(let lstm): lstm
    case .gru(let gru): gru
    case .rnn(let rnn): rnn
    }
  }

  /// What a layer is given, read from files and checked against its sizes.
  struct Values<Layer: RecurrentLayer> {
    let input: Tensor<Layer.Scalar>
    let lengths: [Int]?
    let initial: Layer.State
    let layout: SequenceLayout
    /// Whether the input was one sequence without a dimension for more.
    let isSingle: Bool

    /// What the layer makes of it.
    func run(_ layer: Layer) -> SequenceOutput<Layer.State> {
      layer(input, lengths: lengths, from: initial, layout: layout)
    }
  }

  /// Reads what a layer is given.
  func values<Layer: RecurrentLayer>(for layer: Layer) throws -> Values<Layer> {
    var tensor = try Failure.reading(input) { try NumPyArray(contentsOf: input).tensor(of: Layer.Scalar.self) }
    let shape = layer.stack.shape
    let isSingle = tensor.shape.count == 2
    if isSingle {
      tensor = tensor.reshaped(to: batchMajor ? [1] + tensor.shape : [tensor.shape[0], 1, tensor.shape[1]])
    }
    guard tensor.shape.count == 3, tensor.shape[2] == shape.inputSize, tensor.count > 0 else {
      throw Failure.badData(
        input, "its shape is \(tensor.shape); the layer needs [T, N, \(shape.inputSize)], none of them 0")
    }
    let (stepCount, batchSize) = batchMajor ? (tensor.shape[1], tensor.shape[0]) : (tensor.shape[0], tensor.shape[1])
    return Values(
      input: tensor, lengths: try lengths(stepCount: stepCount, batchSize: batchSize),
      initial: try initialState(for: layer, batchSize: batchSize), layout: batchMajor ? .batchMajor : .timeMajor,
      isSingle: isSingle)
  }

  private func lengths(stepCount: Int, batchSize: Int) throws -> [Int]? {
    guard let lengths else { return nil }
    var numbers = lengths.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
    if lengths.hasSuffix(".npy") {
      numbers = try Failure.reading(lengths) { try NumPyArray(contentsOf: lengths).integers() }
    }
    let valid = numbers.compactMap { $0 }.filter { (0...stepCount).contains($0) }
    guard valid.count == numbers.count, valid.count == batchSize else {
      throw Failure.badData(lengths, "not \(batchSize) lengths from 0 to \(stepCount), one for each sequence")
    }
    return valid
  }

  private func initialState<Layer: RecurrentLayer>(for layer: Layer, batchSize: Int) throws -> Layer.State {
    let zeros = layer.zeroState(batchSize: batchSize)
    guard let initial else { return zeros }
    let archive = try Failure.reading(initial) { try NumPyArchive(contentsOf: initial) }
    let names = ["hidden", "cell"].prefix(zeros.components.count)
    var components: [Tensor<Layer.Scalar>] = []
    for (name, zero) in zip(names, zeros.components) {
      let tensor = try Failure.reading(initial) { try archive.array(name).tensor(of: Layer.Scalar.self) }
      guard tensor.shape == zero.shape else {
        throw Failure.badData(initial, "'\(name)' has shape \(tensor.shape), not \(zero.shape)")
      }
      components.append(tensor)
    }
    return Layer.State(components: components)
  }
}

extension Engine {
  /// An engine from its name on the command line.
  fileprivate static func parse(_ name: String) throws -> Engine {
    guard let engine = Engine(rawValue: name) else {
      let known = Engine.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("engine '\(name)' is not known; \(known) are")
    }
    return engine
  }
}
