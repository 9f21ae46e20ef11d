internal import Synchronization

/// Threads that work on one call together.
///
/// The caller is always one of the members; the others are threads of the team, started at the first call that wants
/// them, which sleep between calls. Each member owns a fixed part of the work for the whole call, so that its share of
/// the weights stays in its own cache, and waits for the others once a step.
///
/// A caller that finds the team taken works alone: it never waits and cannot deadlock. So does a process that was forked
/// off, which has no threads but its own; and for a while whoever found the machine so crowded that the members waited
/// for one another more than they worked. A team may be used from any thread.
public final class ThreadTeam: Sendable {
  /// The most members of a call, the caller among them.
  public let memberCount: Int

  /// As many members as this process has processors, or as the environment variable `RECURRENT_THREADS` says.
  public static let shared = ThreadTeam(memberCount: Processors.requestedCount ?? Processors.count)

  private let hall: Hall
  private let threads: Threads

  /// A team of at most `memberCount` members, one of whom is whoever calls.
  public convenience init(memberCount: Int) { self.init(memberCount: memberCount, patience: 500_000) }

  /// A team whose members part when one has waited for `patience` nanoseconds of a call, and for most of it.
  package init(memberCount: Int, patience: Int) {
    require(
      memberCount >= 1 && memberCount <= Hall.memberLimit,
      "ThreadTeam: \(memberCount) members; there must be 1 to \(Hall.memberLimit)")
    self.memberCount = memberCount
    hall = Hall(memberCount: memberCount, patience: patience)
    threads = Threads()
  }

  deinit {
    hall.close()
    threads.join()
  }

  /// Does `work` once for each of up to `count` members, all at the same time, and returns when all are done.
  ///
  /// The member says how many there are: `count`, or fewer where the team is smaller, or 1 where it is taken. What a
  /// member does must depend on that number only in how the work is shared out.
  package func run(members count: Int, _ work: @Sendable (Member) -> Void) {
    let count = min(count, memberCount)
    guard count > 1, !hall.isCrowded, hall.take() else { return work(.alone) }
    defer { hall.leave() }
    guard threads.start(memberCount - 1, in: hall) else { return work(.alone) }
    withoutActuallyEscaping(work) { work in hall.work(work, members: count) }
  }

  /// Does `work` once for each of `count` parts, shared out over up to `members` members: whoever is free takes the next
  /// one. For parts that have nothing to do with one another, on processors that are not equally fast, or not equally
  /// free.
  package func run(parts count: Int, members: Int, _ work: @Sendable (Int) -> Void) {
    let next = Atomic(0)
    run(members: min(members, count)) { _ in
      while true {
        let part = next.add(1, ordering: .relaxed).oldValue
        guard part < count else { return }
        work(part)
      }
    }
  }

  /// Does `body`, and keeps the threads that it wakes from going to sleep too soon between the calls that it makes: they
  /// look out for the next one for 1 ms in place of 50 µs, and let other programs run meanwhile.
  ///
  /// Where calls follow one another with a little work of the caller's in between, waking a thread can take longer than
  /// the work.
  package func withThreadsAwake<Result: ~Copyable>(_ body: () -> Result) -> Result {
    hall.expectCalls()
    defer { hall.expectNoCalls() }
    return body()
  }
}

/// One of those who work on a call, or on a part of one that needs nobody else.
package struct Member: Sendable {
  /// From 0 up to the count.
  package let index: Int
  /// How many there are.
  package let count: Int
  private let barrier: Barrier?
  /// The place at the barrier of the one whose index is 0.
  private let first: Int

  package init(index: Int, count: Int, barrier: Barrier?, first: Int = 0) {
    self.index = index
    self.count = count
    self.barrier = barrier
    self.first = first
  }

  /// Whoever has nobody to share with.
  package static let alone = Member(index: 0, count: 1, barrier: nil)

  /// Waits until every member has come here. What they wrote before is then seen by all.
  ///
  /// False where from now on the member with the index 0 works alone: see `Barrier.meet`.
  @inline(__always)
  @discardableResult
  package func meet() -> Bool { barrier?.meet(first + index, of: first..<first + count) ?? true }

  /// This member's share of `count` things: consecutive, and even to within one.
  package func share(of count: Int) -> Range<Int> { count * index / self.count..<count * (index + 1) / self.count }

  /// The one of two halves that this member belongs to, and what it is there. The members of a half meet among
  /// themselves. There must be two members at least.
  package var half: (index: Int, member: Member) {
    let middle = (count + 1) / 2
    return index < middle
      ? (0, Member(index: index, count: middle, barrier: barrier, first: first))
      : (1, Member(index: index - middle, count: count - middle, barrier: barrier, first: first + middle))
  }
}

/// Where the members of a team meet: the call at hand, and the sleep between calls.
final class Hall: Sendable {
  static let memberLimit = 1 << 10
  /// So often a thread looks out for 50 µs before it sleeps, though calls are expected.
  private static let looksWhereCallsAreExpected = 20

  private let isTaken = Atomic(false)
  private let isClosed = Atomic(false)
  /// The number of the call, and in the lowest bits its member count: read in one piece, so that a thread which wakes
  /// up late cannot take one call's number for another's.
  private let ticket = Atomic(0)
  /// Callers who will have work again before long.
  private let expectant = Atomic(0)
  /// Members besides the caller who have not finished the call.
  private let working = Atomic(0)
  private let barrier: Barrier
  private let bed = Bed()
  // Written by the caller before the ticket, read by members after it, gone when none is working.
  private nonisolated(unsafe) var work: (@Sendable (Member) -> Void)?

  /// When the members may be tried again after they had to part, and for how long they were sent away: nanoseconds.
  private let crowdedUntil = Atomic(0)
  private let retreat = Atomic(0)

  init(memberCount: Int, patience: Int) { barrier = Barrier(count: memberCount, patience: patience) }

  /// Whether the last call's members were in each other's way, a short time ago.
  var isCrowded: Bool {
    retreat.load(ordering: .relaxed) > 0 && nanoseconds() < crowdedUntil.load(ordering: .relaxed)
  }

  func take() -> Bool {
    isTaken.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func leave() { isTaken.store(false, ordering: .releasing) }

  func expectCalls() { expectant.add(1, ordering: .relaxed) }

  func expectNoCalls() { expectant.subtract(1, ordering: .relaxed) }

  /// The caller's side of a call.
  func work(_ work: @escaping @Sendable (Member) -> Void, members count: Int) {
    unsafe self.work = work
    barrier.reset(members: count)
    working.store(count - 1, ordering: .relaxed)
    let number = ticket.load(ordering: .relaxed) / Self.memberLimit / 2 + 1
    ticket.store(number * Self.memberLimit * 2 + count, ordering: .releasing)
    bed.wakeAll()
    work(Member(index: 0, count: count, barrier: barrier))
    Patience.spin { working.load(ordering: .acquiring) == 0 }
    unsafe self.work = nil
    remember(whetherCrowded: barrier.hasParted(members: count))
  }

  /// Leaves the team alone for 1 ms after its members had to part, and twice as long each time that it happens again, up
  /// to 64 ms: a crowd may be gone with its next time slice, or be there to stay.
  private func remember(whetherCrowded isCrowded: Bool) {
    guard isCrowded else {
      if retreat.load(ordering: .relaxed) > 0 { retreat.store(0, ordering: .relaxed) }
      return
    }
    let time = min(max(2 * retreat.load(ordering: .relaxed), 1_000_000), 64_000_000)
    retreat.store(time, ordering: .relaxed)
    crowdedUntil.store(nanoseconds() + time, ordering: .relaxed)
  }

  /// A thread's side of all calls.
  func serve(index: Int) {
    var seen = 0
    while true {
      var current = seen
      var isAwake = false
      var looks = 0
      repeat {
        isAwake = Patience.spinAWhile {
          current = ticket.load(ordering: .acquiring)
          return current != seen
        }
        looks += 1
        if !isAwake { yieldProcessor() }
      } while !isAwake && looks < Self.looksWhereCallsAreExpected && expectant.load(ordering: .relaxed) > 0
      if !isAwake {
        bed.sleep {
          current = ticket.load(ordering: .acquiring)
          return current != seen
        }
      }
      seen = current
      if isClosed.load(ordering: .acquiring) { return }
      let count = current % (Self.memberLimit * 2)
      guard index < count else { continue }
      unsafe work!(Member(index: index, count: count, barrier: barrier))
      working.subtract(1, ordering: .releasing)
    }
  }

  /// Sends the threads home.
  func close() {
    isClosed.store(true, ordering: .releasing)
    ticket.add(Self.memberLimit * 2, ordering: .releasing)
    bed.wakeAll()
  }
}
