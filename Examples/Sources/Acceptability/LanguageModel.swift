import ExampleKit
import Recurrent
import RecurrentTraining
import WordReader

/// How likely is a word after those before it? Words are read by vector and spelling, and the next one is guessed as the
/// vector and spelling that it should have: so that of a word that it has never seen it knows whether it is a plural.
struct LanguageModel: ComposedModel {
  private var reader: WordReader
  private var lstm: LSTM<Float>
  private var dense: Dense<Float>

  static var parts: [ModelPart<LanguageModel, Float>] {
    [ModelPart("reader", \.reader), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense)]
  }

  init(_ lexicon: Lexicon, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    reader = WordReader(lexicon, deviation: 0.1, seed: seeds.next())
    lstm = LSTM(inputSize: reader.outputSize, hiddenSize: 256, seed: seeds.next())
    dense = Dense(inputSize: 256, outputSize: reader.outputSize, seed: seeds.next())
  }

  /// Sentences between their edges, and the words that are to choose among: theirs, and some others.
  struct Batch {
    let words: SpelledWords
    /// The place of the word after each, [T, N].
    let next: IndexTensor
    /// The steps of each sentence, without the one at its end.
    let lengths: [Int]

    init(_ sentences: [[String]], others: [String], _ lexicon: Lexicon) {
      words = SpelledWords(sentences.map { [Self.edge] + $0 + [Self.edge] }, others: others, lexicon)
      let count = sentences.count
      let places = words.places.elements
      next = IndexTensor(
        shape: words.places.shape,
        elements: Array(places.dropFirst(count)) + [Int](repeating: IndexTensor.none, count: min(count, places.count)))
      lengths = sentences.map { $0.count + 1 }
    }

    /// What stands before the first word and after the last.
    static let edge = "<s>"
  }

  func lossAndGradients(
    _ batch: Batch, using generator: inout SeededGenerator
  ) -> (loss: Double, gradients: CompositeGradients<Float>) {
    let words = batch.words
    var spelling = reader.tape(for: words)
    let table = reader.forward(words, recording: &spelling)
    let read = table(batch.words.places)
    let inputDropout = DropoutMask<Float>(rate: 0.3, shape: read.shape, using: &generator)
    var tape = Tape(for: lstm, steps: read.shape[0], batchSize: read.shape[1])
    let hidden = lstm.forward(inputDropout(read), lengths: batch.lengths, recording: &tape).hidden
    let outputDropout = DropoutMask<Float>(
      rate: 0.3, shape: hidden.shape, using: &generator)
    let features = outputDropout(hidden)
    let guess = dense(features)
    let choice = Dense(weights: table.weights.transposed, bias: Tensor(shape: [table.count]))
    let loss = crossEntropy(choice(guess), batch.next)

    var (choiceGradients, denseGradients, lstmGradients) = (choice.zeros(), dense.zeros(), lstm.parameters.zeros())
    let guessGradient = choice.backward(loss.gradient, input: guess, into: &choiceGradients)
    let slopes = outputDropout(dense.backward(guessGradient, input: features, into: &denseGradients))
    let back = lstm.backward(OutputGradients(hidden: slopes), through: &tape, into: &lstmGradients)
    // What is read, and what is chosen among, is the same table.
    let readGradient = table.backward(inputDropout(back.input), indices: batch.words.places).dense(count: table.count)
    let tableGradient = readGradient.weights + choiceGradients.weights.transposed
    let readerGradients = reader.backward(tableGradient, words, through: &spelling)
    return (loss.value, ["reader": readerGradients, "lstm": lstmGradients, "dense": denseGradients])
  }

  /// The logarithm of the probability of each sentence, where every word is one of the batch's, and these have the
  /// logarithms of their frequencies in `bias`.
  func logProbabilities(_ batch: Batch, bias: Tensor<Float>) -> [Double] {
    let table = reader(batch.words)
    let hidden = lstm(table(batch.words.places), lengths: batch.lengths).hidden
    let logits = Dense(weights: table.weights.transposed, bias: bias)(dense(hidden))
    let (steps, count) = (batch.next.shape[0], batch.next.shape[1])
    return (0..<count).map { sentence in
      (0..<steps).reduce(0) { sum, step in
        let place = step * count + sentence
        guard batch.next.elements[place] != IndexTensor.none else { return sum }
        let row = Tensor(
          shape: [1, table.count], elements: Array(logits.elements[place * table.count..<(place + 1) * table.count]))
        return sum - crossEntropy(row, IndexTensor([batch.next.elements[place]])).value
      }
    }
  }
}

extension Tensor<Float> {
  /// Of a matrix, rows for columns.
  fileprivate var transposed: Tensor {
    let (rows, columns) = (shape[0], shape[1])
    var result = Tensor(shape: [columns, rows])
    var numbers = result.mutableSpan
    for row in 0..<rows { for column in 0..<columns { numbers[column * rows + row] = span[row * columns + column] } }
    return result
  }
}
