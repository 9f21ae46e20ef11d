public import Recurrent

/// A linear layer: y = x·W + b, on the last dimension of its input.
///
///     let dense = Dense<Float>(inputSize: 512, outputSize: 29, seed: 2)
///     let logits = dense(output.hidden)   // [T, N, 512] → [T, N, 29]
///
/// Its gradients are a `Dense`, too.
public struct Dense<Scalar: RecurrentScalar>: ParameterSet, Equatable {
  /// W [in, out].
  public var weights: Tensor<Scalar>
  /// b [out].
  public var bias: Tensor<Scalar>

  /// A layer from its weights [in, out] and bias [out].
  public init(weights: Tensor<Scalar>, bias: Tensor<Scalar>) {
    require(weights.shape.count == 2, "Dense: weights of shape \(weights.shape), not [in, out]")
    require(
      bias.shape == [weights.shape[1]], "Dense: a bias of shape \(bias.shape) for weights of shape \(weights.shape)")
    self.weights = weights
    self.bias = bias
  }

  /// Random weights, the same for the same seed, and a bias of zeros. The default is U(−1/√in, 1/√in), as PyTorch's.
  public init(inputSize: Int, outputSize: Int, initializer: Initializer = .hiddenUniform, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let shape = Initializer.Shape(fanIn: inputSize, fanOut: outputSize, hiddenSize: inputSize)
    let numbers = initializer(shape, using: &generator)
    self.init(
      weights: Tensor(shape: [inputSize, outputSize], elements: numbers.map { Scalar($0) }),
      bias: Tensor(shape: [outputSize]))
  }

  /// The numbers that each row of the input has.
  public var inputSize: Int { weights.shape[0] }
  /// The numbers that each row of the output has.
  public var outputSize: Int { weights.shape[1] }

  /// x·W + b: [..., in] → [..., out].
  ///
  /// - Complexity: O(rows·in·out).
  public func callAsFunction(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
    let rows = rowCount(input, of: inputSize, "Dense")
    var output = Tensor<Scalar>(shape: input.shape.dropLast() + [outputSize])
    var y = MutableMatrixView(output.mutableSpan, rows: rows, columns: outputSize)
    let b = MatrixView(bias.span, rows: 1, columns: outputSize)
    for row in 0..<rows { y.copy(b, row: 0, toRow: row, column: 0) }
    BLAS.multiply(MatrixView(input.span, rows: rows, columns: inputSize), weightView, into: &y, adding: true)
    return output
  }

  /// The gradient of the input, ∂L/∂x = ∂L/∂y·Wᵀ; adds or writes ∂L/∂W = xᵀ·∂L/∂y and ∂L/∂b = Σ ∂L/∂y to `gradients`.
  ///
  /// - Parameters:
  ///   - outputGradient: ∂L/∂y, [..., out].
  ///   - input: The x that the layer was given, [..., in].
  ///   - gradients: Those of the parameters: of the same sizes.
  ///   - accumulating: Whether to add to what stands in `gradients`, in place of overwriting it.
  ///
  /// - Complexity: O(rows·in·out).
  @discardableResult
  public func backward(
    _ outputGradient: Tensor<Scalar>, input: Tensor<Scalar>, into gradients: inout Dense, accumulating: Bool = false
  ) -> Tensor<Scalar> {
    let rows = rowCount(input, of: inputSize, "Dense.backward")
    require(
      outputGradient.shape == input.shape.dropLast() + [outputSize],
      "Dense.backward: a gradient of shape \(outputGradient.shape) for an input of shape \(input.shape)")
    require(
      gradients.weights.shape == weights.shape,
      "Dense.backward: gradients of shape \(gradients.weights.shape) for weights of shape \(weights.shape)")
    let dy = MatrixView(outputGradient.span, rows: rows, columns: outputSize)
    let x = MatrixView(input.span, rows: rows, columns: inputSize)
    var dw = MutableMatrixView(gradients.weights.mutableSpan, rows: inputSize, columns: outputSize)
    BLAS.multiply(x.transposed, dy, into: &dw, adding: accumulating)
    if !accumulating { gradients.bias = Tensor(shape: [outputSize]) }
    addRows(outputGradient.span, to: &gradients.bias)
    var inputGradient = Tensor<Scalar>(shape: input.shape)
    var dx = MutableMatrixView(inputGradient.mutableSpan, rows: rows, columns: inputSize)
    BLAS.multiply(dy, weightView.transposed, into: &dx)
    return inputGradient
  }

  /// Visits `weights`, then `bias`.
  public func forEach(_ body: (_ name: String, _ tensor: Tensor<Scalar>) -> Void) {
    body("weights", weights)
    body("bias", bias)
  }

  /// Visits `weights`, then `bias`, to change their elements.
  public mutating func updateEach(_ body: (_ name: String, _ tensor: inout Tensor<Scalar>) -> Void) {
    body("weights", &weights)
    body("bias", &bias)
  }

  private var weightView: MatrixView<Scalar> {
    @_lifetime(borrow self)
    borrowing get { MatrixView(weights.span, rows: inputSize, columns: outputSize) }
  }
}

/// Adds every row of a matrix to `sum`, from the first to the last.
@specialized(where Scalar == Float)
@specialized(where Scalar == Double)
private func addRows<Scalar: RecurrentScalar>(_ matrix: Span<Scalar>, to sum: inout Tensor<Scalar>) {
  var sums = sum.mutableSpan
  let columns = sums.count
  guard columns > 0 else { return }
  for row in 0..<matrix.count / columns {
    let numbers = matrix.extracting(row * columns..<(row + 1) * columns)
    for column in numbers.indices { sums[column] += numbers[column] }
  }
}
