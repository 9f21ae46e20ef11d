import Recurrent
import RecurrentTraining

/// At each place of some sentences, the forms that the next word could have had there: which of them it is depends on
/// number, person and gender of what stands before it, and on little else.
///
/// A word that is chosen among all others learns little of that, because its own forms are seldom what it is mistaken for.
/// So they are a choice of their own, too, and it counts more; among all words the loss is some twenty times as large.
struct WordForms {
  /// Which of the T·N places have a choice.
  private var places: [Int] = []
  /// Of each of them the right word and its other forms, columns of the logits.
  private var forms: [[Int]] = []

  /// - Parameters:
  ///   - next: which of the words `different` stands next, [T, N].
  init(_ next: IndexTensor, _ different: [String]) {
    let columns = Dictionary(uniqueKeysWithValues: zip(different, 0...))
    for (place, word) in next.elements.enumerated() where word != IndexTensor.none {
      let others = Self.others(of: different[word]).compactMap { columns[$0] }
      guard !others.isEmpty else { continue }
      places.append(place)
      forms.append([word] + others)
    }
  }

  /// How much a choice among forms counts beside one among all words.
  private static let weight: Float = 10

  /// The loss of choosing among the forms alone, by logits for all words, [T, N, U], and its gradient.
  func loss(_ logits: Tensor<Float>) -> (value: Double, gradient: Tensor<Float>) {
    let width = forms.map(\.count).max() ?? 0
    let columns = logits.shape[2]
    let choices = zip(places, forms).flatMap { place, forms in
      forms.map { logits.elements[place * columns + $0] } + [Float](repeating: -.infinity, count: width - forms.count)
    }
    let loss = crossEntropy(
      Tensor(shape: [places.count, width], elements: choices), IndexTensor(places.map { _ in 0 }))
    var gradient = Tensor<Float>(shape: logits.shape)
    var slopes = gradient.mutableSpan
    for (row, (place, forms)) in zip(places, forms).enumerated() {
      for (column, form) in forms.enumerated() {
        slopes[place * columns + form] = Self.weight * loss.gradient[row, column]
      }
    }
    return (Double(Self.weight) * loss.value, gradient)
  }

  /// The other forms of a word: of a pronoun or an auxiliary verb the others of its kind, of any other the one with an
  /// ending s more or less, which need not be a word.
  static func others(of word: String) -> [String] {
    if let kind = kind(of: word) { return kind.filter { $0 != word } }
    guard word.count > 2, word.allSatisfy(\.isLetter) else { return [] }
    return [withoutEnding(word) ?? withEnding(word)]
  }

  /// What a word has in common with its other forms, and with what is made of them: its kind, or its first letters.
  static func family(of word: String) -> String {
    if let kind = kind(of: word) { return kind[0] }
    if word.count > 5 { return String(word.prefix(5)) }
    return word.count > 3 && word.hasSuffix("s") ? String(word.dropLast()) : word
  }

  private static func kind(of word: String) -> [String]? { kinds.first { $0.contains(word) } }

  private static func withEnding(_ word: String) -> String {
    if hisses.contains(where: word.hasSuffix) { return word + "es" }
    let stem = word.dropLast()
    return word.hasSuffix("y") && !"aeou".contains(stem.last ?? "a") ? stem + "ies" : word + "s"
  }

  /// Nil where there is none.
  private static func withoutEnding(_ word: String) -> String? {
    guard word.hasSuffix("s"), !word.hasSuffix("ss") else { return nil }
    if word.hasSuffix("ies"), word.count > 4 { return word.dropLast(3) + "y" }
    let stem = word.dropLast(2)
    return word.hasSuffix("es") && hisses.contains(where: stem.hasSuffix) ? String(stem) : String(word.dropLast())
  }

  private static let hisses = ["s", "x", "z", "ch", "sh"]
  private static let kinds = [
    ["he", "she", "it", "they"], ["him", "her", "them"], ["his", "its", "their"],
    ["myself", "himself", "herself", "itself", "ourselves", "themselves"],
    ["is", "are"], ["was", "were"], ["has", "have"], ["does", "do"],
  ]
}
