internal import Synchronization

/// The slots of a table that have no tenant: a stack that any thread takes from and gives back to, without a lock.
///
/// The word of a free slot has the slot below it where a tenant's has its users. The top goes with a count of the changes,
/// so that a thread that was held up between reading the top and taking it cannot take what has meanwhile been taken and
/// given back (R. K. Treiber, "Systems Programming: Coping with Parallelism", IBM RJ 5118, 1986, section 3.3). It is not a
/// `Mutex`, whose waiting is in a library that the thread sanitizer does not see into.
@safe
final class FreeSlots: Sendable {
  private nonisolated(unsafe) let words: UnsafeMutablePointer<Atomic<UInt>>
  /// The changes, and in the lower 32 bits what stands on top: the number of a slot and 1, or 0 where there is none.
  private let top = Atomic<UInt>(0)
  /// Slots that have ever had a tenant; those beyond are free as well, and in no stack.
  private let touched = Atomic<Int>(0)

  /// All slots of a table, whose words are zero.
  init(of words: UnsafeMutablePointer<Atomic<UInt>>) { unsafe self.words = words }

  /// A free slot, the last one given back; nil where none is left.
  func pop() -> Int? {
    var old = top.load(ordering: .acquiring)
    while Self.stored(old) > 0 {
      let slot = Int(Self.stored(old)) - 1
      // Whatever this reads where another thread is quicker, the exchange then fails.
      let below = unsafe Handle.users(words[slot].load(ordering: .relaxed))
      let (exchanged, original) = top.weakCompareExchange(
        expected: old, desired: Self.change(old, top: below), successOrdering: .acquiring,
        failureOrdering: .acquiring)
      if exchanged { return slot }
      old = original
    }
    var fresh = touched.load(ordering: .relaxed)
    while fresh < Handle.slotLimit {
      let (exchanged, original) = touched.weakCompareExchange(
        expected: fresh, desired: fresh + 1, ordering: .relaxed)
      if exchanged { return fresh }
      fresh = original
    }
    return nil
  }

  /// Gives back the slot of a tenant that is gone.
  func push(_ slot: Int, after tenant: UInt) {
    var old = top.load(ordering: .relaxed)
    while true {
      unsafe words[slot].store(Handle.withoutTenant(tenant) | Self.stored(old), ordering: .releasing)
      let (exchanged, original) = top.weakCompareExchange(
        expected: old, desired: Self.change(old, top: UInt(slot + 1)), successOrdering: .releasing,
        failureOrdering: .relaxed)
      if exchanged { return }
      old = original
    }
  }

  private static func stored(_ top: UInt) -> UInt { top & 0xFFFF_FFFF }

  private static func change(_ old: UInt, top: UInt) -> UInt { (old >> 32 &+ 1) << 32 | top }
}
