internal import Recurrent

/// √x, and 0 for what rounding made negative.
///
/// A root that is known not to be of a negative number is one instruction, and serves a whole vector: without the
/// comparison, the mathematical library's error handling keeps `Adam` from the vector units, at a quarter of the speed.
@inline(__always)
func root<Scalar: RecurrentScalar>(_ x: Scalar) -> Scalar { (x < 0 ? 0 : x).squareRoot() }
