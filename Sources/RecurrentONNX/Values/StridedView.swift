/// Where each element of a tensor stands in the row-major elements of another: at offset + Σ index·stride. A transposition,
/// a slice and a repetition are all of this kind.
struct StridedView {
  var shape: [Int]
  var strides: [Int]
  var offset = 0

  /// Every element of a tensor in its own order.
  init(_ shape: [Int]) {
    self.shape = shape
    strides = shape
    var stride = 1
    for axis in shape.indices.reversed() {
      strides[axis] = stride
      stride *= max(shape[axis], 1)
    }
  }

  /// The same elements with their axes in another order: axis `order[0]` first.
  func transposed(_ order: [Int]) -> StridedView {
    var view = self
    view.shape = order.map { shape[$0] }
    view.strides = order.map { strides[$0] }
    return view
  }

  /// The elements repeated along every axis on which they have extent 1, and along axes in front: NumPy's broadcasting.
  /// nil where `shape` is none that they can be repeated to.
  func broadcast(to target: [Int]) -> StridedView? {
    let missing = target.count - shape.count
    guard missing >= 0 else { return nil }
    var view = self
    view.shape = target
    view.strides = [Int](repeating: 0, count: missing) + strides
    for (axis, extent) in shape.enumerated() where extent != target[missing + axis] {
      guard extent == 1 else { return nil }
      view.strides[missing + axis] = 0
    }
    return view
  }

  /// The elements that the view finds in `source`.
  ///
  /// - Complexity: O(elements of the view).
  func elements<Element>(of source: [Element]) -> [Element] {
    if shape.contains(0) { return [] }
    guard let width = shape.last, let stride = strides.last else { return [source[offset]] }
    var found: [Element] = []
    found.reserveCapacity(shape.reduce(1, *))
    var indices = [Int](repeating: 0, count: shape.count - 1)
    var start = offset
    while true {
      for column in 0..<width { found.append(source[start + column * stride]) }
      var axis = indices.count - 1
      while axis >= 0 {
        indices[axis] += 1
        start += strides[axis]
        if indices[axis] < shape[axis] { break }
        start -= indices[axis] * strides[axis]
        indices[axis] = 0
        axis -= 1
      }
      if axis < 0 { return found }
    }
  }
}

/// The shape that two tensors are repeated to before they meet, element by element; nil where there is none.
func broadcastShape(_ a: [Int], _ b: [Int]) -> [Int]? {
  let rank = max(a.count, b.count)
  func extent(_ shape: [Int], _ axis: Int) -> Int {
    let index = axis - (rank - shape.count)
    return index < 0 ? 1 : shape[index]
  }
  var shape: [Int] = []
  for axis in 0..<rank {
    let (x, y) = (extent(a, axis), extent(b, axis))
    guard x == y || x == 1 || y == 1 else { return nil }
    shape.append(x == 1 ? y : x)
  }
  return shape
}
