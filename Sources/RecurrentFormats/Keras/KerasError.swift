#if HDF5
  /// What is wrong with a file of Keras's. Nothing of a recurrent layer is ignored in silence: what this library does not know
  /// is an error that names the layer and its attribute.
  public enum KerasError: Error, Equatable, CustomStringConvertible {
    /// The system refused.
    case system(FileError)
    /// The file is none of Keras's, or is damaged.
    case badFile(String)
    /// A dataset of numbers is not what it should be.
    case badDataset(String, reason: String)
    /// There is no dataset of this name.
    case missingDataset(String)
    /// A dataset that has no place in a recurrent cell.
    case unexpectedDataset(String)
    /// An attribute of a layer contradicts its tensors, or the caller, or is not of the form that Keras gives it.
    case badAttribute(String, layer: String, reason: String)
    /// An attribute of a layer that is not served.
    case unsupported(String, layer: String, reason: String)
    /// There is no recurrent layer of this name, but those.
    case noLayer(String, known: [String])
    /// There are several recurrent layers, and none was named.
    case severalLayers([String])
    /// A recurrent layer's tensors contradict one another, or are those of something else.
    case badLayer(String, reason: String)
    /// The layer is another one than the caller wants.
    case mismatch(String, found: String, wanted: String)

    /// A sentence that names what is wrong.
    public var description: String {
      switch self {
      case .system(let error): error.description
      case .badFile(let reason): "not a file of Keras's: \(reason)"
      case .badDataset(let name, let reason): "dataset '\(name)': \(reason)"
      case .missingDataset(let name): "there is no dataset '\(name)'"
      case .unexpectedDataset(let name): "there is a dataset '\(name)', which has no place"
      case .badAttribute(let attribute, let layer, let reason), .unsupported(let attribute, let layer, let reason):
        "layer '\(layer)', attribute '\(attribute)': \(reason)"
      case .noLayer(let name, let known):
        known.isEmpty
          ? "there is no recurrent layer" : "there is no recurrent layer '\(name)', but \(Self.list(known))"
      case .severalLayers(let names):
        "there are several recurrent layers, of which one must be named: \(Self.list(names))"
      case .badLayer(let name, let reason): "layer '\(name)': \(reason)"
      case .mismatch(let what, let found, let wanted): "\(what) is \(found), not \(wanted)"
      }
    }

    private static func list(_ names: [String]) -> String {
      names.prefix(10).map { "'\($0)'" }.joined(separator: ", ") + (names.count > 10 ? ", …" : "")
    }
  }
#endif
