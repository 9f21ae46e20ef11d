internal import Recurrent

/// The weights of a recurrent node, checked, for each direction: what ONNX calls W, R, B and P.
struct NodeWeights<Scalar: RecurrentScalar> {
  /// Those of one direction.
  struct Direction {
    /// [G·H, I] and [G·H, H].
    let input, recurrent: ArraySlice<Scalar>
    /// [G·H] each.
    let inputBias, recurrentBias: ArraySlice<Scalar>
    /// [3·H], in the blocks i o f.
    let peephole: ArraySlice<Scalar>?
    let inputSize, hiddenSize: Int
  }

  let inputSize, hiddenSize: Int
  let directions: [Direction]

  /// Checks shapes and sizes; `inputs` are those of the node.
  init(_ inputs: OperatorInputs<Scalar>, _ options: RecurrentOptions) throws(ONNXError) {
    let (w, r) = (try inputs.numbers(1), try inputs.numbers(2))
    let (gates, count) = (options.cell.gateCount, options.direction.count)
    guard w.shape.count == 3, r.shape.count == 3 else {
      throw inputs.bad("W of shape \(w.shape) and R of shape \(r.shape), where both have 3 dimensions")
    }
    let (inputSize, hiddenSize) = (w.shape[2], r.shape[2])
    // The limit is that of a layer.
    for (name, size) in [("I", inputSize), ("H", hiddenSize)] where size < 1 || size > 1 << 28 {
      throw inputs.bad("a size \(name) of \(size); it must be from 1 to \(1 << 28)")
    }
    if let wanted = options.hiddenSize, wanted != hiddenSize {
      throw .badNode(inputs.node, attribute: "hidden_size", reason: "\(wanted), where R has shape \(r.shape)")
    }
    func require(_ name: String, _ tensor: Tensor<Scalar>, _ shape: [Int]) throws(ONNXError) {
      if tensor.shape != shape { throw inputs.bad("\(name) of shape \(tensor.shape) in place of \(shape)") }
    }
    try require("W", w, [count, gates * hiddenSize, inputSize])
    try require("R", r, [count, gates * hiddenSize, hiddenSize])
    let b = inputs.optional(3) == nil ? nil : try inputs.numbers(3)
    if let b { try require("B", b, [count, 2 * gates * hiddenSize]) }
    let p = inputs.optional(7) == nil ? nil : try inputs.numbers(7)
    if let p { try require("P", p, [count, 3 * hiddenSize]) }

    (self.inputSize, self.hiddenSize) = (inputSize, hiddenSize)
    let columns = gates * hiddenSize
    let bias = b ?? Tensor(shape: [count, 2 * columns])
    directions = (0..<count).map { direction in
      func part(_ tensor: Tensor<Scalar>, _ size: Int) -> ArraySlice<Scalar> {
        tensor.elements[direction * size..<(direction + 1) * size]
      }
      let biases = part(bias, 2 * columns)
      return Direction(
        input: part(w, columns * inputSize), recurrent: part(r, columns * hiddenSize),
        inputBias: biases.prefix(columns), recurrentBias: biases.suffix(columns),
        peephole: p.map { part($0, 3 * hiddenSize) }, inputSize: inputSize, hiddenSize: hiddenSize)
    }
  }
}

extension NodeWeights.Direction {
  /// [(H + I), G·H]: both matrices transposed, recurrent rows first, with the gates in the order of `blocks`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func matrix(blocks: [Int]) -> Tensor<Scalar> {
    let columns = blocks.count * hiddenSize
    var elements: [Scalar] = []
    elements.reserveCapacity((hiddenSize + inputSize) * columns)
    for (part, rows) in [(recurrent, hiddenSize), (input, inputSize)] {
      for row in 0..<rows {
        for block in blocks {
          for unit in 0..<hiddenSize {
            elements.append(part[part.startIndex + (block * hiddenSize + unit) * rows + row])
          }
        }
      }
    }
    return Tensor(shape: [hiddenSize + inputSize, columns], elements: elements)
  }

  /// Some blocks of a vector, one after another.
  func gather(_ vector: ArraySlice<Scalar>, blocks: [Int]) -> Tensor<Scalar> {
    let elements = blocks.flatMap { vector.dropFirst($0 * hiddenSize).prefix(hiddenSize) }
    return Tensor(shape: [elements.count], elements: elements)
  }

  /// The sum of both biases; `apart` says which block of the recurrent one is left out.
  func bias(blocks: [Int], apart: Int? = nil) -> Tensor<Scalar> {
    let elements = blocks.flatMap { block in
      let input = inputBias.dropFirst(block * hiddenSize).prefix(hiddenSize)
      let recurrent = recurrentBias.dropFirst(block * hiddenSize).prefix(hiddenSize)
      return block == apart ? Array(input) : zip(input, recurrent).map { $0 + $1 }
    }
    return Tensor(shape: [elements.count], elements: elements)
  }
}
