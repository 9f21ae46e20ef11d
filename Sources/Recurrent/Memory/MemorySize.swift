/// An amount of memory.
public struct MemorySize: Hashable, Comparable, Sendable {
  /// In bytes.
  public let byteCount: Int

  /// So many bytes.
  public static func bytes(_ count: Int) -> MemorySize { MemorySize(byteCount: count) }
  /// So many times 2¹⁰ bytes.
  public static func kibibytes(_ count: Int) -> MemorySize { MemorySize(byteCount: count << 10) }
  /// So many times 2²⁰ bytes.
  public static func mebibytes(_ count: Int) -> MemorySize { MemorySize(byteCount: count << 20) }
  /// So many times 2³⁰ bytes.
  public static func gibibytes(_ count: Int) -> MemorySize { MemorySize(byteCount: count << 30) }

  /// Whether the one is less than the other.
  public static func < (a: MemorySize, b: MemorySize) -> Bool { a.byteCount < b.byteCount }
}
