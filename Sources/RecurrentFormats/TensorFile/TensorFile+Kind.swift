internal import Recurrent

extension TensorFile {
  /// The kinds of numbers that a file may hold. Tensors of all of them are listed, kept and written back; those of the
  /// floating-point ones, `integer` and `byte` are read and made, too.
  public enum Kind: String, Sendable, CaseIterable {
    /// Float.
    case float = "F32"
    /// Double.
    case double = "F64"
    /// Float16: IEEE 754's binary16.
    case half = "F16"
    /// The upper half of a Float.
    case bfloat = "BF16"
    /// Int64.
    case integer = "I64"
    /// UInt8.
    case byte = "U8"
    /// A byte that is 0 or 1.
    case bool = "BOOL"
    /// Int8.
    case int8 = "I8"
    /// Int16.
    case int16 = "I16"
    /// Int32.
    case int32 = "I32"
    /// UInt16.
    case uint16 = "U16"
    /// UInt32.
    case uint32 = "U32"
    /// UInt64.
    case uint64 = "U64"
    /// Eight bits, four of them exponent.
    case float8E4M3 = "F8_E4M3"
    /// Eight bits, five of them exponent.
    case float8E5M2 = "F8_E5M2"
    /// A power of two in eight bits.
    case float8E8M0 = "F8_E8M0"
    /// Two Floats.
    case complex = "C64"

    /// Bytes in a number.
    public var byteCount: Int {
      switch self {
      case .byte, .bool, .int8, .float8E4M3, .float8E5M2, .float8E8M0: 1
      case .half, .bfloat, .int16, .uint16: 2
      case .float, .int32, .uint32: 4
      case .double, .integer, .uint64, .complex: 8
      }
    }

    /// Whether it is one of F32, F64, F16 and BF16, which layers are made of.
    public var isFloatingPoint: Bool {
      switch self {
      case .float, .double, .half, .bfloat: true
      default: false
      }
    }

    /// The kind of a precision: F32 of Float, else F64.
    init<Scalar: RecurrentScalar>(of _: Scalar.Type) { self = Scalar.self == Float.self ? .float : .double }
  }
}
