import Recurrent
import RecurrentVerification

/// One LSTM to be judged: its options, its sizes, its sequences.
struct LSTMCase: Sendable, CustomStringConvertible {
  var configuration: LSTMConfiguration
  var stepCount: Int
  var batchSize: Int
  /// Lengths, or nil where all sequences have every step.
  var lengths: [Int]?
  var seed: UInt64

  var description: String {
    let c = configuration
    return "T\(stepCount) N\(batchSize) I\(c.inputSize) H\(c.hiddenSize) L\(c.layerCount)"
      + (c.isBidirectional ? " bi" : "") + (c.projectionSize.map { " P\($0)" } ?? "")
      + (c.hasPeepholes ? " peepholes" : "") + (lengths.map { " lengths \($0)" } ?? "") + " seed \(seed)"
  }

  /// Every N with every T, on sizes, layers, directions and options that take turns, so that each value of each meets
  /// most values of the others.
  static let all: [LSTMCase] = {
    let sizes = [
      (1, 1), (3, 17), (17, 3), (64, 17), (1, 3), (17, 64), (3, 1), (17, 17), (100, 17), (17, 100), (64, 64),
    ]
    var cases: [LSTMCase] = []
    for batchSize in [1, 2, 5, 16] {
      for stepCount in [1, 2, 7, 50] {
        for turn in 0..<5 {
          let index = cases.count
          let (inputSize, hiddenSize) = sizes[index % sizes.count]
          let configuration = LSTMConfiguration(
            inputSize: inputSize, hiddenSize: hiddenSize, layerCount: 1 + index % 3, isBidirectional: index % 2 == 1,
            projectionSize: index % 4 == 2 ? (hiddenSize + 1) / 2 : nil, hasPeepholes: index % 5 > 2)
          let lengths = turn % 2 == 0 ? nil : (0..<batchSize).map { ($0 * 7 + turn + stepCount) % (stepCount + 1) }
          cases.append(
            LSTMCase(
              configuration: configuration, stepCount: stepCount, batchSize: batchSize, lengths: lengths,
              seed: UInt64(1000 + index)))
        }
      }
    }
    return cases
  }()

  /// The length of each sequence.
  var lengthOfEach: [Int] { lengths ?? [Int](repeating: stepCount, count: batchSize) }

  /// Three sequences at most, the first and the last among them: they do not mix, so that a few stand for all.
  var judgedSequences: [Int] { Array(Set([0, batchSize / 2, batchSize - 1])).sorted() }

  /// Weights of all parts, peepholes too, from U(−1/√H, 1/√H).
  func parameters<Scalar>(_: Scalar.Type) -> LSTMParameters<Scalar> {
    LSTMParameters(configuration, initialization: .uniform, seed: seed)
  }

  /// [T, N, I]; NaN past the end of each sequence, which nobody must see.
  func input<Scalar: RecurrentScalar>(_: Scalar.Type) -> Tensor<Scalar> {
    var generator = SeededGenerator(seed: seed &+ 7)
    var input = Tensor<Scalar>(shape: [stepCount, batchSize, configuration.inputSize])
    for step in 0..<stepCount {
      for sequence in 0..<batchSize {
        for feature in 0..<configuration.inputSize {
          let value = Scalar(generator.uniform(-1, 1))
          input[step, sequence, feature] = step < lengthOfEach[sequence] ? value : .nan
        }
      }
    }
    return input
  }

  /// A state of all sequences that is not zero.
  func initialState<Scalar: RecurrentScalar>(_: Scalar.Type) -> LSTM<Scalar>.State {
    var generator = SeededGenerator(seed: seed &+ 13)
    func random(_ width: Int) -> Tensor<Scalar> {
      let shape = [configuration.layerCount * (configuration.isBidirectional ? 2 : 1), batchSize, width]
      return Tensor(shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Scalar(generator.uniform(-1, 1)) })
    }
    return LSTM<Scalar>.State(hidden: random(configuration.outputSize), cell: random(configuration.hiddenSize))
  }
}

extension Roundoff {
  /// That of a scalar type.
  static func of<Scalar: RecurrentScalar>(_: Scalar.Type) -> Roundoff { Scalar.self == Float.self ? .float : .double }
}

extension Tensor {
  /// The rows of a [T, N, F] tensor that belong to one sequence, as far as it goes.
  func sequence(_ index: Int, length: Int) -> [[Double]] {
    (0..<length).map { step in (0..<shape[2]).map { Double(self[step, index, $0]) } }
  }

  /// For each layer and direction of a [L·D, N, width] tensor the row of one sequence.
  func rows(of sequence: Int) -> [[Double]] {
    (0..<shape[0]).map { index in (0..<shape[2]).map { Double(self[index, sequence, $0]) } }
  }

  /// Some sequences of a [S, N, F] tensor (steps of N sequences, or states of N sequences).
  func sequences(_ range: Range<Int>) -> Tensor {
    var part = Tensor(shape: [shape[0], range.count, shape[2]])
    for first in 0..<shape[0] {
      for (target, source) in range.enumerated() {
        for feature in 0..<shape[2] { part[first, target, feature] = self[first, source, feature] }
      }
    }
    return part
  }

  /// Some steps of a [T, N, F] tensor.
  func steps(_ range: Range<Int>) -> Tensor {
    let width = shape[1] * shape[2]
    return Tensor(
      shape: [range.count, shape[1], shape[2]],
      elements: Array(elements[range.lowerBound * width..<range.upperBound * width]))
  }

  /// The first two dimensions exchanged.
  var swapped: Tensor {
    var result = Tensor(shape: [shape[1], shape[0], shape[2]])
    for first in 0..<shape[0] {
      for second in 0..<shape[1] {
        for feature in 0..<shape[2] { result[second, first, feature] = self[first, second, feature] }
      }
    }
    return result
  }

  /// Whether all elements are the same bits.
  func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape
      && zip(elements, other.elements).allSatisfy { $0 == $1 && $0.sign == $1.sign || $0.isNaN && $1.isNaN }
  }
}
