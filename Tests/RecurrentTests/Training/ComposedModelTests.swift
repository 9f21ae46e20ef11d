import Recurrent
import RecurrentFormats
import RecurrentTraining
import Testing

@Suite("Training: models of parts")
struct ComposedModelTests {
  /// Says of a sequence of words which class it is.
  struct Reader: ComposedModel, Equatable {
    var embedding = Embedding<Float>(count: 6, size: 3, seed: 1)
    var gru = GRU<Float>(inputSize: 3, hiddenSize: 4, seed: 2)
    var dense = Dense<Float>(inputSize: 4, outputSize: 2, seed: 3)

    static var parts: [ModelPart<Reader, Float>] {
      [ModelPart("embedding", \.embedding), ModelPart("gru", \.gru), ModelPart("dense", \.dense)]
    }

    static func == (a: Reader, b: Reader) -> Bool {
      a.embedding == b.embedding && a.gru.parameters == b.gru.parameters && a.dense == b.dense
    }

    func lossAndGradients(
      _ words: IndexTensor, using generator: inout SeededGenerator
    ) -> (loss: Double, gradients: CompositeGradients<Float>) {
      let batch = words.shape[1]
      var tape = Tape(for: gru, steps: words.shape[0], batchSize: batch)
      let final = gru.finalHidden(gru.forward(embedding(words), recording: &tape).final)
      let labels = IndexTensor((0..<batch).map { words.elements[$0] % 2 })
      let loss = crossEntropy(dense(final), labels)
      var (denseGradients, gruGradients) = (dense.zeros(), gru.parameters.zeros())
      let slopes = dense.backward(loss.gradient, input: final, into: &denseGradients)
      let back = gru.backward(gru.outputGradients(finalHidden: slopes), through: &tape, into: &gruGradients)
      return (
        loss.value,
        [
          "embedding": embedding.backward(back.input, indices: words), "gru": gruGradients, "dense": denseGradients,
        ]
      )
    }
  }

  private static func words(_ sequences: [Int]) -> IndexTensor {
    var generator = SeededGenerator(seed: 7)
    let drawn = (0..<40 * 5).map { _ in Int(generator.uniform(0, 6)) }
    return IndexTensor(padding: sequences.map { Array(drawn[$0 * 5..<($0 + 1) * 5]) })
  }

  private static func trainer(epochs: Int, folder: String? = nil) -> Trainer<Reader, Adam<Float>, LengthBatches> {
    Trainer(
      Reader(), optimizer: Adam(learningRate: 0.02),
      batches: LengthBatches(lengths: [Int](repeating: 5, count: 40), batchSize: 8, seed: 2),
      options: TrainingOptions(epochs: epochs, checkpoints: folder.map { .init(folder: $0) }, progress: .none))
  }

  @Test("the parts' tensors, by name and in order; gradients have the same names, and only the rows that there are")
  func names() {
    var generator = SeededGenerator(seed: 1)
    let model = Reader()
    let gradients = model.lossAndGradients(IndexTensor(shape: [2, 1], elements: [4, 1]), using: &generator).gradients
    func names(of set: some ParameterSet<Float>) -> [String] {
      var names: [String] = []
      set.forEach { name, _ in names.append(name) }
      return names
    }
    let wanted = [
      "embedding.weights", "gru.matrix_l0", "gru.bias_l0", "gru.recurrentBias_l0", "dense.weights", "dense.bias",
    ]
    #expect(names(of: model) == names(of: gradients))
    #expect(Set(names(of: model)).isSuperset(of: wanted.filter { !$0.contains("recurrentBias") }))
    var rows: [String: [Int]] = [:]
    gradients.forEachRows { rows[$0] = $1 }
    #expect(rows == ["embedding.weights": [1, 4]])
    #expect(model.layers == ["gru": .gru(model.gru.configuration)])
  }

  @Test("clipping reaches every part")
  func clipping() {
    var generator = SeededGenerator(seed: 1)
    var gradients = Reader().lossAndGradients(Self.words([0, 1, 2]), using: &generator).gradients
    let norm = gradients.norm()
    gradients.clip(toNorm: norm / 10)
    // Each number is rounded to Float once more: relative errors of 2⁻²⁴ each, so below that in the norm.
    #expect(abs(gradients.norm() / (norm / 10) - 1) < 1e-7)
  }

  @Test("it learns, and is read again from what was saved, whole or layer by layer")
  func trainsAndSaves() throws {
    var trainer = Self.trainer(epochs: 30)
    var generator = SeededGenerator(seed: 1)
    let everything = Self.words(Array(0..<40))
    let before = trainer.model.lossAndGradients(everything, using: &generator).loss
    try trainer.run(batch: Self.words)
    let after = trainer.model.lossAndGradients(everything, using: &generator).loss
    #expect(after < before / 4)
    var file = TensorFile()
    file.set(model: trainer.model)
    var read = Reader(gru: GRU(inputSize: 3, hiddenSize: 4, seed: 9))
    try file.restore(prefix: "model", &read)
    #expect(read == trainer.model)
    #expect(try GRU<Float>(file, named: "model.gru").parameters == trainer.model.gru.parameters)
  }

  @Test("the best model is that of the epoch with the lowest validation loss, after a stop and a resume, too")
  func best() throws {
    // Better until the third epoch, then worse.
    let losses = [3.0, 2, 1, 4, 5]
    var models: [Reader] = []
    var whole = Self.trainer(epochs: 5)
    #expect(whole.best == whole.model)
    try whole.run(batch: Self.words) { model in
      models.append(model)
      return losses[models.count - 1]
    }
    #expect(whole.best == models[2] && whole.model == models[4])
    try withFolder { folder in
      var epoch = 0
      func validate(_ model: Reader) -> Double {
        epoch += 1
        return losses[epoch - 1]
      }
      var first = Self.trainer(epochs: 4, folder: folder)
      try first.run(batch: Self.words, validatingBy: validate)
      var second = Self.trainer(epochs: 5, folder: folder)
      #expect(try second.resume())
      try second.run(batch: Self.words, validatingBy: validate)
      #expect(second.best == models[2] && second.model == models[4])
    }
  }
}
