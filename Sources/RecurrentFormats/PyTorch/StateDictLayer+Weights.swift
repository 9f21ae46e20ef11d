internal import Recurrent

extension StateDictLayer {
  /// The tensors of a layer and direction.
  func weights<Scalar>(
    _ layer: Int, _ direction: Direction, in file: TensorFile
  ) throws(TensorFileError) -> ForeignWeights<Scalar> {
    func tensor(_ part: StateDictName.Part) throws(TensorFileError) -> Tensor<Scalar> {
      try file.tensor(tensorName(part, layer, direction), convertedTo: Scalar.self)
    }
    return ForeignWeights(
      input: try tensor(.inputWeights), recurrent: try tensor(.recurrentWeights),
      inputBias: hasBias ? try tensor(.inputBias) : nil, recurrentBias: hasBias ? try tensor(.recurrentBias) : nil,
      projection: hasProjection ? try tensor(.projection) : nil)
  }
}
