import Recurrent
import RecurrentFormats
import Testing

@Suite("Tensor files: sets of parameters")
struct TensorFileParameterTests {
  /// A matrix and a bias, as a set of parameters.
  static func weights<Scalar>(_ bias: [Scalar]) -> RNNWeights<Scalar> {
    RNNWeights(
      matrix: Tensor(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6]), bias: Tensor(shape: [bias.count], elements: bias))
  }

  @Test("parameters are restored whole or not at all")
  func restore() throws {
    let numbers: RNNWeights<Float> = Self.weights([7, 8, 9, 10])
    var file = TensorFile()
    file.set(prefix: "model", numbers)
    var restored = numbers.zeros()
    try file.restore(prefix: "model", &restored)
    #expect(restored == numbers)

    var other: RNNWeights<Float> = Self.weights([0, 0, 0, 0, 0])
    let before = other
    #expect(throws: TensorFileError.wrongShape("model.bias", found: [4], wanted: [5])) {
      try file.restore(prefix: "model", &other)
    }
    #expect(other == before)
    #expect(throws: TensorFileError.missingTensor("layer.matrix")) { try file.restore(prefix: "layer", &other) }
    var wide: RNNWeights<Double> = Self.weights([0, 0, 0, 0])
    #expect(throws: TensorFileError.wrongKind("model.matrix", found: .float, wanted: .double)) {
      try file.restore(prefix: "model", &wide)
    }
    file.set("model.more", Tensor<Float>(shape: [1]))
    #expect(throws: TensorFileError.unexpectedTensor("model.more")) { try file.restore(prefix: "model", &restored) }
  }
}
