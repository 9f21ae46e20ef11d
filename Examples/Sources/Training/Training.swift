import Recurrent
import RecurrentTraining

// At every one of 30 steps: what did the sequence begin with?
var lstm = LSTM<Float>(inputSize: 1, hiddenSize: 32, seed: 1)
var dense = Dense<Float>(inputSize: 32, outputSize: 1, seed: 2)
var (gradients, denseGradients) = (lstm.parameters.zeros(), dense.zeros())
var (adam, denseAdam) = (Adam<Float>(learningRate: 0.01), Adam<Float>(learningRate: 0.01))
var tape = Tape(for: lstm, steps: 30, batchSize: 16, memoryLimit: .mebibytes(64))
var random = SeededGenerator(seed: 3)

for step in 1...300 {
  let numbers = (0..<30 * 16).map { _ in Float(random.uniform(-1, 1)) }
  let input = Tensor(shape: [30, 16, 1], elements: numbers)
  let first = Tensor(shape: [30, 16, 1], elements: numbers.indices.map { numbers[$0 % 16] })

  let hidden = lstm.forward(input, recording: &tape).hidden
  let loss = meanSquaredError(dense(hidden), first)
  let hiddenGradient = dense.backward(loss.gradient, input: hidden, into: &denseGradients)
  lstm.backward(OutputGradients(hidden: hiddenGradient), through: &tape, into: &gradients)

  gradients.clip(toNorm: 1)
  adam.update(&lstm.parameters, with: gradients)
  denseAdam.update(&dense, with: denseGradients)
  if step % 100 == 0 { print("after \(step) steps: \(loss.value)") }  // 0.33 for who remembers nothing
}
