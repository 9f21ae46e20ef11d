internal import Synchronization

/// How far somebody has come, for whoever must not overtake.
package final class Progress: Sendable {
  private let steps = Atomic(0)

  package init() {}

  /// Says that `count` steps are done; what was written before is then seen by all who waited for them.
  @inline(__always)
  package func reach(_ count: Int) { steps.store(count, ordering: .releasing) }

  /// Returns when `count` steps are done.
  @inline(__always)
  package func wait(for count: Int) { Patience.spin { steps.load(ordering: .acquiring) >= count } }
}
