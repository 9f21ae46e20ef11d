#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The numbers that layers compute with: `Float` and `Double`. (Another type could conform, but only the engine `naive`
/// would serve it.)
///
/// The requirements are the mathematical library's functions, which the definition of every cell is written with.
public protocol RecurrentScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// eˣ.
  static func _exp(_ x: Self) -> Self
  /// eˣ − 1, accurate for small x.
  static func _expm1(_ x: Self) -> Self
  /// The hyperbolic tangent of x.
  static func _tanh(_ x: Self) -> Self
  /// ln(x).
  static func _log(_ x: Self) -> Self
  /// ln(1 + x), accurate for small x.
  static func _log1p(_ x: Self) -> Self
}

extension Float: RecurrentScalar {
  /// eˣ.
  public static func _exp(_ x: Float) -> Float { expf(x) }
  /// eˣ − 1, accurate for small x.
  public static func _expm1(_ x: Float) -> Float { expm1f(x) }
  /// The hyperbolic tangent of x.
  public static func _tanh(_ x: Float) -> Float { tanhf(x) }
  /// ln(x).
  public static func _log(_ x: Float) -> Float { logf(x) }
  /// ln(1 + x), accurate for small x.
  public static func _log1p(_ x: Float) -> Float { log1pf(x) }
}

extension Double: RecurrentScalar {
  /// eˣ.
  public static func _exp(_ x: Double) -> Double { exp(x) }
  /// eˣ − 1, accurate for small x.
  public static func _expm1(_ x: Double) -> Double { expm1(x) }
  /// The hyperbolic tangent of x.
  public static func _tanh(_ x: Double) -> Double { tanh(x) }
  /// ln(x).
  public static func _log(_ x: Double) -> Double { log(x) }
  /// ln(1 + x), accurate for small x.
  public static func _log1p(_ x: Double) -> Double { log1p(x) }
}
