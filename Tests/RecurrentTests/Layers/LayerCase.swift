import Recurrent
import RecurrentVerification
import Testing

/// A cell with its options.
enum CellOptions: Sendable {
  case lstm(LSTMConfiguration)
  case gru(GRUConfiguration)
  case rnn(RNNConfiguration)

  /// The cells in the forms that are as good as cells of their own.
  enum Kind: String, CaseIterable, Sendable { case lstm, gru, gruResetBefore, rnn }

  init(
    _ kind: Kind, inputSize: Int, hiddenSize: Int, layerCount: Int = 1, isBidirectional: Bool = false
  ) {
    switch kind {
    case .lstm:
      self = .lstm(
        LSTMConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional))
    case .gru, .gruResetBefore:
      self = .gru(
        GRUConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional,
          reset: kind == .gru ? .afterProduct : .beforeProduct))
    case .rnn:
      self = .rnn(
        RNNConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional))
    }
  }

  var shape: StackShape {
    switch self {
    case .lstm(let configuration): configuration.shape
    case .gru(let configuration): configuration.shape
    case .rnn(let configuration): configuration.shape
    }
  }

  /// What is unusual about it.
  var remarks: String {
    switch self {
    case .lstm(let configuration):
      "lstm" + (configuration.projectionSize.map { " P\($0)" } ?? "") + (configuration.hasPeepholes ? " peepholes" : "")
        + (configuration.layerNormalization == nil ? "" : " normalised")
    case .gru(let configuration):
      "gru" + (configuration.reset == .beforeProduct ? " reset before" : "")
        + (configuration.layerNormalization == nil ? "" : " normalised")
    case .rnn(let configuration): "rnn \(configuration.activation)"
    }
  }
}

/// One layer or stack to be judged: its cell, its sizes, its sequences.
struct LayerCase: Sendable, CustomStringConvertible {
  var options: CellOptions
  var stepCount: Int
  var batchSize: Int
  /// Lengths, or nil where all sequences have every step.
  var lengths: [Int]?
  var seed: UInt64

  var shape: StackShape { options.shape }
  var isBidirectional: Bool { shape.directionCount == 2 }

  var description: String {
    "\(options.remarks) T\(stepCount) N\(batchSize) I\(shape.inputSize) H\(shape.hiddenSize) L\(shape.layerCount)"
      + (isBidirectional ? " bi" : "") + (lengths.map { " lengths \($0)" } ?? "") + " seed \(seed)"
  }

  /// The length of each sequence.
  var lengthOfEach: [Int] { lengths ?? [Int](repeating: stepCount, count: batchSize) }

  /// Three sequences at most, the first and the last among them: they do not mix, so that a few stand for all.
  var judgedSequences: [Int] { Array(Set([0, batchSize / 2, batchSize - 1])).sorted() }

  /// Layers with weights of all parts, peepholes too, from U(−1/√H, 1/√H), and with gains from U(½, 3/2) and shifts from
  /// U(−½, ½).
  func layer<Scalar: RecurrentScalar>(
    _: Scalar.Type, _ engine: Engine, kernels: Kernels = .best
  ) -> any VerifiableLayer<Scalar> {
    func make<Layer: VerifiableLayer<Scalar>>(
      _: Layer.Type, _ configuration: Layer.Weights.Configuration
    ) -> Layer {
      var parameters = LayerParameters<Layer.Weights>(configuration, initialization: .uniform, seed: seed)
      parameters.drawGains(seed: seed)
      return Layer(LayerModel(configuration, parameters: parameters, engine: engine, kernels: kernels))
    }
    return switch options {
    case .lstm(let configuration): make(LSTM<Scalar>.self, configuration)
    case .gru(let configuration): make(GRU<Scalar>.self, configuration)
    case .rnn(let configuration): make(RNN<Scalar>.self, configuration)
    }
  }

  /// [T, N, I]; NaN past the end of each sequence, which nobody must see.
  func input<Scalar: RecurrentScalar>(_: Scalar.Type) -> Tensor<Scalar> {
    var generator = SeededGenerator(seed: seed &+ 7)
    var input = Tensor<Scalar>(shape: [stepCount, batchSize, shape.inputSize])
    for step in 0..<stepCount {
      for sequence in 0..<batchSize {
        for feature in 0..<shape.inputSize {
          let value = Scalar(generator.uniform(-1, 1))
          input[step, sequence, feature] = step < lengthOfEach[sequence] ? value : .nan
        }
      }
    }
    return input
  }

  /// A state of all sequences that is not zero.
  func initialState<Layer: RecurrentLayer>(_: Layer) -> Layer.State {
    var generator = SeededGenerator(seed: seed &+ 13)
    let components = shape.componentSizes.map { width in
      let shape = [shape.layerCount * shape.directionCount, batchSize, width]
      return Tensor(
        shape: shape, elements: (0..<shape.reduce(1, *)).map { _ in Layer.Scalar(generator.uniform(-1, 1)) })
    }
    return Layer.State(components: components)
  }
}

extension LayerCase {
  /// Every N with every T, on sizes, layers, directions and options that take turns with periods that have no divisor
  /// in common, so that each value of each meets the values of the others.
  static let all: [LayerCase] =
    grid(turns: 5) { index, inputSize, hiddenSize in
      .lstm(
        LSTMConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: 1 + index % 3, isBidirectional: index % 2 == 1,
          projectionSize: index % 7 < 2 ? (hiddenSize + 1) / 2 : nil, hasPeepholes: index % 13 < 6))
    }
    + grid(turns: 3) { index, inputSize, hiddenSize in
      .gru(
        GRUConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: 1 + index / 2 % 3, isBidirectional: index % 2 == 1,
          reset: index % 7 < 3 ? .beforeProduct : .afterProduct))
    }
    + grid(turns: 2) { index, inputSize, hiddenSize in
      .rnn(
        RNNConfiguration(
          inputSize: inputSize, hiddenSize: hiddenSize, layerCount: 1 + index % 3, isBidirectional: index % 5 < 2,
          activation: index % 7 < 3 ? .relu : .tanh))
    }

  /// Cases over whole sequences, in one direction: what a stream could do.
  static let streamable = all.filter { !$0.isBidirectional && $0.lengths == nil }

  /// One of each cell, two layers deep.
  static func oneOfEach(
    inputSize: Int, hiddenSize: Int, layerCount: Int = 2, isBidirectional: Bool = true, stepCount: Int = 6,
    batchSize: Int = 3, lengths: [Int]? = nil
  ) -> [LayerCase] {
    CellOptions.Kind.allCases.map { kind in
      LayerCase(
        options: CellOptions(
          kind, inputSize: inputSize, hiddenSize: hiddenSize, layerCount: layerCount, isBidirectional: isBidirectional),
        stepCount: stepCount, batchSize: batchSize, lengths: lengths, seed: 4)
    }
  }

  private static func grid(turns: Int, _ options: (Int, Int, Int) -> CellOptions) -> [LayerCase] {
    let sizes = [
      (1, 1), (3, 17), (17, 3), (64, 17), (1, 3), (17, 64), (3, 1), (17, 17), (100, 17), (17, 100), (64, 64),
    ]
    var cases: [LayerCase] = []
    for batchSize in [1, 2, 5, 16] {
      for stepCount in [1, 2, 7, 50] {
        for turn in 0..<turns {
          let index = cases.count
          let (inputSize, hiddenSize) = sizes[index % sizes.count]
          let lengths = turn % 2 == 0 ? nil : (0..<batchSize).map { ($0 * 7 + turn + stepCount) % (stepCount + 1) }
          cases.append(
            LayerCase(
              options: options(index, inputSize, hiddenSize), stepCount: stepCount, batchSize: batchSize,
              lengths: lengths, seed: UInt64(1000 + index)))
        }
      }
    }
    // More rows than any tile of a kernel or any panel of a product takes at once.
    let index = cases.count
    cases.append(
      LayerCase(
        options: options(index, 17, 33), stepCount: 5, batchSize: 70, lengths: (0..<70).map { $0 % 6 },
        seed: UInt64(1000 + index)))
    return cases
  }
}

extension Roundoff {
  /// That of a scalar type.
  static func of<Scalar: RecurrentScalar>(_: Scalar.Type) -> Roundoff { Scalar.self == Float.self ? .float : .double }
}

extension RecurrentState {
  /// Some of the sequences.
  func sequences(_ range: Range<Int>) -> Self { Self(components: components.map { $0.sequences(range) }) }

  /// Whether all elements are the same bits.
  func hasSameBits(as other: Self) -> Bool {
    zip(components, other.components).allSatisfy { $0.hasSameBits(as: $1) }
  }
}
