import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentONNX

/// Converts layers between PyTorch's form and ours, and those of ONNX and Keras to either.
struct Convert: Command {
  /// The forms that a layer can have.
  enum Form: String, ExpressibleByArgument, CaseIterable {
    case recurrent, pytorch
  }

  static let configuration = CommandConfiguration(
    abstract: "Converts recurrent layers between PyTorch's form and this library's, or from ONNX or Keras.",
    discussion: """
      The form 'recurrent' has canonical tensors, and all options of a layer in the file's metadata; 'pytorch' is what \
      load_state_dict takes:

        recurrent convert trained.safetensors for-pytorch.safetensors --to pytorch
        model.load_state_dict(safetensors.torch.load_file("for-pytorch.safetensors"))

      All layers are converted, or the one that --name names; every other tensor is kept as it is. F64 stays F64; other \
      kinds become F32, which is exact. Of PyTorch's two biases 'recurrent' has the sum, which comes back in bias_ih \
      beside zeros in bias_hh. OUT may be IN: the file is replaced when the new one is whole.

      Of an ONNX file OUT has the recurrent nodes under their names, in F32, and nothing else; of one of Keras its recurrent \
      layers, in F32, or F64 where that is their kind.
      """)

  @Argument(help: "A file in the safetensors format, in ONNX, or of Keras.")
  var input: String

  @Argument(help: "The file to write.")
  var output: String

  @Option(help: "The form of the layers in OUT: recurrent or pytorch.")
  var to = Form.recurrent

  @Option(help: "The layer to convert. (default: all)")
  var name: String?

  @Option(help: "The activation of plain RNNs whose files do not tell it, as those of PyTorch: tanh or relu.")
  var activation: PlainActivation?

  func perform() throws {
    switch try ModelFile(input) {
    case .tensors(var file):
      try Failure.reading(input) {
        if let name { _ = try file.layer(named: name) }
        guard !file.layerNames.isEmpty else { throw TensorFileError.noLayer("", known: []) }
        for name in name.map({ [$0] }) ?? file.layerNames { try convert(name, in: &file) }
      }
      try Failure.writing { try file.write(to: output) }
    case .onnx(let model):
      var file = TensorFile()
      try Failure.reading(input) {
        let nodes = try name.map { [try model.node(named: $0)] } ?? model.recurrentNodes
        guard !nodes.isEmpty else { throw TensorFileError.noLayer("", known: []) }
        for node in nodes {
          let layer = try AnyLayer<Float>(model, node, activation: activation?.activation, engine: .naive)
          try put(layer, node.name, in: &file)
        }
      }
      try Failure.writing { try file.write(to: output) }
    #if HDF5
      case .keras(let model):
        var file = TensorFile()
        try Failure.reading(input) {
          guard !model.layerNames.isEmpty else { throw TensorFileError.noLayer("", known: []) }
          for name in name.map({ [$0] }) ?? model.layerNames { try convert(name, of: model, into: &file) }
        }
        try Failure.writing { try file.write(to: output) }
    #endif
    }
  }

  #if HDF5
    private func convert(_ name: String, of model: KerasFile, into file: inout TensorFile) throws {
      let assumptions = KerasAssumptions.ofCommands(activation: activation?.activation)
      if try model.layer(named: name, assuming: assumptions).kinds.contains(.double) {
        try put(AnyLayer<Double>(model, named: name, assuming: assumptions, engine: .naive), name, in: &file)
      } else {
        try put(AnyLayer<Float>(model, named: name, assuming: assumptions, engine: .naive), name, in: &file)
      }
    }
  #endif

  private func convert(_ name: String, in file: inout TensorFile) throws {
    let layer = try file.layer(named: name)
    guard (layer.format == .recurrent) != (to == .recurrent) else { return }
    if layer.kinds.contains(.double) {
      try put(AnyLayer<Double>(file, named: name, activation: activation?.activation, engine: .naive), name, in: &file)
    } else {
      try put(AnyLayer<Float>(file, named: name, activation: activation?.activation, engine: .naive), name, in: &file)
    }
  }

  private func put<Scalar>(_ layer: AnyLayer<Scalar>, _ name: String, in file: inout TensorFile) throws {
    switch layer {
    case .lstm(let lstm): try put(lstm, name, in: &file)
    case .gru(let gru): try put(gru, name, in: &file)
    case .rnn(let rnn): try put(rnn, name, in: &file)
    }
  }

  private func put<Layer: RecurrentLayer>(_ layer: Layer, _ name: String, in file: inout TensorFile) throws
  where Layer.Weights: StorableWeights {
    switch to {
    case .recurrent: file.set(layer, named: name)
    case .pytorch: try file.set(pyTorch: layer, named: name)
    }
  }
}

/// The activations that PyTorch's RNN has.
enum PlainActivation: String, ExpressibleByArgument, CaseIterable {
  case tanh, relu

  var activation: Activation { self == .tanh ? .tanh : .relu }
}
