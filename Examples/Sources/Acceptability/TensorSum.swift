import Recurrent

/// Number by number, of equal shapes.
func + (a: Tensor<Float>, b: Tensor<Float>) -> Tensor<Float> {
  Tensor(shape: a.shape, elements: zip(a.elements, b.elements).map { $0 + $1 })
}
