internal import CRecurrentKernels
internal import Synchronization

/// A place where members wait for one another, many thousand times a second.
///
/// They spin, since waking a sleeping thread takes far longer than a small step. Each member counts its meetings in a
/// cache line of its own and looks at the others' lines, so that one line travels each way at the same time. (With one
/// counter that all add to, and one that says it is complete, 100 steps with H = 64 on two cores took 70 µs, not 67.)
@safe
package final class Barrier: @unchecked Sendable {
  private let counters: UnsafeMutablePointer<Counter>
  private let count: Int
  private let patience: Int
  private var start = 0

  /// A place for up to `count` members. In all a member waits for `patience` nanoseconds before it complains.
  init(count: Int, patience: Int) {
    self.count = count
    self.patience = patience
    unsafe counters = .allocate(capacity: count)
    for index in 0..<count { unsafe (counters + index).initialize(to: Counter()) }
  }

  deinit {
    unsafe counters.deinitialize(count: count)
    unsafe counters.deallocate()
  }

  /// Makes ready for a call with `members` members, before any of them comes.
  func reset(members: Int) {
    start = nanoseconds()
    for index in 0..<members {
      unsafe counters[index].meetings.store(0, ordering: .relaxed)
      unsafe counters[index].lastMeeting.store(0, ordering: .relaxed)
      unsafe counters[index].isStarved.store(false, ordering: .relaxed)
      unsafe counters[index].waited.store(0, ordering: .relaxed)
    }
  }

  /// Returns when every member of `group` has called it as often as `member` has. Says whether they go on together.
  ///
  /// They don't where one of them has spent most of the call waiting, and its patience besides: then two share a
  /// processor with each other or with other programs, and what should take a microsecond takes until the system lets
  /// the other one run. All of them hear it at the same meeting, which the first one of the group has chosen.
  @inline(__always)
  func meet(_ member: Int, of group: Range<Int>) -> Bool {
    let meeting = unsafe counters[member].meetings.load(ordering: .relaxed) + 1
    if member == group.lowerBound && isAnyStarved(group) {
      unsafe counters[member].lastMeeting.store(meeting, ordering: .relaxed)
    }
    unsafe counters[member].meetings.store(meeting, ordering: .releasing)
    for other in group where other != member {
      if !Patience.lasts(until: { unsafe counters[other].meetings.load(ordering: .acquiring) >= meeting }) {
        wait(member, for: other, meeting)
      }
    }
    return unsafe counters[group.lowerBound].lastMeeting.load(ordering: .relaxed) != meeting
  }

  /// Whether a group of a call's members parted before its end.
  func hasParted(members: Int) -> Bool {
    for member in 0..<members where unsafe counters[member].lastMeeting.load(ordering: .relaxed) != 0 { return true }
    return false
  }

  @inline(__always)
  private func isAnyStarved(_ group: Range<Int>) -> Bool {
    for member in group where unsafe counters[member].isStarved.load(ordering: .relaxed) { return true }
    return false
  }

  @inline(never)
  private func wait(_ member: Int, for other: Int, _ meeting: Int) {
    let begin = nanoseconds()
    Patience.yield { unsafe counters[other].meetings.load(ordering: .acquiring) >= meeting }
    let end = nanoseconds()
    let waited = unsafe counters[member].waited.load(ordering: .relaxed) + end - begin
    unsafe counters[member].waited.store(waited, ordering: .relaxed)
    if waited >= patience && 2 * waited > end - start {
      unsafe counters[member].isStarved.store(true, ordering: .relaxed)
    }
  }

  /// What a member says to the others, with two cache lines to itself, as processors fetch them in pairs.
  private struct Counter: ~Copyable {
    let meetings = Atomic(0)
    /// In the first member of a group: the number of the meeting after which the members part, or 0.
    let lastMeeting = Atomic(0)
    let isStarved = Atomic(false)
    /// Nanoseconds, besides the first microseconds of each wait. The member's own.
    let waited = Atomic(0)
    private let padding = (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
  }
}

/// How long a thread looks at a number before it does something else.
enum Patience {
  /// Looks until `isOver`, then lets others run between two looks. For where the machine is busy, two members may be
  /// on one processor, and the one that is waited for cannot go on before the other one lets it. (After 100 µs in place
  /// of 5, a call beside a compiler took 150 times as long as alone.)
  @inline(__always)
  static func spin(until isOver: () -> Bool) {
    if !lasts(until: isOver) { yield(until: isOver) }
  }

  /// Looks for some 5 µs, at first without a break, then with pauses, and says whether it was over by then.
  @inline(__always)
  static func lasts(until isOver: () -> Bool) -> Bool {
    for look in 0..<256 {
      if isOver() { return true }
      if look > 64 { rk_pause() }
    }
    return false
  }

  /// Lets others run between two looks.
  static func yield(until isOver: () -> Bool) {
    while !isOver() { yieldProcessor() }
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
