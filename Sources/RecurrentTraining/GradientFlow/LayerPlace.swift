public import Recurrent

/// Which layer of a stack, and in which direction.
public struct LayerPlace: Hashable, Sendable, CustomStringConvertible {
  /// From 0 to L − 1.
  public let layer: Int
  /// One that the layer has.
  public let direction: Direction

  /// A place in a stack.
  public init(layer: Int = 0, direction: Direction = .forward) {
    self.layer = layer
    self.direction = direction
  }

  /// "layer 0", "layer 1 in reverse".
  public var description: String { direction == .forward ? "layer \(layer)" : "layer \(layer) in reverse" }
}

extension StackShape {
  /// Every layer and direction: layer by layer, and in each layer the forward direction first.
  var places: [LayerPlace] {
    (0..<layerCount).flatMap { layer in
      Direction.allCases.prefix(directionCount).map { LayerPlace(layer: layer, direction: $0) }
    }
  }

  /// The row of a layer and direction in every state.
  func row(_ place: LayerPlace) -> Int { place.layer * directionCount + place.direction.rawValue }
}
