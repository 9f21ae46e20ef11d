import Recurrent
import RecurrentTraining
import Testing

@Suite("Training: features side by side")
struct ConcatenationTests {
  @Test("every number finds its place, and back", arguments: [[3, 2], [1], [2, 0, 4], [5, 5, 5]])
  func thereAndBack(widths: [Int]) {
    let parts = widths.enumerated().map { Tensor<Float>.random([4, 3, $1], seed: UInt64($0)) }
    let all = Tensor(concatenating: parts)
    #expect(all.shape == [4, 3, widths.reduce(0, +)])
    for step in 0..<4 {
      for row in 0..<3 {
        var column = 0
        for part in parts {
          for own in 0..<part.shape[2] {
            #expect(all[step, row, column] == part[step, row, own])
            column += 1
          }
        }
      }
    }
    #expect(all.split(into: widths) == parts)
  }

  @Test("no rows")
  func empty() {
    let all = Tensor(concatenating: [Tensor<Float>(shape: [0, 2]), Tensor<Float>(shape: [0, 3])])
    #expect(all.shape == [0, 5])
    #expect(all.split(into: [1, 4]).map(\.shape) == [[0, 1], [0, 4]])
  }
}
