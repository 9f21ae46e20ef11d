import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// Says what becomes of gradients in a layer, and draws it.
struct Diagnose: Command {
  static let configuration = CommandConfiguration(
    abstract: "Says what becomes of gradients on their way back through a layer, and draws it.",
    discussion: """
      For each layer and direction: whether gradients vanish, explode or last, and why; with -o as a page for a browser, \
      with the length of the gradient over the distance beside cells that have learnt nothing, the singular values of each \
      step's Jacobian and of their products, Lyapunov exponents, what the gates did, and the gates of one sequence word \
      by word.

        recurrent diagnose model.safetensors input.npy -o report.html --name encoder.lstm
        recurrent diagnose model.safetensors sentence.npy -o report.html --labels "the cat sat on the mat"

      The loss looks at the end of each sequence alone. All is computed in Double, whether --double is given or not.
      """)

  @OptionGroup var call: LayerCall

  @Option(name: [.short, .long], help: ArgumentHelp("The page to write, in HTML.", valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "The sequence whose Jacobians and gates are drawn. (default: the longest one)", valueName: "number"))
  var sequence: Int?

  @Option(
    help: ArgumentHelp(
      "The words of that sequence, one for each step, between spaces. (default: numbers)", valueName: "words"))
  var labels: String?

  @Option(help: "The steps, those at the end, whose Jacobians are drawn; each takes an SVD.")
  var jacobianSteps = 64

  func validate() throws {
    guard jacobianSteps > 0 else { throw ValidationError("--jacobian-steps \(jacobianSteps): it must be above 0") }
  }

  func perform() throws {
    switch try call.anyLayer(of: Double.self) {
    case .lstm(let lstm): try diagnose(lstm)
    case .gru(let gru): try diagnose(gru)
    case .rnn(let rnn): try diagnose(rnn)
    }
  }

  private func diagnose<Layer: GatedLayer>(_ layer: Layer) throws {
    let values = try call.values(for: layer)
    let input = values.layout == .timeMajor ? values.input : values.input.firstTwoExchanged
    let lengths = values.lengths ?? [Int](repeating: input.shape[0], count: input.shape[1])
    guard let longest = lengths.indices.max(by: { lengths[$0] < lengths[$1] }), lengths[longest] > 0 else {
      throw Failure.badData(call.lengths ?? call.input, "no sequence has a step")
    }
    guard let output else {
      for diagnosis in layer.diagnosis(input, lengths: lengths, from: values.initial) { print(diagnosis) }
      return
    }
    var options = DiagnosisReport.Options()
    options.title =
      "Gradient flow in "
      + ([call.name] + [URL(fileURLWithPath: call.model).lastPathComponent])
      .compactMap { $0 }.joined(separator: " of ")
    options.sequence = sequence ?? longest
    options.jacobianSteps = jacobianSteps
    guard lengths.indices.contains(options.sequence!), lengths[options.sequence!] > 0 else {
      throw Failure.badData(call.input, "it has no sequence \(options.sequence!) with a step")
    }
    options.labels = labels?.split(separator: " ").map(String.init)
    if let count = options.labels?.count, count != lengths[options.sequence!] {
      throw Failure.badData(
        call.input, "\(count) labels for sequence \(options.sequence!), which has \(lengths[options.sequence!]) steps")
    }
    let report = DiagnosisReport(layer, input, lengths: lengths, from: values.initial, options: options)
    for diagnosis in report.diagnoses { print(diagnosis) }
    try Failure.writing(output) { try Data(report.html.utf8).write(to: URL(fileURLWithPath: output), options: .atomic) }
  }
}

extension Tensor {
  /// [T, N, F] as [N, T, F], and the other way round.
  fileprivate var firstTwoExchanged: Tensor {
    let (first, second, width) = (shape[0], shape[1], shape[2])
    var exchanged: [Scalar] = []
    exchanged.reserveCapacity(count)
    for row in 0..<second {
      for column in 0..<first {
        let start = (column * second + row) * width
        exchanged += elements[start..<start + width]
      }
    }
    return Tensor(shape: [second, first, width], elements: exchanged)
  }
}
