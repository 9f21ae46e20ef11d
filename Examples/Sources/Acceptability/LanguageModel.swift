import ExampleKit
import Recurrent
import RecurrentTraining
import WordReader

/// How likely is a word after those before it? Words are read by vector and spelling, and the next one is guessed as the
/// vector and spelling that it should have: so that of a word that it has never seen it knows whether it is a plural.
///
/// The guess is made from what the LSTM knows and from the word before, too: "these" says much without any memory.
struct LanguageModel: WordModel {
  /// What files that hold one say they are of.
  static let name = "acceptability language-model"

  private(set) var reader: WordReader
  private(set) var lstm: LSTM<Float>
  private(set) var dense: Dense<Float>
  private static let hiddenSize = 256

  static var parts: [ModelPart<LanguageModel, Float>] {
    [ModelPart("reader", \.reader), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
  }

  init(_ lexicon: Lexicon, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    reader = WordReader(lexicon, deviation: 0.3, seed: seeds.next())
    lstm = LSTM(inputSize: reader.outputSize, hiddenSize: Self.hiddenSize, seed: seeds.next())
    dense = Dense(inputSize: Self.hiddenSize + reader.outputSize, outputSize: reader.outputSize, seed: seeds.next())
  }

  /// Sentences between their edges, and the words that are to choose among: theirs, and some others.
  struct Batch {
    let words: SpelledWords
    /// The place of the word after each, [T, N].
    let next: IndexTensor
    /// The other forms that it could have had.
    let forms: WordForms
    /// The steps of each sentence, without the one at its end.
    let lengths: [Int]

    init(_ sentences: [[String]], others: [String], _ lexicon: Lexicon) {
      words = SpelledWords(sentences.map { [Self.edge] + $0 + [Self.edge] }, others: others, lexicon)
      let count = sentences.count
      let places = words.places.elements
      next = IndexTensor(
        shape: words.places.shape,
        elements: Array(places.dropFirst(count)) + [Int](repeating: IndexTensor.none, count: min(count, places.count)))
      forms = WordForms(next, words.different)
      lengths = sentences.map { $0.count + 1 }
    }

    /// What stands before the first word and after the last.
    static let edge = "<s>"
  }

  func lossAndGradients(
    _ batch: Batch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let words = batch.words.forgetting(0.1, using: &generator)
    var spelling = reader.tape(for: words)
    let table = reader.forward(words, recording: &spelling)
    let read = table(batch.words.places)
    let inputDropout = DropoutMask<Float>(rate: 0.3, shape: read.shape, using: &generator)
    var tape = Tape(for: lstm, steps: read.shape[0], batchSize: read.shape[1])
    let seen = inputDropout(read)
    let hidden = lstm.forward(seen, lengths: batch.lengths, recording: &tape).hidden
    let outputDropout = DropoutMask<Float>(rate: 0.3, shape: hidden.shape, using: &generator)
    let features = Tensor(concatenating: [outputDropout(hidden), seen])
    let guess = dense(features)
    let choice = Dense(weights: table.weights.transposed, bias: Tensor(shape: [table.count]))
    let logits = choice(guess)
    let loss = crossEntropy(logits, batch.next)
    let formLoss = batch.forms.loss(logits)

    var (choiceGradients, denseGradients, lstmGradients) = (choice.zeros(), dense.zeros(), lstm.parameters.zeros())
    let guessGradient = choice.backward(loss.gradient + formLoss.gradient, input: guess, into: &choiceGradients)
    let slopes = dense.backward(guessGradient, input: features, into: &denseGradients)
      .split(into: [Self.hiddenSize, reader.outputSize])
    let back = lstm.backward(OutputGradients(hidden: outputDropout(slopes[0])), through: &tape, into: &lstmGradients)
    // What is read, and what is chosen among, is the same table.
    let readGradient = table.backward(inputDropout(back.input + slopes[1]), indices: batch.words.places)
      .dense(count: table.count)
    let tableGradient = readGradient.weights + choiceGradients.weights.transposed
    let readerGradients = reader.backward(tableGradient, words, through: &spelling)
    return (loss.value + formLoss.value, ["reader": readerGradients, "lstm": lstmGradients, "dense": denseGradients])
  }
}

extension Tensor<Float> {
  /// Of a matrix, rows for columns.
  var transposed: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    var result = Tensor(shape: [columns, rows])
    var numbers = result.mutableSpan
    for row in 0..<rows { for column in 0..<columns { numbers[column * rows + row] = span[row * columns + column] } }
    return result
  }
}
