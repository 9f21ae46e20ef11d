import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentVerification

/// Runs a layer over sequences.
struct Run: Command {
  static let configuration = CommandConfiguration(
    abstract: "Runs a recurrent layer over sequences.",
    discussion: """
      T is the number of steps, N that of sequences side by side, I and H input and hidden size, R the width of h (H, or P \
      with a projection), L layers and D directions. The output is [T, N, D·R]: h of the last layer at every step, 0 past \
      the end of a sequence.

        numpy.save("input.npy", numpy.zeros((120, 3, 80), numpy.float32))
        recurrent run model.safetensors input.npy -o output.npy --lengths 120,87,3 --final state.npz

      The final state can be the initial one of the next call:

        recurrent run model.safetensors more.npy -o output.npy --initial state.npz
      """)

  @OptionGroup var call: LayerCall

  @Option(name: [.short, .long], help: ArgumentHelp("The .npy file to write.", valueName: "file"))
  var output: String

  @Option(
    help: ArgumentHelp(
      "An .npz file to write: the state after each sequence's last step, as --initial takes it.", valueName: "file"))
  var final: String?

  func perform() throws {
    if call.double { try run(call.layer(of: Double.self)) } else { try run(call.layer(of: Float.self)) }
  }

  private func run<Layer: RecurrentLayer>(_ layer: Layer) throws {
    let values = try call.values(for: layer)
    let result = values.run(layer)
    var hidden = result.hidden
    if values.isSingle { hidden = hidden.reshaped(to: [hidden.count / hidden.shape[2], hidden.shape[2]]) }
    try Failure.writing {
      try NumPyArray(hidden).write(to: output)
      guard let final else { return }
      var archive = NumPyArchive()
      for (name, component) in zip(["hidden", "cell"], result.final.components) {
        archive.set(name, NumPyArray(component))
      }
      try archive.write(to: final)
    }
  }
}
