import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: dense layer")
struct DenseTests {
  @Test("x·W + b", arguments: [0, 1, 2, 5])
  func forward(rows: Int) {
    let dense = Dense<Float>(weights: .random([3, 4], seed: 1), bias: .random([4], seed: 2))
    let x = Tensor<Float>.random([rows, 1, 3], seed: 3)
    let y = dense(x)
    #expect(y.shape == [rows, 1, 4])
    for row in 0..<rows {
      for column in 0..<4 {
        let exact = (0..<3).reduce(Double(dense.bias[column])) {
          $0 + Double(x[row, 0, $1]) * Double(dense.weights[$1, column])
        }
        // Four roundings of partial sums below 4.
        #expect((Double(y[row, 0, column]) - exact).magnitude < 16 * Double(Float.ulpOfOne))
      }
    }
  }

  @Test("gradients are the slopes of the loss", arguments: [[1, 3], [2, 3, 3], [5, 3]])
  func gradients(shape: [Int]) {
    let dense = Dense<Double>(weights: .random([3, 4], seed: 1), bias: .random([4], seed: 2))
    let x = Tensor<Double>.random(shape, seed: 3)
    let slopes = Tensor<Double>.random(shape.dropLast() + [4], seed: 4)
    var gradients = dense.zeros()
    let inputGradient = dense.backward(slopes, input: x, into: &gradients)
    #expect(worstSlope(of: x, gradient: inputGradient) { dense($0).dot(slopes) } < 1e-7)
    #expect(
      worstSlope(of: dense.weights, gradient: gradients.weights) {
        Dense(weights: $0, bias: dense.bias)(x).dot(slopes)
      } < 1e-7)
    #expect(
      worstSlope(of: dense.bias, gradient: gradients.bias) {
        Dense(weights: dense.weights, bias: $0)(x).dot(slopes)
      } < 1e-7)
  }

  @Test("gradients are added to, or written over")
  func accumulation() {
    let dense = Dense<Double>(inputSize: 3, outputSize: 2, seed: 1)
    let (x, slopes) = (Tensor<Double>.random([4, 3], seed: 3), Tensor<Double>.random([4, 2], seed: 4))
    var once = Dense<Double>(weights: Tensor(shape: [3, 2], repeating: .nan), bias: .random([2], seed: 5))
    dense.backward(slopes, input: x, into: &once)
    var twice = once
    dense.backward(slopes, input: x, into: &twice, accumulating: true)
    for (a, b) in zip(once.weights.elements + once.bias.elements, twice.weights.elements + twice.bias.elements) {
      #expect((2 * a - b).magnitude < 1e-14)
    }
  }
}
