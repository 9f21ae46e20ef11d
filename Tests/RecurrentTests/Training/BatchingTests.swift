import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: batching by length")
struct BatchingTests {
  let lengths: [Int] = {
    var generator = SeededGenerator(seed: 1)
    return (0..<1000).map { _ in Int(generator.next() % 200) }
  }()

  @Test("every sequence once, longest first, padding bounded, the same for the same seed and epoch")
  func batches() {
    let batcher = LengthBatches(lengths: lengths, batchSize: 16, seed: 7, poolSize: 200, paddingLimit: 0.2)
    let epoch = batcher.batches(ofEpoch: 3)
    #expect(epoch.joined().sorted() == Array(0..<1000))
    for batch in epoch {
      #expect(batch.count <= 16)
      let long = batch.map { lengths[$0] }
      #expect(long == long.sorted(by: >))
      let positions = batch.count * long[0]
      #expect(Double(positions - long.reduce(0, +)) <= 0.2 * Double(positions))
    }
    #expect(epoch.count < 1000 / 16 * 2)
    #expect(batcher.batches(ofEpoch: 3) == epoch)
    #expect(batcher.batches(ofEpoch: 4) != epoch)
    let other = LengthBatches(lengths: lengths, batchSize: 16, seed: 8, poolSize: 200, paddingLimit: 0.2)
    #expect(other.batches(ofEpoch: 3) != epoch)
  }

  @Test("without a limit, batches are full")
  func full() {
    let batcher = LengthBatches(lengths: lengths, batchSize: 16, seed: 7, poolSize: 1000, paddingLimit: 1)
    #expect(batcher.batches(ofEpoch: 0).map(\.count).sorted() == [8] + [Int](repeating: 16, count: 62))
    #expect(LengthBatches(lengths: [], batchSize: 3, seed: 1).batches(ofEpoch: 0).isEmpty)
    #expect(LengthBatches(lengths: [0, 0, 5], batchSize: 3, seed: 1).batches(ofEpoch: 0).count == 2)
  }

  @Test("examples without lengths: every one once, in full batches, each epoch in another order")
  func withoutLengths() {
    let batcher = LengthBatches(count: 1000, batchSize: 16, seed: 7)
    let epochs = (0..<2).map { batcher.batches(ofEpoch: $0) }
    for epoch in epochs {
      #expect(epoch.joined().sorted() == Array(0..<1000))
      // 50 batches make a pool, so that only the last one of the last pool is short: 1000 = 62·16 + 8.
      #expect(epoch.map(\.count).sorted() == [8] + [Int](repeating: 16, count: 62))
    }
    #expect(epochs[0] != epochs[1])
    #expect(batcher == LengthBatches(lengths: [Int](repeating: 1, count: 1000), batchSize: 16, seed: 7))
    #expect(LengthBatches(count: 0, batchSize: 16, seed: 7).batches(ofEpoch: 0).isEmpty)
  }

  @Test("the order is the same for ever")
  func pinned() {
    let batcher = LengthBatches(lengths: [3, 1, 4, 1, 5, 9, 2, 6], batchSize: 3, seed: 1, paddingLimit: 1)
    #expect(batcher.batches(ofEpoch: 0) == [[2, 0, 6], [1, 3], [5, 7, 4]])
  }

  @Test("sequences side by side, padded")
  func padding() {
    let sequences = [(2, 1), (0, 2), (1, 3)].map { Tensor<Float>.random([$0, 3], seed: $1) }
    let tensor = Tensor(padding: sequences)
    #expect(tensor.shape == [2, 3, 3])
    #expect(tensor[1, 0, 2] == sequences[0][1, 2])
    #expect(tensor[0, 2, 1] == sequences[2][0, 1])
    #expect(tensor[0, 1, 0] == 0 && tensor[1, 2, 0] == 0)
    let indices = IndexTensor(padding: [[7, 8], [], [9]])
    #expect(indices == IndexTensor(shape: [2, 3], elements: [7, -1, 9, 8, -1, -1]))
    #expect(Tensor<Float>(padding: []).shape == [0, 0, 0])
  }
}
