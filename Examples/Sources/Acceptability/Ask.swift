import ArgumentParser
import ExampleKit
import Foundation
import RecurrentFormats
import WordReader

extension Acceptability {
  struct Ask: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says of every line whether it is well formed, and which words look out of place.")

    @Argument(help: "A model that was saved.")
    var model: String

    func run() throws {
      let file = try TensorFile(contentsOf: model, example: "acceptability")
      let lexicon = try Lexicon(file)
      switch file.metadata["judge"] {
      case LSTMJudge.name: ask(try LSTMJudge(file, lexicon), lexicon)
      case BagJudge.name: ask(try BagJudge(file, lexicon), lexicon)
      default: throw ValidationError("\(model) holds no judge of sentences")
      }
    }

    private func ask(_ judge: some Judge, _ lexicon: Lexicon) {
      answerLines(prompt: "A sentence:") { line in
        let sentence = words(of: line.lowercased())
        guard !sentence.isEmpty else { return "no words" }
        let spelled = SpelledWords([sentence], lexicon)
        let suspicion = Double(judge.suspicion(spelled).elements[0])
        let share = Int((100 / (1 + exp(-suspicion.magnitude))).rounded())
        let verdict = "\(suspicion > 0 ? "not well formed" : "well formed"), \(share) % sure"
        guard suspicion > 0, let lstm = judge as? LSTMJudge else { return verdict }
        let marked = zip(sentence, lstm.wordSuspicion(spelled).elements).map { $1 > 0 ? "*\($0)*" : $0 }
        return "\(verdict): \(marked.joined(separator: " "))"
      }
    }
  }
}
