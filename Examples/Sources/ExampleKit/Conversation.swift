import Foundation

/// Answers every line of standard input with a line, until there are no more; on a terminal, it asks for them.
package func answerLines(prompt: String, _ answer: (String) throws -> String) rethrows {
  let isTerminal = isatty(FileHandle.standardInput.fileDescriptor) == 1
  while true {
    if isTerminal {
      print(prompt, terminator: " ")
      fflush(nil)
    }
    guard let line = readLine() else { return }
    if !line.isEmpty { print(try answer(line)) }
  }
}
