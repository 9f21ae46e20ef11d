#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// The sentence of a thread's last call that failed. Each thread gets its memory when a call of its fails for the first
/// time, and gives it back when it ends.
enum ErrorMessage {
  private static var capacity: Int { 512 }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    unsafe pthread_key_create(&key) { memory in unsafe free(memory) }
    return key
  }()

  /// This thread's sentence, zero-terminated, or nil before there was one.
  static var current: UnsafePointer<CChar>? {
    unsafe pthread_getspecific(key).map { unsafe UnsafePointer($0.assumingMemoryBound(to: CChar.self)) }
  }

  /// Keeps as much of `message` as there is room for, cut between two characters.
  static func set(_ message: String) {
    guard let memory = unsafe pthread_getspecific(key) ?? calloc(1, capacity) else { return }
    unsafe pthread_setspecific(key, memory)
    var count = 0
    for character in message {
      guard count + character.utf8.count < capacity else { break }
      for byte in character.utf8 {
        unsafe memory.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
      }
    }
    unsafe memory.storeBytes(of: 0, toByteOffset: count, as: UInt8.self)
  }
}
