internal import CRecurrentKernels
internal import Synchronization

/// A place where members wait for one another, many thousand times a second.
///
/// They spin: on two cores a meeting takes about a tenth of a microsecond, where waking a sleeping thread takes tens.
package final class Barrier: Sendable {
  private let arrived = Line()
  private let round = Line()

  /// Returns when `count` members have called it.
  @inline(__always)
  func meet(_ count: Int) {
    let current = round.value.load(ordering: .relaxed)
    if arrived.value.add(1, ordering: .acquiringAndReleasing).newValue == count {
      arrived.value.store(0, ordering: .relaxed)
      round.value.store(current &+ 1, ordering: .releasing)
    } else {
      Patience.spin { round.value.load(ordering: .acquiring) != current }
    }
  }

  /// A number that has its cache line to itself.
  private final class Line: Sendable {
    private let before = (0, 0, 0, 0, 0, 0, 0, 0)
    let value = Atomic(0)
    private let after = (0, 0, 0, 0, 0, 0, 0, 0)
  }
}

/// How long a thread looks at a number before it does something else.
enum Patience {
  /// Looks until `isOver`. After a while it lets others run between two looks, so that a member whose processor was
  /// taken away costs no more than it must.
  @inline(__always)
  static func spin(until isOver: () -> Bool) {
    var looks = 0
    while !isOver() {
      looks += 1
      if looks < 4096 { rk_pause() } else { yieldProcessor() }
    }
  }

  /// Looks for about 50 µs, and says whether it was over by then. Between two calls in a loop that is long enough; an
  /// idle program's threads are asleep.
  @inline(__always)
  static func spinAWhile(until isOver: () -> Bool) -> Bool {
    for _ in 0..<1024 {
      if isOver() { return true }
      rk_pause()
    }
    return false
  }
}
