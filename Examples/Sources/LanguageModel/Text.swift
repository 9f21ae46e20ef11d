import ExampleKit
import Foundation
import RecurrentFormats

/// The characters that a model knows, each with a number: those of the text that it learns from.
struct Alphabet {
  let characters: [Character]
  private let numbers: [Character: Int]

  /// All characters of a text.
  init(of text: String) {
    characters = Set(text).sorted()
    numbers = Dictionary(uniqueKeysWithValues: zip(characters, 0...))
  }

  /// Reads the characters that were saved.
  init(_ file: TensorFile) throws(TensorFileError) {
    self.init(of: String(decoding: try file.bytes("alphabet"), as: UTF8.self))
  }

  /// Saves the characters, in UTF-8.
  func save(to file: inout TensorFile) { file.set("alphabet", bytes: Array(String(characters).utf8)) }

  /// The numbers of a text's characters; what is not in the alphabet is left out.
  func numbers(of text: String) -> [Int] { text.compactMap { numbers[$0] } }

  /// The text of some numbers.
  func text(of numbers: [Int]) -> String { String(numbers.map { characters[$0] }) }
}

/// A text, of which nine tenths are there to learn from and the last one to be judged by.
struct Corpus {
  let training: String
  let test: String

  /// Reads `input.txt` of a folder.
  init(folder: String) throws {
    let text = try TextFile(folder + "/input.txt").lines.joined(separator: "\n")
    let cut = text.index(text.startIndex, offsetBy: text.count * 9 / 10)
    (training, test) = (String(text[..<cut]), String(text[cut...]))
  }
}
