import ArgumentParser
import ExampleKit
import Foundation
import Recurrent
import RecurrentTraining

/// Lets a saved model remember what is typed in.
struct Ask: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Lets a saved model remember what each line of input says.",
    discussion: """
      adding: two numbers from 0 to 1, which are hidden among T others; the model says their sum.
      copy:   ten digits from 0 to 7; after T silent steps the model says them again.
      """)

  @Argument(help: "A file that `train --save` wrote.")
  var model: String

  func run() throws {
    let (task, answer) = try SavedModel.read(model)
    answerLines(prompt: task.question) { line in
      guard let batch = task.batch(asking: line) else { return task.question }
      return task.text(of: answer(batch))
    }
  }
}
