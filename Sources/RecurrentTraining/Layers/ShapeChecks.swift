internal import Recurrent

/// The lengths of N sequences of [T, N, ...], all T where nil; traps where they are not from 0 to T, or not N.
func requireLengths(_ lengths: [Int]?, for shape: [Int], _ name: StaticString) -> [Int] {
  require(shape.count >= 2, "\(name): sequences of shape \(shape), not [T, N, ...]")
  guard let lengths else { return [Int](repeating: shape[0], count: shape[1]) }
  require(lengths.count == shape[1], "\(name): \(lengths.count) lengths for \(shape[1]) sequences")
  for length in lengths {
    require(length >= 0 && length <= shape[0], "\(name): a length of \(length) in \(shape[0]) steps")
  }
  return lengths
}

/// The same, of sequences that must be [T, N, F].
func requireFeatureLengths(_ lengths: [Int]?, for shape: [Int], _ name: StaticString) -> [Int] {
  require(shape.count == 3, "\(name): sequences of shape \(shape), not [T, N, F]")
  return requireLengths(lengths, for: shape, name)
}

/// The rows of a tensor whose last dimension must be `columns`.
func rowCount<Scalar>(_ tensor: Tensor<Scalar>, of columns: Int, _ name: StaticString) -> Int {
  require(tensor.shape.last == columns, "\(name): shape \(tensor.shape), whose last dimension is not \(columns)")
  return tensor.shape.dropLast().reduce(1, *)
}
