internal import Recurrent

extension TensorFile.Entry {
  /// The numbers: exactly where `Scalar` is the wider kind, else rounded to nearest.
  ///
  /// - Complexity: O(count), a plain copy where nothing is to be converted.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func elements<Scalar: RecurrentScalar>(convertedTo _: Scalar.Type) -> [Scalar] {
    switch kind {
    case .float:
      if let same = data.words(as: Float.self) as? [Scalar], 1.littleEndian == 1 { return same }
      return data.words(as: UInt32.self).map { Scalar(Float(bitPattern: UInt32(littleEndian: $0))) }
    case .double:
      if let same = data.words(as: Double.self) as? [Scalar], 1.littleEndian == 1 { return same }
      return data.words(as: UInt64.self).map { Scalar(Double(bitPattern: UInt64(littleEndian: $0))) }
    case .half: return data.words(as: UInt16.self).map { Scalar(Float16(bitPattern: UInt16(littleEndian: $0))) }
    case .bfloat:
      return data.words(as: UInt16.self).map { Scalar(Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16)) }
    default: return []
    }
  }
}

extension TensorFile.Kind {
  /// Numbers in this kind and the file's byte order, rounded to nearest where it is the narrower one.
  ///
  /// - Complexity: O(count).
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  func bytes<Scalar: RecurrentScalar>(of numbers: Span<Scalar>) -> FileSlice {
    func words<Word: FixedWidthInteger & BitwiseCopyable>(_ word: (Scalar) -> Word) -> FileSlice {
      let bytes = unsafe FileBytes(count: numbers.count * MemoryLayout<Word>.stride) { memory in
        for index in numbers.indices {
          unsafe memory.storeBytes(
            of: word(numbers[index]).littleEndian, toByteOffset: index * MemoryLayout<Word>.stride, as: Word.self)
        }
      }
      return FileSlice(bytes)
    }
    switch self {
    case .float: return words { Float($0).bitPattern }
    case .double: return words { Double($0).bitPattern }
    case .half: return words { Float16($0).bitPattern }
    case .bfloat: return words(upperHalf)
    default: preconditionFailure("\(rawValue) is no floating-point kind")
    }
  }
}

/// The upper half of the nearest Float that has zeros in the lower one; where two are as near, the even one.
private func upperHalf<Scalar: RecurrentScalar>(of x: Scalar) -> UInt16 {
  let nearest = Float(x)
  let bits = nearest.bitPattern
  if nearest.isNaN { return UInt16(bits >> 16) | 0x40 }
  let half: UInt32 = 0x8000
  let (upper, lower) = (bits >> 16, bits & 0xFFFF)
  var isUp = lower > half || lower == half && upper & 1 == 1
  // A tie may be one of the first rounding's making.
  if lower == half, Scalar(nearest) != x { isUp = Scalar(nearest).magnitude < x.magnitude }
  return UInt16(upper + (isUp ? 1 : 0))
}
