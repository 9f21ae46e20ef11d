#if HDF5
  internal import Recurrent

  /// What a model's configuration says of a recurrent layer, as far as it decides what the layer computes.
  struct KerasSettings: Equatable {
    /// The cells that are known.
    enum Cell: String {
      case lstm = "LSTM"
      case gru = "GRU"
      case simpleRNN = "SimpleRNN"
      case cuDNNLSTM = "CuDNNLSTM"
      case cuDNNGRU = "CuDNNGRU"

      /// The cell of a layer's class, or that of a cell's class in an `RNN`.
      init?(className: String) {
        self.init(rawValue: className.hasSuffix("Cell") ? String(className.dropLast(4)) : className)
      }
    }

    let cell: Cell
    let units: Int
    let activation: Activation
    let recurrentActivation: Activation
    let usesBias: Bool
    /// Of a GRU; nil where the file does not say.
    let reset: GRUReset?
    /// Whether it begins with the last step, and leaves its outputs in that order.
    var goesBackwards: Bool
    /// Whether a call begins with the state that the call before has left.
    let isStateful: Bool

    /// Reads what stands under `node`: a layer, or an `RNN` with its cell in it.
    init(_ node: KerasValue, layer: String, version: Int?) throws(KerasError) {
      let outer = try KerasAttributes(of: node, layer: layer, version: version)
      let className = node["class_name"] ?? .null
      var inner = outer
      var cell = className.text.flatMap(Cell.init(className:))
      if className == .text("RNN"), let node = outer.members["cell"] {
        try outer.requireNothing(beyond: ["cell", "go_backwards", "stateful"])
        inner = try KerasAttributes(of: node, layer: layer, version: version)
        cell = node["class_name"]?.text.flatMap(Cell.init(className:))
        guard cell != nil else { throw .unsupported("cell", layer: layer, reason: "\(node) is not known") }
      }
      guard let cell else { throw .unsupported("class_name", layer: layer, reason: "\(className) is not known") }
      try inner.requireNothing(beyond: Self.attributes(of: cell))

      self.cell = cell
      units = try inner.size("units")
      activation = try inner.activation("activation", default: .tanh)
      recurrentActivation = try inner.activation("recurrent_activation", default: .sigmoid)
      usesBias = try inner.flag("use_bias", default: true)
      let isAfter = try inner.flag("reset_after", default: true)
      reset = inner.members["reset_after"] == nil ? nil : isAfter ? .afterProduct : .beforeProduct
      goesBackwards = try outer.flag("go_backwards", default: false)
      isStateful = try outer.flag("stateful", default: false)
    }

    private static func attributes(of cell: Cell) -> Set<String> {
      let all: Set<String> = ["units", "go_backwards", "stateful"]
      return switch cell {
      case .lstm: all.union(["activation", "recurrent_activation", "use_bias"])
      case .gru: all.union(["activation", "recurrent_activation", "use_bias", "reset_after"])
      case .simpleRNN: all.union(["activation", "use_bias"])
      case .cuDNNLSTM, .cuDNNGRU: all
      }
    }
  }

  extension KerasSettings {
    /// Reads a layer of one direction, or a `Bidirectional` of two that are alike.
    static func read(
      _ node: KerasValue, layer: String, version: Int?, isBidirectional: Bool
    ) throws(KerasError) -> KerasSettings {
      guard (node["class_name"] == .text("Bidirectional")) == isBidirectional else {
        throw .badAttribute("class_name", layer: layer, reason: "\(node) has other weights than those of its class")
      }
      guard isBidirectional else {
        let settings = try KerasSettings(node, layer: layer, version: version)
        guard !settings.goesBackwards else {
          throw .unsupported(
            "go_backwards", layer: layer, reason: "a layer of one direction does not begin with the last step")
        }
        return settings
      }
      let wrapper = try KerasAttributes(of: node, layer: layer, version: version)
      try wrapper.requireNothing(beyond: ["layer", "backward_layer", "merge_mode"])
      let merge = wrapper.members["merge_mode"] ?? .text("concat")
      guard merge == .text("concat") else {
        throw .unsupported(
          "merge_mode", layer: layer, reason: "it is \(merge), not 'concat': the outputs stand side by side")
      }
      guard let forward = wrapper.members["layer"] else {
        throw .badAttribute("layer", layer: layer, reason: "there is none")
      }
      let settings = try KerasSettings(forward, layer: layer, version: version)
      guard !settings.goesBackwards else {
        throw .unsupported("go_backwards", layer: layer, reason: "the forward layer begins with the last step")
      }
      if let backward = wrapper.members["backward_layer"], backward != .null {
        var other = try KerasSettings(backward, layer: layer, version: version)
        guard other.goesBackwards else {
          throw .badAttribute("backward_layer", layer: layer, reason: "it does not go backwards")
        }
        other.goesBackwards = false
        guard other == settings else {
          throw .unsupported("backward_layer", layer: layer, reason: "it has other options than the forward one")
        }
      }
      return settings
    }
  }
#endif
