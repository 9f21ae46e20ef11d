#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif
internal import Recurrent

/// A layer's configuration as the metadata of a file hold it: JSON under the name `recurrent.layer:` and the layer's.
///
///     {"cell":"GRU","inputSize":80,"hiddenSize":256,"layerCount":2,"isBidirectional":false,"reset":"afterProduct",
///      "activations":{"candidate":{"name":"tanh"},"gate":{"name":"sigmoid"}},"regularization":{},"version":1}
///
/// Read strictly: an option that this version does not know might change what the layer computes.
struct LayerRecord {
  let configuration: CellConfiguration

  private static let prefix = "recurrent.layer:"

  /// The name of a layer's record.
  static func key(_ layer: String) -> String { prefix + layer }

  /// The layer that a record is of; nil where the metadata are something else.
  static func layerName(_ key: String) -> String? {
    key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
  }

  init(_ configuration: CellConfiguration) { self.configuration = configuration }

  /// Reads a record of the layer `name`.
  init(parsing text: String, _ name: String) throws(TensorFileError) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      configuration = try decoder.decode(RecordFields.self, from: Data(text.utf8)).configuration()
    } catch let flaw as RecordFlaw {
      throw .badLayer(name, reason: flaw.reason)
    } catch {
      throw .badLayer(name, reason: "its record is not JSON of the form that is wanted: \(error)")
    }
  }

  /// The text of the record.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try String(decoding: encoder.encode(RecordFields(configuration)), as: UTF8.self)
    } catch {
      fatalError("LayerRecord: \(error)")  // names, numbers and truth values, all of which JSON has
    }
  }

  /// The layer, whose tensors must be in the file with the shapes that the configuration gives them.
  func layer(in file: TensorFile, _ name: String) throws(TensorFileError) -> LayerDescription {
    if let flaw = configuration.common.flaw { throw .badLayer(name, reason: flaw) }
    let common = configuration.common
    var tensors: [(name: String, shape: [Int])] = []
    for layer in 0..<common.layerCount {
      for direction in Direction.allCases.prefix(common.shape.directionCount) {
        let suffix = "_l\(layer)" + (direction == .reverse ? "_reverse" : "")
        for (own, shape) in shapes(layer) {
          let tensor = StateDictName.joined(name, own + suffix)
          guard file.description(of: tensor) != nil else { throw .missingTensor(tensor) }
          tensors.append((tensor, shape))
        }
      }
    }
    let wanted = Set(tensors.map(\.name))
    if let other = file.members(ofLayer: name).first(where: { !wanted.contains($0) }) { throw .unexpectedTensor(other) }
    return try LayerDescription(
      file, name: name, format: .recurrent, configuration: configuration, tensors: tensors)
  }

  private func shapes(_ layer: Int) -> [(name: String, shape: [Int])] {
    switch configuration {
    case .lstm(let configuration): LSTMWeights<Float>.shapes(configuration, layer: layer)
    case .gru(let configuration): GRUWeights<Float>.shapes(configuration, layer: layer)
    case .rnn(let configuration): RNNWeights<Float>.shapes(configuration, layer: layer)
    }
  }
}

/// What is wrong with a record that is JSON.
struct RecordFlaw: Error {
  let reason: String
}
