import ExampleKit
import Recurrent
import RecurrentTraining
import WordReader

/// How likely is a word after those before it? Words are read by vector and spelling, and the next one is guessed as the
/// vector and spelling that it should have: so that of a word that it has never seen it knows whether it is a plural.
///
/// The guess is made from what the LSTM knows and from the word before, too: "these" says much without any memory. What
/// part of speech each word was is asked as well, where that is known: whether "that" was the one before a noun or the one
/// before a clause is what the number of the next word hangs on.
struct LanguageModel: AskableModel {
  /// What files that hold one say they are of.
  static let name = "acceptability language-model"

  private(set) var reader: WordReader
  private(set) var lstm: LSTM<Float>
  private(set) var dense: Dense<Float>
  private var tagger: Dense<Float>
  private static let hiddenSize = 256

  static var parts: [ModelPart<LanguageModel, Float>] {
    [
      ModelPart("reader", \.reader), ModelPart("lstm", \.lstm), ModelPart("dense", \.dense),
      ModelPart("tagger", \.tagger),
    ]
  }

  init(_ lexicon: Lexicon, seed: UInt64) {
    var seeds = SeededGenerator(seed: seed)
    reader = WordReader(lexicon, deviation: 0.3, seed: seeds.next())
    lstm = LSTM(inputSize: reader.outputSize, hiddenSize: Self.hiddenSize, seed: seeds.next())
    dense = Dense(inputSize: Self.hiddenSize + reader.outputSize, outputSize: reader.outputSize, seed: seeds.next())
    tagger = Dense(inputSize: Self.hiddenSize, outputSize: Treebank.tagNames.count, seed: seeds.next())
  }

  /// Sentences between their edges, and the words that are to choose among: theirs, and some others.
  struct Batch {
    let words: SpelledWords
    /// The place of the word after each, [T, N].
    let next: IndexTensor
    /// The other forms that it could have had.
    let forms: WordForms
    /// The part of speech of each word, [T, N], where it is known.
    let tags: IndexTensor
    /// The steps of each sentence, without the one at its end.
    let lengths: [Int]

    init(_ sentences: [Treebank.Sentence], others: [String], _ lexicon: Lexicon) {
      words = SpelledWords(sentences.map { [Self.edge] + $0.words + [Self.edge] }, others: others, lexicon)
      let count = sentences.count
      let places = words.places.elements
      next = IndexTensor(
        shape: words.places.shape,
        elements: Array(places.dropFirst(count)) + [Int](repeating: IndexTensor.none, count: min(count, places.count)))
      forms = WordForms(next, words.different)
      lengths = sentences.map { $0.words.count + 1 }
      tags = IndexTensor(
        padding: sentences.map { sentence in
          let unknown = sentence.words.map { _ in IndexTensor.none }
          return [IndexTensor.none] + (sentence.tags.isEmpty ? unknown : sentence.tags) + [IndexTensor.none]
        })
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
    let known = outputDropout(hidden)
    let features = Tensor(concatenating: [known, seen])
    let guess = dense(features)
    let choice = Dense(weights: table.weights.transposed, bias: Tensor(shape: [table.count]))
    let logits = choice(guess)
    let loss = crossEntropy(logits, batch.next)
    let formLoss = batch.forms.loss(logits)
    let tagLoss = crossEntropy(tagger(known), batch.tags)

    var (choiceGradients, denseGradients, taggerGradients) = (choice.zeros(), dense.zeros(), tagger.zeros())
    var lstmGradients = lstm.parameters.zeros()
    let guessGradient = choice.backward(loss.gradient + formLoss.gradient, input: guess, into: &choiceGradients)
    let slopes = dense.backward(guessGradient, input: features, into: &denseGradients)
      .split(into: [Self.hiddenSize, reader.outputSize])
    let knownGradient = slopes[0] + tagger.backward(tagLoss.gradient, input: known, into: &taggerGradients)
    let back = lstm.backward(
      OutputGradients(hidden: outputDropout(knownGradient)), through: &tape, into: &lstmGradients)
    // What is read, and what is chosen among, is the same table.
    let readGradient = table.backward(inputDropout(back.input + slopes[1]), indices: batch.words.places)
      .dense(count: table.count)
    let tableGradient = readGradient.weights + choiceGradients.weights.transposed
    let readerGradients = reader.backward(tableGradient, words, through: &spelling)
    return (
      loss.value + formLoss.value + tagLoss.value,
      ["reader": readerGradients, "lstm": lstmGradients, "dense": denseGradients, "tagger": taggerGradients]
    )
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
