import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// Says of every character of a text which one comes next: vectors of characters, an LSTM, a score for each character.
struct CharacterModel: ComposedModel {
  var embedding: Embedding<Float>
  var lstm: LSTM<Float>
  var dense: Dense<Float>
  /// h and C after the window before, of every lane.
  private var state: LSTM<Float>.State

  static var parts: [ModelPart<CharacterModel, Float>] {
    [ModelPart("embedding", \.embedding), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
  }

  var carried: [Tensor<Float>] {
    get { state.components }
    set { state = LSTM.State(components: newValue) }
  }

  /// A model that knows nothing yet. The dropout between the LSTM's layers is that after the last one, too.
  init(characterCount: Int, _ configuration: LSTMConfiguration, laneCount: Int, seed: UInt64) {
    embedding = Embedding(count: characterCount, size: configuration.inputSize, seed: seed)
    lstm = LSTM(configuration, initialization: .haste, seed: seed &+ 1)
    dense = Dense(inputSize: configuration.hiddenSize, outputSize: characterCount, seed: seed &+ 2)
    state = lstm.zeroState(batchSize: laneCount)
  }

  /// Truncated backpropagation through time: a window goes on from the state after the one before it.
  mutating func lossAndGradients(
    _ batch: Batch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let (steps, lanes) = (batch.characters.shape[0], batch.characters.shape[1])
    if batch.isFirst { state = lstm.zeroState(batchSize: lanes) }
    var tape = Tape(for: lstm, steps: steps, batchSize: lanes)
    let output = lstm.forward(
      embedding(batch.characters), from: state, recording: &tape, masks: Masks(seed: generator.next()))
    state = output.final
    let dropout = DropoutMask<Float>(
      rate: lstm.configuration.regularization.dropout, shape: output.hidden.shape, using: &generator)
    let hidden = dropout(output.hidden)
    let loss = crossEntropy(dense(hidden), batch.next)

    var (lstmGradients, denseGradients) = (lstm.parameters.zeros(), dense.zeros())
    let hiddenGradient = dropout(dense.backward(loss.gradient, input: hidden, into: &denseGradients))
    let input = lstm.backward(OutputGradients(hidden: hiddenGradient), through: &tape, into: &lstmGradients).input
    let embeddingGradients = embedding.backward(input, indices: batch.characters)
    return (loss.value, ["embedding": embeddingGradients, "lstm": lstmGradients, "dense": denseGradients])
  }

  /// The mean loss on a text, in nats a character; it is read in lanes side by side, each from a state of zeros.
  func loss(on text: [Int], laneCount: Int) -> Double {
    let windows = StreamBatches(count: text.count, laneCount: laneCount, windowSize: 256).batches(ofEpoch: 0)
    var (state, sum, count) = (lstm.zeroState(batchSize: laneCount), 0.0, 0)
    for window in windows {
      let batch = Batch(window, of: text)
      let output = lstm(embedding(batch.characters), from: state)
      state = output.final
      let loss = crossEntropy(dense(output.hidden), batch.next)
      sum += loss.value * Double(loss.count)
      count += loss.count
    }
    return sum / Double(count)
  }
}

extension CharacterModel {
  /// Reads a model that was saved, and its alphabet. How many units it has follows from its weights.
  static func read(_ path: String) throws -> (CharacterModel, Alphabet) {
    let file = try TensorFile(contentsOf: path, example: "language-model")
    let (alphabet, lstm) = (try Alphabet(file), try LSTM<Float>(file, named: "model.lstm"))
    var model = CharacterModel(
      characterCount: alphabet.characters.count, lstm.configuration, laneCount: 1, seed: 0)
    try file.restore(prefix: "model", &model)
    return (model, alphabet)
  }
}

extension CharacterModel {
  /// A window of a text, and what comes after each of its characters: both [T, N].
  struct Batch {
    let characters: IndexTensor
    let next: IndexTensor
    /// Whether the lanes begin here.
    let isFirst: Bool

    init(_ window: StreamWindow, of text: [Int]) {
      characters = window.elements(of: text)
      next = window.elements(of: text, ahead: 1)
      isFirst = window.isFirst
    }
  }
}
