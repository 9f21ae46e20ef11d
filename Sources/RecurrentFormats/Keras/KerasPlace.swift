#if HDF5
  /// Where a recurrent layer's weights stand in a file, and by what names it goes.
  struct KerasPlace: Sendable {
    /// The groups of its cells' datasets: of one, or of the forward and the backward direction.
    var cells: [String]
    /// Whether the datasets are numbered, as in Keras 3, or have names.
    let isNumbered: Bool
    /// The path of the layer: "layers/lstm_1", "encoder".
    let path: String
    /// The layer's own name; nil where the file has none.
    var ownName: String?
    /// What a cell's own name says that it is; nil where the file has none.
    var cellName: String?
    /// Whether there are more cells than directions, one on another.
    var isStack = false

    /// Whether it has two directions.
    var isBidirectional: Bool { cells.count == 2 && !isStack }
  }

  extension KerasPlace {
    /// More groups and datasets than those of any model's layers, and deeper groups.
    private static let memberLimit = 1 << 16
    private static let depthLimit = 64
    /// Where the state of training stands.
    private static let optimizers: Set<String> = ["optimizer", "optimizer_weights"]

    /// All recurrent layers of a file.
    static func all(in file: HDF5File) throws(KerasError) -> [KerasPlace] {
      var places: [KerasPlace] = []
      var named: [String] = []
      var groups = [""]
      var count = 0
      while let group = groups.popLast() {
        guard group.utf8.count(where: { $0 == UInt8(ascii: "/") }) < depthLimit else {
          throw .badFile("its groups are nested more than \(depthLimit) deep")
        }
        let members = try file.members(of: group)
        count += members.count
        guard count <= memberLimit else { throw .badFile("it has more than \(memberLimit) groups and datasets") }
        let subgroups = members.filter { $0.member == .group }.map(\.name)
        func path(_ name: String) -> String { group.isEmpty ? name : "\(group)/\(name)" }
        if let place = try numbered(file, group, subgroups) {
          places.append(place)
        } else if members.contains(where: { $0.name == "recurrent_kernel" || $0.name == "recurrent_kernel:0" }) {
          named.append(group)
        } else {
          // The variables of a layer, and an optimiser's, are no layers.
          groups += subgroups.filter { $0 != "vars" && !(group.isEmpty && optimizers.contains($0)) }.map(path)
        }
      }
      return places + self.named(named.sorted())
    }

    /// The layer that a group is, in the form of Keras 3.
    private static func numbered(
      _ file: HDF5File, _ group: String, _ subgroups: [String]
    ) throws(KerasError) -> KerasPlace? {
      let prefix = group.isEmpty ? "" : group + "/"
      let isBidirectional = subgroups.contains("forward_layer") && subgroups.contains("backward_layer")
      var (cells, isStack) = ([String](), false)
      for parent in isBidirectional ? [prefix + "forward_layer", prefix + "backward_layer"] : [group] {
        let inside = parent == group ? subgroups : try file.groups(in: parent)
        guard inside.contains("cell") else { return nil }
        let cell = parent.isEmpty ? "cell" : parent + "/cell"
        let parts = try file.groups(in: cell)
        guard parts.contains("cells") || parts.contains("vars") else { return nil }
        isStack = isStack || parts.contains("cells")
        cells.append(cell + "/vars")
      }
      return KerasPlace(
        cells: cells, isNumbered: true, path: group, ownName: file.text("name", of: prefix + "vars"),
        cellName: file.text("name", of: cells[0]), isStack: isStack)
    }

    /// The layers of cells whose datasets have names, in the form before Keras 3: "bi/forward_gru/gru_cell" is one of two
    /// cells of a layer "bi".
    private static func named(_ cells: [String]) -> [KerasPlace] {
      var places: [String: KerasPlace] = [:]
      var directions: [String: Set<String>] = [:]
      for cell in cells {
        var parts = cell.split(separator: "/").map(String.init)
        if parts.first == "model_weights" { parts.removeFirst() }
        // Older files have no group for the cell, and those of cuDNN none, either.
        let cellName = parts.count > 1 && parts.last!.contains("_cell") ? parts.removeLast() : nil
        var direction = ""
        for word in ["forward_", "backward_"] where parts.count > 1 && parts.last!.hasPrefix(word) { direction = word }
        if !direction.isEmpty { parts.removeLast() }
        let path = parts.joined(separator: "/")
        let isNew = directions[path, default: []].insert(direction).inserted
        var place =
          places[path] ?? KerasPlace(cells: [], isNumbered: false, path: path, ownName: parts.last, cellName: cellName)
        place.cells = direction == "forward_" ? [cell] + place.cells : place.cells + [cell]
        place.isStack = place.isStack || !isNew || directions[path]!.count > 1 && directions[path]!.contains("")
        places[path] = place
      }
      return places.values.sorted { $0.path < $1.path }
    }
  }

  extension HDF5File {
    /// The names of the groups in a group.
    fileprivate func groups(in path: String) throws(KerasError) -> [String] {
      try members(of: path).filter { $0.member == .group }.map(\.name)
    }
  }
#endif
