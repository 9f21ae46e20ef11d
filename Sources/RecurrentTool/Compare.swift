import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats
import RecurrentVerification

/// Compares what a layer computes with what another system computed.
struct Compare: Command {
  static let configuration = CommandConfiguration(
    abstract: "Compares what a layer computes with what another system computed.",
    discussion: """
      EXPECTED is the output [T, N, D·R] that the other system made of INPUT. In PyTorch:

        output, _ = model.encoder.lstm(torch.from_numpy(numpy.load("input.npy")))
        numpy.save("expected.npy", output.detach().numpy())

      Every number is compared. The largest difference that passes is, for each number, twice what rounding explains \
      (both systems round), by an error analysis of the same equations in Double; or --tolerance. Where a number differs \
      by more, the exit status is 1.
      """)

  @OptionGroup var call: LayerCall

  @Argument(help: "The output to expect, an .npy file.")
  var expected: String

  @Option(help: "The largest difference that passes. (default: twice what rounding explains)")
  var tolerance: Double?

  func validate() throws {
    if let tolerance, !(tolerance >= 0) { throw ValidationError("--tolerance \(tolerance): it must be 0 or more") }
  }

  func perform() throws {
    if call.double { try compare(call.layer(of: Double.self)) } else { try compare(call.layer(of: Float.self)) }
  }

  private func compare<Layer: VerifiableLayer>(_ layer: Layer) throws {
    let values = try call.values(for: layer)
    let result = values.run(layer).hidden
    var wanted = try Failure.reading(expected) { try NumPyArray(contentsOf: expected).tensor(of: Double.self) }
    if values.isSingle, wanted.count == result.count { wanted = wanted.reshaped(to: result.shape) }
    guard wanted.shape == result.shape else {
      throw Failure.badData(expected, "its shape is \(wanted.shape), the output's \(result.shape)")
    }
    var difference = Difference()
    for sequence in 0..<(call.batchMajor ? result.shape[0] : result.shape[1]) {
      let bounds = tolerance == nil ? bounds(layer, values, sequence) : nil
      for step in 0..<(call.batchMajor ? result.shape[1] : result.shape[0]) {
        let row =
          (call.batchMajor ? sequence * result.shape[1] + step : step * result.shape[1] + sequence) * result.shape[2]
        for column in 0..<result.shape[2] {
          let limit = tolerance ?? bounds.map { step < $0.count ? $0[step][column] : 0 } ?? 0
          difference.add(
            Double(result.elements[row + column]), wanted.elements[row + column], limit,
            "step \(step), sequence \(sequence), column \(column)")
        }
      }
    }
    print(difference.report(count: result.count))
    if difference.beyond > 0 { throw ExitCode(1) }
  }

  /// Twice what rounding explains, for each step and column of a sequence.
  private func bounds<Layer: VerifiableLayer>(
    _ layer: Layer, _ values: LayerCall.Values<Layer>, _ sequence: Int
  ) -> [[Double]] {
    let input = values.input
    let stepCount = call.batchMajor ? input.shape[1] : input.shape[0]
    let steps = (0..<(values.lengths?[sequence] ?? stepCount)).map { step in
      (0..<input.shape[2]).map {
        Double(call.batchMajor ? input[sequence, step, $0] : input[step, sequence, $0])
      }
    }
    let initial = values.initial.components.map { component in
      (0..<component.shape[0]).map { index in
        (0..<component.shape[2]).map { Double(component[index, sequence, $0]) }
      }
    }
    let roundoff: Roundoff = Layer.Scalar.self == Float.self ? .float : .double
    return layer.reference(roundoff).run(steps: steps, from: initial).hidden.map { row in
      row.map { 2 * ErrorReport.confidence * $0.deviation }
    }
  }
}

/// The largest of many differences.
private struct Difference {
  private var largest = 0.0
  private var place = ""
  private var largestShare = 0.0
  private(set) var beyond = 0

  mutating func add(_ result: Double, _ wanted: Double, _ limit: Double, _ place: @autoclosure () -> String) {
    let error = result == wanted || result.isNaN && wanted.isNaN ? 0 : (result - wanted).magnitude
    if !(error <= limit) { beyond += 1 }
    if limit > 0 { largestShare = max(largestShare, error / limit) }
    if !(error <= largest) { (largest, self.place) = (error.isNaN ? .infinity : error, place()) }
  }

  func report(count: Int) -> String {
    let numbers = "\(count) numbers, \(beyond) of them beyond the limit"
    if largest == 0 { return "\(numbers); all are equal" }
    let share =
      largestShare < 1e6
      ? "\(Int((100 * largestShare).rounded(.up))) % of the limit at most" : "a million times the limit or more"
    return "\(numbers); the largest difference is \(largest), at \(place); \(share)"
  }
}
