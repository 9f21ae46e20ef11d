import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentONNX

/// Says what a model file has in it.
struct Inspect: Command {
  static let configuration = CommandConfiguration(
    abstract: "Says what is in a model file: cells, sizes, parameters, memory.",
    discussion: """
      Of a safetensors file no number is read: names, shapes and metadata tell it all. A layer whose tensors contradict one \
      another is named, and the exit status is 65. Of an ONNX file the recurrent nodes are listed, of one of Keras the recurrent \
      layers; one that no layer here can stand for is named with the reason.
      """)

  @Argument(help: "A file in the safetensors format, in ONNX, or of Keras.")
  var file: String

  @Flag(help: "List every tensor of a safetensors file, too.")
  var tensors = false

  func perform() throws {
    let model = try ModelFile(file)
    switch model {
    case .tensors(let tensors): try describe(tensors)
    case .onnx(let model): describe(model)
    #if HDF5
      case .keras(let model): describe(model)
    #endif
    }
  }

  #if HDF5
    private func describe(_ model: KerasFile) {
      print("\(file): Keras, \(count(model.layerNames.count, "recurrent layer"))")
      for name in model.layerNames {
        print()
        do throws(KerasError) {
          describe(try model.layer(named: name, assuming: .ofCommands(activation: nil)))
        } catch {
          print("\(title(name))\n  no layer     \(error)")
        }
      }
    }

    private func describe(_ layer: KerasLayer) {
      print("\(layer.name): \(layer.configuration.cellName), a layer of Keras")
      var options = options(layer.configuration, tellsActivation: true)
      if !layer.isConfigured { options.append("Keras's own activations are assumed: the file does not say") }
      if layer.isStateful { options.append("stateful: each call goes on where the one before has ended") }
      describeSizes(layer.configuration, options)
      let kinds = layer.kinds.map(\.rawValue).sorted().joined(separator: ", ")
      print("  parameters   \(layer.parameterCount) (\(kinds))")
      describeUse(numbersInUse(layer.configuration))
    }
  #endif

  private func describe(_ model: ONNXModel) {
    let nodes = model.recurrentNodes
    print("\(file): ONNX, operators of version \(model.operatorSet), \(count(nodes.count, "recurrent node"))")
    for node in nodes {
      print("\n\(node.name): \(node.cell.rawValue), a node of a graph")
      do {
        let layer = try AnyLayer<Float>(model, node, activation: nil, engine: .naive)
        describe(layer)
      } catch {
        print("  no layer     \(error)")
      }
    }
  }

  private func describe(_ layer: AnyLayer<Float>) {
    let (configuration, numbers) =
      switch layer {
      case .lstm(let lstm): (CellConfiguration.lstm(lstm.configuration), lstm.parameters.parameterCount)
      case .gru(let gru): (CellConfiguration.gru(gru.configuration), gru.parameters.parameterCount)
      case .rnn(let rnn): (CellConfiguration.rnn(rnn.configuration), rnn.parameters.parameterCount)
      }
    describeSizes(configuration, options(configuration, tellsActivation: true))
    print("  parameters   \(numbers)")
    describeUse(numbers)
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
    let form =
      switch layer.format {
      case .pyTorch: "as in torch.nn.\(layer.configuration.cellName)"
      case .pyTorchCell: "as in torch.nn.\(layer.configuration.cellName)Cell"
      case .recurrent: "as this library keeps it"
      }
    print("\(title(layer.name)): \(layer.configuration.cellName), \(form)")
    describeSizes(
      layer.configuration, options(layer.configuration, tellsActivation: layer.format == .recurrent))
    let kinds = layer.kinds.map(\.rawValue).sorted().joined(separator: ", ")
    print("  parameters   \(layer.parameterCount) (\(kinds), \(memory(bytes)))")
    describeUse(numbersInUse(layer.configuration))
  }

  private func describeSizes(_ cell: CellConfiguration, _ options: [String]) {
    let configuration = cell.common
    let shape = configuration.shape
    print("  input size   \(shape.inputSize)")
    print(
      "  hidden size  \(shape.hiddenSize)"
        + (shape.outputSize == shape.hiddenSize ? "" : ", projected to \(shape.outputSize)"))
    print("  layers       \(shape.layerCount)" + (configuration.isBidirectional ? ", in both directions" : ""))
    for option in options { print("  option       \(option)") }
  }

  private func describeUse(_ numbers: Int) {
    print(
      "  in use       \(memory(4 * numbers)) in Float, \(memory(8 * numbers)) in Double; the engine's copy as much again"
    )
  }

  /// The numbers of the canonical form, where PyTorch's two biases are one.
  private func numbersInUse(_ configuration: CellConfiguration) -> Int {
    let shape = configuration.common.shape
    var count = 0
    for index in 0..<shape.layerCount {
      let shapes =
        switch configuration {
        case .lstm(let configuration): LSTMWeights<Float>.shapes(configuration, layer: index)
        case .gru(let configuration): GRUWeights<Float>.shapes(configuration, layer: index)
        case .rnn(let configuration): RNNWeights<Float>.shapes(configuration, layer: index)
        }
      count += shape.directionCount * shapes.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
    return count
  }

  private func options(_ configuration: CellConfiguration, tellsActivation: Bool) -> [String] {
    var options: [String] = []
    switch configuration {
    case .lstm(let lstm):
      if lstm.hasPeepholes { options.append("peephole connections") }
      if lstm.layerNormalization != nil { options.append("layer normalisation") }
      if lstm.activations.couplesForget { options.append("a forget gate of 1 - i") }
      if lstm.activations != .standard {
        options.append("\(lstm.activations.gate), \(lstm.activations.candidate), \(lstm.activations.output)")
      }
    case .gru(let gru):
      options.append(gru.reset == .afterProduct ? "reset after the product" : "reset before the product")
      if gru.layerNormalization != nil { options.append("layer normalisation") }
      if gru.activations != .standard { options.append("\(gru.activations.gate), \(gru.activations.candidate)") }
    case .rnn(let rnn):
      options.append(tellsActivation ? "\(rnn.activation)" : "tanh or ReLU: the file does not say")
    }
    if configuration.common.regularization != .none { options.append("regularisation in training") }
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
