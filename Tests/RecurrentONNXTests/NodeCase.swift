import Foundation
import Recurrent
import RecurrentONNX
import RecurrentVerification
import Testing

/// A model of one recurrent node, with what another system made of it.
struct NodeCase {
  let model: ONNXModel
  /// By the names of the specification: X, sequence_lens, initial_h and so on.
  let inputs: [String: ONNXValue<Double>]
  /// Y, Y_h and Y_c, as far as they are known.
  let outputs: [String: Tensor<Double>]
  let isBatchMajor: Bool

  /// Runs the model, and compares every output with a bound that the definition derives for Float: so many deviations
  /// as are given.
  func judge<Scalar: RecurrentScalar>(_: Scalar.Type, on engine: Engine, deviations: Double) throws {
    let program = try ONNXProgram<Scalar>(model, engine: engine)
    let results = try program(inputs.mapValues { $0.converted(to: Scalar.self) })
    let bounds = try bounds()
    for (name, wanted) in outputs {
      let result = try #require(results[name]?.tensor)
      try #require(result.shape == wanted.shape)
      let bounds = try #require(bounds[name])
      for index in wanted.elements.indices {
        let error = (Double(result.elements[index]) - wanted.elements[index]).magnitude
        #expect(error <= deviations * bounds[index], "\(name)[\(index)]: \(result.elements[index])")
      }
    }
  }

  /// The deviation of each element of Y, Y_h and Y_c in Float, by the running error analysis of the definition.
  private func bounds() throws -> [String: [Double]] {
    let node = model.recurrentNodes[0]
    let x = try timeMajor("X")!
    let (steps, sequences) = (x.shape[0], x.shape[1])
    let initial = try ["initial_h", "initial_c"].compactMap { try timeMajor($0) }
    let passes = try model.passes(named: node.name, Double.self)
    let directionCount = node.direction == .bidirectional ? 2 : 1
    let hiddenSize = try #require(node.hiddenSize)
    var y = Tensor<Double>(shape: [steps, directionCount, sequences, hiddenSize])
    var final = [Tensor<Double>](
      repeating: Tensor(shape: [directionCount, sequences, hiddenSize]), count: node.cell == .lstm ? 2 : 1)
    for (index, pass) in passes.enumerated() {
      let directions = passes.count == 1 ? Array(0..<directionCount) : [index]
      let layer = try #require(pass.layer as? any VerifiableLayer<Double>)
      for sequence in 0..<sequences {
        let length = lengths?[sequence] ?? steps
        let rows = (0..<length).map { step in (0..<x.shape[2]).map { x[step, sequence, $0] } }
        let states = initial.map { part in
          directions.map { direction in (0..<hiddenSize).map { part[direction, sequence, $0] } }
        }
        let definition = layer.run(
          pass.isReversed ? rows.reversed() : rows, from: states.isEmpty ? nil : states)
        for (place, direction) in directions.enumerated() {
          for unit in 0..<hiddenSize {
            for step in 0..<length {
              y[pass.isReversed ? length - 1 - step : step, direction, sequence, unit] =
                definition.hidden[step][place * hiddenSize + unit].deviation
            }
            for part in final.indices {
              final[part][direction, sequence, unit] = definition.final[part][place][unit].deviation
            }
          }
        }
      }
    }
    var bounds = ["Y": y.elements]
    if isBatchMajor {
      bounds["Y"] = (0..<sequences).flatMap { sequence in
        (0..<steps).flatMap { step in
          (0..<directionCount).flatMap { direction in
            (0..<hiddenSize).map { y[step, direction, sequence, $0] }
          }
        }
      }
    }
    for (name, part) in zip(["Y_h", "Y_c"], final) {
      bounds[name] = isBatchMajor ? swapped(part).elements : part.elements
    }
    return bounds
  }

  private var lengths: [Int]? {
    if case .integers(let lengths)? = inputs["sequence_lens"] { lengths.elements } else { nil }
  }

  private func timeMajor(_ name: String) throws -> Tensor<Double>? {
    guard let tensor = inputs[name]?.tensor else { return nil }
    return isBatchMajor ? swapped(tensor) : tensor
  }

  private func swapped(_ tensor: Tensor<Double>) -> Tensor<Double> {
    var result = Tensor<Double>(shape: [tensor.shape[1], tensor.shape[0], tensor.shape[2]])
    for first in 0..<tensor.shape[0] {
      for second in 0..<tensor.shape[1] {
        for third in 0..<tensor.shape[2] { result[second, first, third] = tensor[first, second, third] }
      }
    }
    return result
  }
}

extension VerifiableLayer {
  fileprivate func run(_ steps: [[Double]], from initial: [[[Double]]]?) -> ReferenceOutput {
    reference(.float).run(steps: steps, from: initial)
  }
}

extension ONNXValue {
  /// The same numbers in another precision.
  func converted<Other: RecurrentScalar>(to type: Other.Type) -> ONNXValue<Other> {
    switch self {
    case .numbers(let tensor): .numbers(tensor.converted(to: type))
    case .integers(let integers): .integers(integers)
    }
  }
}
