import Foundation
import Recurrent
import RecurrentONNX

/// A model with inputs and outputs of ONNX Runtime, as `Tests/Goldens/make_onnx_goldens.py` wrote them.
struct Golden {
  let bytes: [UInt8]
  let inputs: [String: ONNXValue<Double>]
  let outputs: [String: Tensor<Double>]

  init(named name: String) throws {
    bytes = [UInt8](try Data(contentsOf: Self.url(name, "onnx")))
    let text = try JSONDecoder().decode(Text.self, from: Data(contentsOf: Self.url(name, "json")))
    inputs = text.numbers.mapValues { .numbers($0.tensor) }.merging(
      text.integers.mapValues { .integers(ONNXIntegers(shape: $0.shape, elements: $0.elements.map { Int($0) })) }
    ) { first, _ in first }
    outputs = text.outputs.mapValues(\.tensor)
  }

  /// The names of all cases.
  static let names: [String] = {
    let folder = (Bundle.module.resourcePath ?? "") + "/Goldens"
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func url(_ name: String, _ kind: String) throws -> URL {
    let url = Bundle.module.url(forResource: name, withExtension: kind, subdirectory: "Goldens")
    guard let url else { throw CocoaError(.fileNoSuchFile) }
    return url
  }

  private struct Text: Decodable {
    let numbers, integers, outputs: [String: TextTensor]
  }
}

/// A tensor in a JSON file.
struct TextTensor: Decodable {
  let shape: [Int]
  let elements: [Double]

  var tensor: Tensor<Double> { Tensor(shape: shape, elements: elements) }
}
