import Recurrent
import Testing

@Suite("Buffers, tensors, views")
struct MemoryTests {
  @Test("a buffer is aligned, filled, and copied only by clone()", arguments: [0, 1, 15, 16, 1000])
  func buffer(count: Int) {
    var buffer = AlignedBuffer<Float>(repeating: 2, count: count)
    let clone = buffer.clone()
    let isAligned = unsafe buffer.span.withUnsafeBufferPointer { pointer in
      Int(bitPattern: pointer.baseAddress) % AlignedBuffer<Float>.alignment == 0
    }
    #expect(isAligned)
    #expect(buffer.span.count == count)
    var elements = buffer.mutableSpan
    for index in elements.indices {
      #expect(elements[index] == 2)
      elements[index] = 3
    }
    for index in clone.span.indices { #expect(clone.span[index] == 2) }
  }

  @Test("a tensor is a value in row-major order")
  func tensor() {
    var tensor = Tensor<Double>(shape: [2, 3], elements: [0, 1, 2, 3, 4, 5])
    let copy = tensor
    tensor[1, 0] = 9
    #expect(tensor.elements == [0, 1, 2, 9, 4, 5])
    #expect(copy[1, 0] == 3)
    #expect(copy.reshaped(to: [3, 2])[1, 1] == 3)
    #expect(copy != tensor)
    #expect(copy.converted(to: Float.self).elements == [0, 1, 2, 3, 4, 5])
    #expect(Tensor<Float>(shape: []).count == 1)
    #expect(Tensor<Float>(shape: [4, 0, 2]).count == 0)
    var elements = tensor.mutableSpan
    elements[5] = 7
    #expect(tensor[1, 2] == 7)
    #expect(tensor.span[5] == 7)
  }

  @Test("a view of rows further apart, a block of it, its transpose")
  func views() {
    let numbers = (0..<12).map(Float.init)
    let view = MatrixView(numbers.span, rows: 3, columns: 2, stride: 4)
    #expect(view[2, 1] == 9)
    #expect(view.transposed[1, 2] == 9)
    #expect(view.rows(1..<3)[0, 1] == 5)
    var target = numbers
    do {
      var matrix = MutableMatrixView(target.mutableSpan, rows: 3, columns: 4)
      var block = matrix.block(rows: 1..<3, columns: 2..<4)
      block.fill(with: -1)
    }
    #expect(target == [0, 1, 2, 3, 4, 5, -1, -1, 8, 9, -1, -1])
  }
}
