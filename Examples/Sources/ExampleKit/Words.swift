/// The words of a sentence as treebanks cut them: punctuation alone, "don't" as "do" and "n't", "it's" as "it" and "'s".
package func words(of sentence: String) -> [String] {
  var words: [String] = []
  var word = ""
  func endWord() {
    guard !word.isEmpty else { return }
    let (stem, ending) = clitic(of: word)
    if !stem.isEmpty { words.append(stem) }
    if !ending.isEmpty { words.append(ending) }
    word = ""
  }
  let characters = Array(sentence)
  for (index, character) in characters.enumerated() {
    let isInside = !word.isEmpty && index + 1 < characters.count && isWordlike(characters[index + 1])
    if isWordlike(character) || isInside && (character == "'" || character == "’" || character == ".") {
      word.append(character == "’" ? "'" : character)
      continue
    }
    endWord()
    if !character.isWhitespace { words.append(String(character)) }
  }
  endWord()
  return words
}

private func isWordlike(_ character: Character) -> Bool { character.isLetter || character.isNumber }

private func clitic(of word: String) -> (stem: String, ending: String) {
  for ending in ["n't", "'s", "'re", "'ve", "'ll", "'d", "'m"] where word.lowercased().hasSuffix(ending) {
    return (String(word.dropLast(ending.count)), String(word.suffix(ending.count)))
  }
  return (word, "")
}
