import Recurrent
import RecurrentFormats
import RecurrentTraining
import Testing

@Suite("Training: parts of parts")
struct NestedPartsTests {
  /// Two layers that belong together.
  struct Pair: ComposedParameters {
    typealias Scalar = Double

    var lstm = LSTM<Double>(inputSize: 2, hiddenSize: 3, seed: 1)
    var dense = Dense<Double>(inputSize: 3, outputSize: 2, seed: 2)

    static var parts: [ModelPart<Pair, Double>] { [ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)] }
  }

  struct Model: ComposedModel {
    var first = Pair()
    var second = Pair()

    static var parts: [ModelPart<Model, Double>] { [ModelPart("first", \.first), ModelPart("second", \.second)] }

    /// Half the sum of the squares of all parameters, whose gradient they are themselves.
    func lossAndGradients(
      _ batch: Int, using generator: inout SeededGenerator
    ) -> (loss: Double, gradients: CompositeGradients<Double>) {
      func gradients(_ pair: Pair) -> CompositeGradients<Double> {
        ["lstm": pair.lstm.parameters, "dense": pair.dense]
      }
      return (norm() * norm() / 2, ["first": gradients(first), "second": gradients(second)])
    }
  }

  @Test("layers are found, and read, by the names of all parts that they are in")
  func layers() throws {
    var model = Model()
    model.second.lstm = LSTM(inputSize: 2, hiddenSize: 3, seed: 5)
    #expect(Set(model.layers.keys) == ["first.lstm", "second.lstm"])
    var file = TensorFile()
    file.set(model: model)
    #expect(file.layerNames.sorted() == ["model.first.lstm", "model.second.lstm"])
    #expect(try LSTM<Double>(file, named: "model.second.lstm").parameters == model.second.lstm.parameters)
  }

  /// Two parts of one name: a file would hold but one of them.
  struct Twins: ComposedParameters {
    typealias Scalar = Double

    var first = Dense<Double>(inputSize: 3, outputSize: 2, seed: 1)
    var second = Dense<Double>(inputSize: 3, outputSize: 2, seed: 2)

    static var parts: [ModelPart<Twins, Double>] { [ModelPart("dense", \.first), ModelPart("dense", \.second)] }
  }

  @Test("two parts of one name are refused")
  func twins() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var file = TensorFile()
      file.set(prefix: "model", Twins())
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("Twins: two parts named 'dense'"), "\(text)")
  }

  @Test("a step reaches every tensor of every part")
  func step() {
    var model = Model()
    var generator = SeededGenerator(seed: 1)
    let (before, gradients) = model.lossAndGradients(0, using: &generator)
    #expect(gradients.norm() == model.norm())
    var sgd = SGD<Double>(learningRate: 0.5)
    sgd.update(&model, with: gradients)
    // θ − θ/2 is exact, and so is the quarter of a sum of squares.
    #expect(model.lossAndGradients(0, using: &generator).loss == before / 4)
  }
}
