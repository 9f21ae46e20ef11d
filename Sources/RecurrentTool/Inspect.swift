import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats

/// Says what a model file has in it.
struct Inspect: Command {
  static let configuration = CommandConfiguration(
    abstract: "Says what is in a model file: cells, sizes, parameters, memory.",
    discussion: """
      No number is read: names, shapes and metadata tell it all. A layer whose tensors contradict one another is named, \
      and the exit status is 65.
      """)

  @Argument(help: "A file in the safetensors format.")
  var file: String

  @Flag(help: "List every tensor, too.")
  var tensors = false

  func perform() throws {
    let model = try ModelFile(file)
    switch model {
    case .tensors(let tensors): try describe(tensors)
    }
  }

  private func describe(_ model: TensorFile) throws {
    let bytes = model.names.reduce(0) { $0 + size(of: $1, in: model) }
    print("\(file): safetensors, \(count(model.names.count, "tensor")) of \(memory(bytes))")
    var (owned, failures) = (Set<String>(), 0)
    for name in model.layerNames {
      print()
      do throws(TensorFileError) {
        let layer = try model.layer(named: name)
        owned.formUnion(layer.tensorNames)
        describe(layer, bytes: layer.tensorNames.reduce(0) { $0 + size(of: $1, in: model) })
      } catch {
        failures += 1
        print("\(title(name)): \(error)")
      }
    }
    if model.layerNames.isEmpty { print("\nno recurrent layer") }
    let others = model.names.filter { !owned.contains($0) }
    if tensors {
      print()
      for name in model.names {
        let (kind, shape) = model.description(of: name)!
        print("\(kind.rawValue)  \(name)  \(shape)")
      }
    } else if !others.isEmpty {
      print(
        "\nbeside \(model.layerNames.isEmpty ? "it" : "them") \(count(others.count, "tensor")); --tensors lists all")
    }
    if failures > 0 { throw Failure.badData(file, "\(count(failures, "layer")) cannot be read") }
  }

  private func describe(_ layer: LayerDescription, bytes: Int) {
    let configuration = layer.configuration.common
    let shape = configuration.shape
    let form =
      switch layer.format {
      case .pyTorch: "as in torch.nn.\(layer.configuration.cellName)"
      case .pyTorchCell: "as in torch.nn.\(layer.configuration.cellName)Cell"
      case .recurrent: "as this library keeps it"
      }
    print("\(title(layer.name)): \(layer.configuration.cellName), \(form)")
    print("  input size   \(shape.inputSize)")
    print(
      "  hidden size  \(shape.hiddenSize)"
        + (shape.outputSize == shape.hiddenSize ? "" : ", projected to \(shape.outputSize)"))
    print("  layers       \(shape.layerCount)" + (configuration.isBidirectional ? ", in both directions" : ""))
    for option in options(layer) { print("  option       \(option)") }
    let kinds = layer.kinds.map(\.rawValue).sorted().joined(separator: ", ")
    print("  parameters   \(layer.parameterCount) (\(kinds), \(memory(bytes)))")
    let numbers = numbersInUse(layer)
    print(
      "  in use       \(memory(4 * numbers)) in Float, \(memory(8 * numbers)) in Double; the engine's copy as much again"
    )
  }

  /// The numbers of the canonical form, where PyTorch's two biases are one.
  private func numbersInUse(_ layer: LayerDescription) -> Int {
    let shape = layer.configuration.common.shape
    var count = 0
    for index in 0..<shape.layerCount {
      let shapes =
        switch layer.configuration {
        case .lstm(let configuration): LSTMWeights<Float>.shapes(configuration, layer: index)
        case .gru(let configuration): GRUWeights<Float>.shapes(configuration, layer: index)
        case .rnn(let configuration): RNNWeights<Float>.shapes(configuration, layer: index)
        }
      count += shape.directionCount * shapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
    return count
  }

  private func options(_ layer: LayerDescription) -> [String] {
    var options: [String] = []
    switch layer.configuration {
    case .lstm(let lstm):
      if lstm.hasPeepholes { options.append("peephole connections") }
      if lstm.activations.couplesForget { options.append("a forget gate that is 1 - i") }
      if lstm.layerNormalization != nil { options.append("layer normalisation") }
      if lstm.activations != .standard {
        options.append("\(lstm.activations.gate), \(lstm.activations.candidate), \(lstm.activations.output)")
      }
    case .gru(let gru):
      options.append(gru.reset == .afterProduct ? "reset after the product" : "reset before the product")
      if gru.layerNormalization != nil { options.append("layer normalisation") }
      if gru.activations != .standard { options.append("\(gru.activations.gate), \(gru.activations.candidate)") }
    case .rnn(let rnn):
      options.append(layer.format == .recurrent ? "\(rnn.activation)" : "tanh or ReLU: the file does not say")
    }
    if layer.configuration.common.regularization != .none { options.append("regularisation in training") }
    return options
  }

  private func size(of name: String, in model: TensorFile) -> Int {
    guard let (kind, shape) = model.description(of: name) else { return 0 }
    return shape.contains(0) ? 0 : shape.reduce(kind.byteCount, *)
  }

  private func title(_ name: String) -> String { name.isEmpty ? "(no name)" : name }
  private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
  private func memory(_ bytes: Int) -> String {
    bytes < 10_000 ? "\(bytes) bytes" : bytes < 10 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
  }
}
