public import Recurrent

/// A table of vectors, looked up by number: words to what a layer reads.
///
///     let embedding = Embedding<Float>(count: 30_000, size: 128, seed: 3)
///     let features = embedding(words)   // [T, N] → [T, N, 128]
public struct Embedding<Scalar: RecurrentScalar>: ParameterSet, Equatable {
  /// [V, E]: a row for each of V numbers.
  public var weights: Tensor<Scalar>

  /// A table from its rows, [V, E].
  public init(weights: Tensor<Scalar>) {
    require(weights.shape.count == 2, "Embedding: weights of shape \(weights.shape), not [count, size]")
    self.weights = weights
  }

  /// `count` vectors of `size` numbers from N(0, `deviation`²), the same for the same seed. The default is PyTorch's.
  ///
  /// What a vector begins with is noise, and those that are seldom looked up keep much of it: a small deviation leaves room
  /// for what else there is to go by.
  public init(count: Int, size: Int, deviation: Double = 1, seed: UInt64) {
    require(count >= 0 && size >= 0, "Embedding: \(count) vectors of \(size)")
    var generator = SeededGenerator(seed: seed)
    let elements = (0..<count * size).map { _ in Scalar(deviation * generator.normal()) }
    self.init(weights: Tensor(shape: [count, size], elements: elements))
  }

  /// V, the number of vectors.
  public var count: Int { weights.shape[0] }
  /// E, the numbers in a vector.
  public var size: Int { weights.shape[1] }

  /// The vectors of `indices`: [...] → [..., E]; zeros for `IndexTensor.none`.
  ///
  /// - Complexity: O(number of indices · E).
  public func callAsFunction(_ indices: IndexTensor) -> Tensor<Scalar> {
    indices.requireBelow(count, "Embedding")
    var output = Tensor<Scalar>(shape: indices.shape + [size])
    var rows = MutableMatrixView(output.mutableSpan, rows: indices.count, columns: size)
    let table = MatrixView(weights.span, rows: count, columns: size)
    for (row, index) in indices.elements.enumerated() where index != IndexTensor.none {
      rows.copy(table, row: index, toRow: row, column: 0)
    }
    return output
  }

  /// The gradient of the table: the sum, for each row that was looked up, of ∂L/∂y over the places where it was.
  ///
  /// Summed in the order of the places, so that the same batch gives the same bits.
  ///
  /// - Parameters:
  ///   - outputGradient: ∂L/∂y, [..., E].
  ///   - indices: Those that the table was given, [...].
  ///
  /// - Complexity: O(n·(E + log n)) for n indices, whatever V is.
  public func backward(_ outputGradient: Tensor<Scalar>, indices: IndexTensor) -> EmbeddingGradients<Scalar> {
    require(
      outputGradient.shape == indices.shape + [size],
      "Embedding.backward: a gradient of shape \(outputGradient.shape) for indices of shape \(indices.shape)")
    indices.requireBelow(count, "Embedding.backward")
    return EmbeddingGradients(summing: outputGradient, at: indices.elements, size: size)
  }

  /// Visits `weights`.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) { body("weights", weights) }

  /// Visits `weights`, to change its elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("weights", &weights)
  }
}
