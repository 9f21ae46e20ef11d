/// The sizes and options of stacked layers of one cell.
public protocol LayerConfiguration: Hashable, Sendable {
  /// The name of the cell, for messages: "LSTM".
  static var cellName: String { get }
  /// I: features of one step of the input.
  var inputSize: Int { get set }
  /// H: units of a layer and direction.
  var hiddenSize: Int { get set }
  /// L: layers, each fed with the outputs of the one before it.
  var layerCount: Int { get set }
  /// Whether every layer also runs from the last step to the first.
  var isBidirectional: Bool { get set }
  /// What training leaves to chance.
  var regularization: Regularization { get set }
  /// The sizes, as the sequence level sees them.
  var shape: StackShape { get }
  /// What keeps options of this cell from going together, if anything does.
  var optionFlaw: String? { get }
}

extension LayerConfiguration {
  /// Nil: all options go together, unless a cell says so.
  public var optionFlaw: String? { nil }

  /// The features that a layer reads: I for the first one, the outputs of all directions for the others.
  public func inputSize(ofLayer layer: Int) -> Int { shape.inputSize(ofLayer: layer) }

  /// Traps unless every size can be worked with.
  func requireValid() {
    if let flaw { fatalError("\(Self.cellName): \(flaw)") }
  }

  /// What keeps these sizes and options from being worked with, if anything does: for who got them from outside.
  package var flaw: String? {
    // The upper limit keeps every product of two sizes within Int, and every size within OpenBLAS's 32 bits.
    let limit = 1 << 28
    let shape = shape
    let sizes = [
      ("an input size", shape.inputSize), ("a hidden size", shape.hiddenSize),
      ("a projection size", shape.outputSize), ("a layer count", shape.layerCount),
    ]
    for (name, size) in sizes where size <= 0 || size > limit {
      return "\(name) of \(size); it must be from 1 to \(limit)"
    }
    return regularization.flaw(hasCell: shape.hasCell) ?? optionFlaw
  }
}
