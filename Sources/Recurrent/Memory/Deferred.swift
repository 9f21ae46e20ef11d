internal import Synchronization

/// A value that is made when somebody first asks for it, and then shared.
final class Deferred<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  /// The value: the first one that was made.
  func get(_ make: () -> Value) -> Value {
    value.withLock { value in
      if let value { return value }
      let made = make()
      value = made
      return made
    }
  }
}
