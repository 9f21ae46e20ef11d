import Recurrent
import RecurrentVerification
import Testing

@Suite("Stream: sessions that come and go")
struct StreamSessionTests {
  @Test(
    "each session has the bits of running alone",
    arguments: LayerCase.oneOfEach(inputSize: 5, hiddenSize: 19, isBidirectional: false), [Engine.fused, .naive])
  func sessions(_ example: LayerCase, engine: Engine) {
    func check(_ layer: some VerifiableLayer<Float>) {
      let sessionCount = 6
      var together = layer.stream(batchSize: sessionCount)
      var steps = [Int](repeating: 0, count: sessionCount)
      func frame(_ session: Int, _ step: Int) -> [Float] {
        (0..<5).map { Float((session * 31 + step * 7 + $0 * 3) % 11) / 11 - 0.5 }
      }
      var outputs = [[[Float]]](repeating: [], count: sessionCount)
      var generator = SeededGenerator(seed: 12)
      for _ in 0..<40 {
        let rows = (0..<sessionCount).filter { _ in generator.uniform() < 0.6 }
        let frames = rows.flatMap { frame($0, steps[$0]) }
        var hidden = [Float](repeating: .nan, count: rows.count * 19)
        together.step(rows: rows.span, frames.span, into: hidden.mutableSpan)
        for (index, row) in rows.enumerated() {
          outputs[row].append(Array(hidden[index * 19..<(index + 1) * 19]))
          steps[row] += 1
        }
      }
      for session in 0..<sessionCount {
        var alone = layer.stream(batchSize: 1)
        for (step, expected) in outputs[session].enumerated() {
          var hidden = [Float](repeating: .nan, count: 19)
          alone.step(frame(session, step).span, into: hidden.mutableSpan)
          #expect(hidden == expected, "session \(session) step \(step)")
        }
      }
    }
    check(example.layer(Float.self, engine))
  }

  @Test("nobody takes part: nothing happens")
  func nobody() {
    let lstm = LSTM<Float>(inputSize: 5, hiddenSize: 4, seed: 3)
    var stream = lstm.stream(batchSize: 3)
    var hidden: [Float] = []
    stream.step(rows: Span(), Span(), into: hidden.mutableSpan)
    #expect(stream.state == lstm.zeroState(batchSize: 3))
  }

  @Test("rows out of range or out of order are refused")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      var stream = LSTM<Float>(inputSize: 1, hiddenSize: 4, seed: 3).stream(batchSize: 3)
      var hidden = [Float](repeating: 0, count: 4)
      stream.step(rows: [3].span, [1].span, into: hidden.mutableSpan)
    }
    await #expect(processExitsWith: .failure) {
      var stream = LSTM<Float>(inputSize: 1, hiddenSize: 4, seed: 3).stream(batchSize: 3)
      var hidden = [Float](repeating: 0, count: 8)
      stream.step(rows: [1, 1].span, [1, 1].span, into: hidden.mutableSpan)
    }
  }
}
