/// The checksum of zip archives: CRC-32, polynomial 0xEDB88320.
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xEDB8_8320 : rest >> 1 }
  }

  /// The checksum of some parts, one behind another.
  static func checksum(_ parts: [FileSlice]) -> UInt32 {
    var rest = UInt32.max
    for part in parts {
      let bytes = part.bytes
      unsafe bytes.withUnsafeBytes { bytes in
        for index in bytes.indices {
          rest = unsafe rest >> 8 ^ table[Int((rest ^ UInt32(bytes[index])) & 0xFF)]
        }
      }
    }
    return ~rest
  }
}
