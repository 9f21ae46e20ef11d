internal import Recurrent

/// How the Jacobians along a sequence stretch and shrink gradients: the singular values of each, and of their products.
public struct SingularValues: Sendable, Equatable {
  /// Whose Jacobians they are.
  public let place: LayerPlace
  /// The steps that they are of, in the order of the walk.
  public let steps: Range<Int>
  /// For each of those steps ln σ of J_t, the largest first.
  public let ofSteps: [[Double]]
  /// ln σ of the product of the last one, of the last two, and so on to that of all of them.
  public let ofProducts: [[Double]]
}

extension StateJacobians {
  /// The singular values of the last Jacobians of the sequence, and of their products.
  ///
  /// - Parameter limit: how many steps, at most.
  /// - Complexity: that of S sequences over those steps of training, and O(S³) for each step.
  public func singularValues(lastSteps limit: Int = .max) -> SingularValues {
    let steps = max(0, stepCount - max(0, limit))..<stepCount
    var (ofSteps, ofProducts) = ([[Double]](), [[Double]]())
    var product: ScaledMatrix<Scalar>?
    for step in steps.reversed() {
      let jacobian = ScaledMatrix(matrix(ofStep: step))
      ofSteps.append(jacobian.logSingularValues())
      // Both factors are at scale, so that their product is a number wherever they are.
      product =
        product.map {
          ScaledMatrix($0.mantissa.multiplied(by: jacobian.mantissa), exponent: $0.exponent + jacobian.exponent)
        } ?? jacobian
      ofProducts.append(product!.logSingularValues())
    }
    return SingularValues(place: place, steps: steps, ofSteps: ofSteps.reversed(), ofProducts: ofProducts)
  }
}
