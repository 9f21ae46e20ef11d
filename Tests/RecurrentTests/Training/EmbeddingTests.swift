import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: embedding")
struct EmbeddingTests {
  let indices = IndexTensor(shape: [2, 3], elements: [4, 0, IndexTensor.none, 4, 2, 4])

  @Test("a row for each index, zeros for none")
  func lookup() {
    let embedding = Embedding<Float>(count: 5, size: 3, seed: 1)
    let vectors = embedding(indices)
    #expect(vectors.shape == [2, 3, 3])
    for (place, index) in indices.elements.enumerated() {
      for column in 0..<3 {
        let wanted = index == IndexTensor.none ? 0 : embedding.weights[index, column]
        #expect(vectors[place / 3, place % 3, column] == wanted)
      }
    }
  }

  @Test("the gradient has each row once, and is the slope of the loss")
  func gradient() {
    let embedding = Embedding<Double>(count: 5, size: 3, seed: 1)
    let slopes = Tensor<Double>.random([2, 3, 3], seed: 2)
    let gradients = embedding.backward(slopes, indices: indices)
    #expect(gradients.rows == [0, 2, 4])
    #expect(gradients.weights.shape == [3, 3])
    let error = worstSlope(of: embedding.weights, gradient: gradients.dense(count: 5).weights) {
      Embedding(weights: $0)(indices).dot(slopes)
    }
    #expect(error < 1e-7)
    // Added up in the order of the places.
    #expect(gradients.weights[2, 1] == slopes[0, 0, 1] + slopes[1, 0, 1] + slopes[1, 2, 1])
  }

  @Test("a deviation scales what the vectors begin with")
  func deviation() {
    let (plain, small) = (
      Embedding<Double>(count: 7, size: 3, seed: 1), Embedding<Double>(count: 7, size: 3, deviation: 0.25, seed: 1)
    )
    #expect(small.weights.elements == plain.weights.elements.map { 0.25 * $0 })
  }

  @Test("no index, no row")
  func empty() {
    let embedding = Embedding<Float>(count: 5, size: 3, seed: 1)
    let nothing = IndexTensor([IndexTensor.none])
    let gradients = embedding.backward(Tensor(shape: [1, 3], repeating: .nan), indices: nothing)
    #expect(gradients.rows.isEmpty)
    var (moved, adam) = (embedding, Adam<Float>())
    adam.update(&moved, with: gradients)
    #expect(moved == embedding)
  }
}
