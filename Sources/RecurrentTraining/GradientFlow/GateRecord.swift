public import Recurrent

/// The gates of one layer and direction at every step of a batch.
public struct GateRecord<Scalar: RecurrentScalar>: Sendable {
  /// Whose gates they are.
  public let place: LayerPlace
  /// What they are, in the order of their blocks.
  public let kinds: [GateKind]
  /// [T, N, G·H]: a block of H numbers for each gate. 0 past the end of a sequence.
  public let values: Tensor<Scalar>
  /// The steps of each sequence.
  public let lengths: [Int]

  /// H.
  public var hiddenSize: Int { values.shape[2] / kinds.count }

  /// One gate alone, [T, N, H], by its place among `kinds`.
  public func gate(_ index: Int) -> Tensor<Scalar> {
    require(index >= 0 && index < kinds.count, "GateRecord: gate \(index) of \(kinds.count)")
    return values.features(index * hiddenSize..<(index + 1) * hiddenSize)
  }

  /// One gate alone, [T, N, H], by its letter, as "f"; nil where the cell has none of that name.
  public func gate(_ symbol: String) -> Tensor<Scalar>? {
    kinds.firstIndex { $0.symbol == symbol }.map { gate($0) }
  }
}

extension GatedLayer {
  /// The gates of every layer, direction and step of a batch.
  ///
  ///     let gates = lstm.gates(features)
  ///     let forget = gates[0].gate("f")!   // [T, N, H]
  ///
  /// What is left to chance in training is left out; `Tape.gates` reads those of a training run.
  ///
  /// - Parameters:
  ///   - input: [T, N, I].
  ///   - lengths: the steps of each of the N sequences, all of them T where nil.
  ///   - initial: the state before the first step, zeros where nil.
  /// - Returns: those of each layer and direction: layer by layer, the forward direction first.
  /// - Complexity: that of a forward run that keeps everything on a tape.
  public func gates(
    _ input: Tensor<Scalar>, lengths: [Int]? = nil, from initial: State? = nil
  ) -> [GateRecord<Scalar>] {
    let batch = requireBatch("gates", input, lengths: lengths, from: initial)
    var certain = configuration
    certain.regularization = .none
    var layer = self
    if certain != configuration {
      layer = Self(certain, parameters: parameters, engine: engine)
      layer.team = team
    }
    var tape = Tape(for: layer, steps: input.shape[0], batchSize: input.shape[1])
    _ = layer.forward(input, lengths: batch.lengths, from: batch.initial, recording: &tape)
    return stack.shape.places.map { place in
      GateRecord(
        place: place, kinds: gateKinds, values: tape.gates(layer: place.layer, direction: place.direction),
        lengths: batch.lengths)
    }
  }
}
