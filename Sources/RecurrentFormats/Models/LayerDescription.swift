internal import Recurrent

/// A recurrent layer that a file holds, as its names, shapes and metadata tell: no number has been read.
public struct LayerDescription: Sendable, Equatable {
  /// How a file holds a layer.
  public enum Format: Sendable {
    /// The names and tensors of `torch.nn.LSTM`, `GRU` or `RNN`.
    case pyTorch
    /// Those of `torch.nn.LSTMCell`, `GRUCell` or `RNNCell`.
    case pyTorchCell
    /// Our own: canonical tensors, and the configuration in the metadata.
    case recurrent
  }

  /// What stands before the first dot of its tensors' own names: "encoder.lstm"; empty where there is nothing.
  public let name: String
  /// How the file holds it.
  public let format: Format
  /// The cell with its sizes and options. Of PyTorch's RNN the activation is not in the file, and tanh stands here.
  public let configuration: CellConfiguration
  /// Its tensors, by their whole names.
  public let tensorNames: [String]
  /// Numbers in these tensors.
  public let parameterCount: Int
  /// The kinds of these numbers.
  public let kinds: Set<TensorFile.Kind>
}

extension LayerDescription {
  /// A layer with tensors of a file, which all must be there.
  init(
    _ file: TensorFile, name: String, format: Format, configuration: CellConfiguration,
    tensors: [(name: String, shape: [Int])]
  ) throws(TensorFileError) {
    if let flaw = configuration.common.flaw { throw .badLayer(name, reason: flaw) }
    var (kinds, count) = (Set<TensorFile.Kind>(), 0)
    for (name, shape) in tensors {
      let entry = try file.findFloatingPoint(name, shape, for: Float.self)
      kinds.insert(entry.kind)
      count += entry.data.count / entry.kind.byteCount
    }
    self.name = name
    self.format = format
    self.configuration = configuration
    self.kinds = kinds
    parameterCount = count
    tensorNames = tensors.map(\.name)
  }
}

extension TensorFile {
  /// The names of all recurrent layers that tensors or metadata speak of, in ascending order, be they whole or not.
  public var layerNames: [String] {
    let stateDict = names.compactMap { name in
      let (prefix, own) = StateDictName.split(name)
      return StateDictName(own).map { _ in prefix }
    }
    let records = metadata.keys.compactMap(LayerRecord.layerName)
    return Set(stateDict + records).sorted()
  }

  /// What the file says of a recurrent layer, or of the only one where `name` is nil.
  ///
  /// Throws where there is none of that name, where there are several and `name` is nil, and where a tensor is missing, is
  /// one too many, or contradicts the others; the error names it.
  public func layer(named name: String? = nil) throws(TensorFileError) -> LayerDescription {
    let names = layerNames
    let name = name ?? (names.count == 1 ? names[0] : nil)
    guard let name else { throw names.isEmpty ? .noLayer("", known: []) : .severalLayers(names) }
    guard names.contains(name) else { throw .noLayer(name, known: names) }
    if let text = metadata[LayerRecord.key(name)] { return try LayerRecord(parsing: text, name).layer(in: self, name) }
    return try StateDictLayer(self, named: name).description(in: self)
  }

  /// The names of all tensors of a layer: those that begin with its name, or that have no dot where it has none.
  func members(ofLayer name: String) -> [String] {
    name.isEmpty ? names.filter { !$0.contains(".") } : names.filter { $0.hasPrefix(name + ".") }
  }
}
