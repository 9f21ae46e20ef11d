import Recurrent

/// Prints what bits.c prints, through the Swift interface: three languages must agree with it to the last bit.
@main
struct Bits {
  static let (steps, batch) = (20, 3)

  static func main() {
    print("lstm", LSTM<Float>(inputSize: 40, hiddenSize: 128, seed: 1))
    print("deep-lstm", LSTM<Float>(inputSize: 7, hiddenSize: 33, layerCount: 2, isBidirectional: true, seed: 1))
    print("gru", GRU<Float>(inputSize: 12, hiddenSize: 65, layerCount: 2, seed: 1))
    print("rnn", RNN<Float>(inputSize: 5, hiddenSize: 17, isBidirectional: true, seed: 1))
  }

  static func print<Layer: RecurrentLayer<Float>>(_ name: String, _ model: Layer) {
    var model = model
    let (x, lengths) = (numbers([steps, batch, model.configuration.inputSize]), [steps, 7, 0])
    let output = model(x, lengths: lengths)
    printHash(name, "hidden", output.hidden.elements)
    printHash(name, "final", output.final.components[0].elements)

    // Training: three steps of gradient descent on the sum of h squared, over 2.
    var tape = Tape(for: model, steps: steps, batchSize: batch)
    var gradients = model.parameters.zeros()
    var inputGradient: [Float] = []
    for _ in 1...3 {
      let hidden = model.forward(x, lengths: lengths, recording: &tape).hidden
      inputGradient = model.backward(OutputGradients(hidden: hidden), through: &tape, into: &gradients).input.elements
      let flat = elements(of: gradients)
      var next = 0
      model.parameters.updateEach { _, tensor in
        var weights = tensor.mutableSpan
        for index in weights.indices {
          let change = 0.0078125 * flat[next]
          weights[index] -= change
          next += 1
        }
      }
    }
    printHash(name, "gradient", elements(of: gradients))
    printHash(name, "input-gradient", inputGradient)
    printHash(name, "trained", elements(of: model.parameters))

    guard model.stack.shape.directionCount == 1 else { return }
    var stream = model.stream(batchSize: batch)
    var frame = Tensor<Float>(shape: [batch, model.configuration.inputSize])
    var hidden = Tensor<Float>(shape: [batch, model.stack.shape.outputSize])
    var all: [Float] = []
    for time in 0..<steps {
      frame = Tensor(shape: frame.shape, elements: Array(x.elements[time * frame.count..<(time + 1) * frame.count]))
      stream.step(frame.span, into: hidden.mutableSpan)
      all += hidden.elements
    }
    printHash(name, "stream", all)
  }

  static func elements(of parameters: some ParameterSet<Float>) -> [Float] {
    var elements: [Float] = []
    parameters.forEach { _, tensor in elements += tensor.elements }
    return elements
  }

  /// Numbers in [-1, 1) of 24 bits, the same in every language.
  static func numbers(_ shape: [Int]) -> Tensor<Float> {
    let count = shape.reduce(1, *)
    return Tensor(
      shape: shape, elements: (0..<count).map { Float((UInt32($0) &* 2_654_435_761) >> 8) / 8_388_608 - 1 })
  }

  /// FNV-1a.
  static func printHash(_ model: String, _ part: String, _ elements: [Float]) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for element in elements {
      for byte in 0..<UInt32(4) {
        hash = (hash ^ UInt64(element.bitPattern >> (8 * byte) & 0xff)) &* 0x100_0000_01b3
      }
    }
    let digits = String(hash, radix: 16)
    Swift.print(model, part, String(repeating: "0", count: 16 - digits.count) + digits)
  }
}
