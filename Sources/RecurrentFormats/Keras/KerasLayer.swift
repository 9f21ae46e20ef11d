#if HDF5
  internal import Recurrent

  /// A recurrent layer that a file of Keras's holds, as its names, shapes and configuration tell: no number has been read.
  public struct KerasLayer: Sendable {
    /// Its name: see `KerasFile.layerNames`.
    public let name: String
    /// The path of its weights: "layers/bidirectional_1".
    public let path: String
    /// The cell with its sizes and options.
    public let configuration: CellConfiguration
    /// Whether the file tells the activations; else those of `configuration` are assumed.
    public let isConfigured: Bool
    /// Whether in Keras a call begins with the state that the call before has left, which the caller has to see to here.
    public let isStateful: Bool
    let cells: [KerasCell]

    /// The names of its datasets: of each direction the kernel, the recurrent kernel and, where there is one, the bias.
    public var datasetNames: [String] { datasets.map(\.path) }
    /// Numbers in these datasets.
    public var parameterCount: Int { datasets.reduce(0) { $0 + $1.shape.reduce(1, *) } }
    /// The kinds of these numbers.
    public var kinds: Set<TensorFile.Kind> { Set(datasets.map(\.kind)) }

    private var datasets: [HDF5Dataset] { cells.flatMap(\.datasets) }
  }

  extension KerasFile {
    /// What the file says of a recurrent layer, or of the only one where `name` is nil.
    ///
    /// Throws where there is none of that name, where there are several and `name` is nil, where a dataset is missing, is one
    /// too many, or contradicts the others or the configuration, and where no layer of this library computes the same.
    ///
    /// - Parameters:
    ///   - name: one of `layerNames`, or the path of its weights.
    ///   - assumptions: what the file may leave unsaid.
    public func layer(
      named name: String? = nil, assuming assumptions: KerasAssumptions = KerasAssumptions()
    ) throws(KerasError) -> KerasLayer {
      let names = layerNames
      guard let name = name ?? (names.count == 1 ? names[0] : nil) else {
        throw names.isEmpty ? .noLayer("", known: []) : .severalLayers(names)
      }
      let found = places[name].map { (name, $0) } ?? places.first { $0.value.path == name }.map { ($0, $1) }
      guard let (name, place) = found else { throw .noLayer(name, known: names) }
      guard !place.isStack else {
        throw .unsupported("cell", layer: name, reason: "there are several cells in it, one on another")
      }
      var cells: [KerasCell] = []
      for group in place.cells { cells.append(try KerasCell(file, at: group, isNumbered: place.isNumbered)) }
      let settings = try settings(of: place, name)
      let description = KerasLayerReader(name: name, cells: cells, settings: settings, assumptions: assumptions)
      if settings == nil { try description.requireKnownCell(place.cellName) }
      return KerasLayer(
        name: name, path: place.path, configuration: try description.configuration(), isConfigured: settings != nil,
        isStateful: settings?.isStateful ?? false, cells: cells)
    }

    /// What the configuration says of a layer; nil where there is none, or it says nothing of what is around the layer.
    private func settings(of place: KerasPlace, _ name: String) throws(KerasError) -> KerasSettings? {
      guard let configuration else { return nil }
      let nodes =
        place.isNumbered
        ? configuration.layer(at: place.path).map { [$0] } ?? []
        : place.ownName.flatMap { configuration.layersByName[$0] } ?? []
      guard let node = nodes.first else {
        guard place.isNumbered, configuration.listsLayers(around: place.path) else { return nil }
        throw .badLayer(name, reason: "the model's configuration has no layer at '\(place.path)'")
      }
      guard nodes.allSatisfy({ $0 == node }) else {
        throw .badLayer(name, reason: "the model's configuration has \(nodes.count) layers of this name")
      }
      return try KerasSettings.read(
        node, layer: name, version: configuration.version, isBidirectional: place.isBidirectional)
    }
  }
#endif
