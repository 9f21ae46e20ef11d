/// The own name of a tensor of PyTorch's recurrent layers and cells: `weight_ih_l0_reverse`, `bias_hh`.
struct StateDictName: Hashable {
  /// The tensors that a layer and direction may have.
  enum Part: String, CaseIterable {
    /// [G·H, I].
    case inputWeights = "weight_ih"
    /// [G·H, R].
    case recurrentWeights = "weight_hh"
    /// [G·H].
    case inputBias = "bias_ih"
    /// [G·H].
    case recurrentBias = "bias_hh"
    /// [P, H].
    case projection = "weight_hr"
  }

  /// More layers than any model has.
  private static let layerLimit = 1 << 28

  let part: Part
  /// The layer; nil in a cell, which is one step of one layer.
  let layer: Int?
  let isReverse: Bool

  init(part: Part, layer: Int?, isReverse: Bool) {
    self.part = part
    self.layer = layer
    self.isReverse = isReverse
  }

  /// Takes a name apart; nil where it is none of these.
  init?(_ name: String) {
    guard let part = Part.allCases.first(where: { name.hasPrefix($0.rawValue) }) else { return nil }
    var rest = name.dropFirst(part.rawValue.count)
    if rest.isEmpty {
      self.init(part: part, layer: nil, isReverse: false)
      return
    }
    let isReverse = rest.hasSuffix("_reverse")
    if isReverse { rest = rest.dropLast("_reverse".count) }
    guard rest.hasPrefix("_l"), let layer = Int(rest.dropFirst(2)), rest == "_l\(layer)" else { return nil }
    guard (0..<Self.layerLimit).contains(layer) else { return nil }
    self.init(part: part, layer: layer, isReverse: isReverse)
  }

  /// The name.
  var text: String { part.rawValue + (layer.map { "_l\($0)" } ?? "") + (isReverse ? "_reverse" : "") }

  /// What stands before the last dot of a name, and what behind it.
  static func split(_ name: String) -> (prefix: String, own: String) {
    guard let dot = name.lastIndex(of: ".") else { return ("", name) }
    return (String(name[..<dot]), String(name[name.index(after: dot)...]))
  }

  /// The name of a tensor of a layer, with its own.
  static func joined(_ layer: String, _ own: String) -> String { layer.isEmpty ? own : "\(layer).\(own)" }
}
