import Foundation
import Recurrent
import Synchronization
import Testing

@Suite("ThreadTeam")
struct ThreadTeamTests {
  @Test("members that wait for most of a call part, all at the same meeting")
  func parting() {
    let team = ThreadTeam(memberCount: 3, patience: 0)
    // Twenty bits for each member. (Not a Mutex: the thread sanitizer does not see how one is handed on where it is
    // waited for, which happens in a library that is not built with it.)
    let meetings = Atomic(0)
    team.run(members: 3) { member in
      for meeting in 1... {
        if member.index == 1 { usleep(1000) }  // what the others have to wait for
        guard member.meet() else {
          meetings.add(meeting << (20 * member.index), ordering: .relaxed)
          return
        }
      }
    }
    let last = (0..<3).map { meetings.load(ordering: .relaxed) >> (20 * $0) & 0xF_FFFF }
    #expect(last[0] > 0 && last[1] == last[0] && last[2] == last[0])
  }

  @Test("every member works once, and all have met before anyone goes on", arguments: [1, 2, 3, 4, 8])
  func members(count: Int) {
    let team = ThreadTeam(memberCount: count, patience: .max)
    for call in 0..<200 {
      let arrived = Atomic(0)
      let worked = Atomic(0)
      team.run(members: 1 + call % count) { member in
        worked.add(1 << (8 * member.index), ordering: .relaxed)
        for round in 1...20 {
          arrived.add(1, ordering: .relaxed)
          member.meet()
          // Nobody has come to the next round before all have come to this one and it has been looked at.
          let here = arrived.load(ordering: .relaxed)
          if here != round * member.count { worked.add(1 << 62, ordering: .relaxed) }
          member.meet()
        }
      }
      let expected = (0..<1 + call % count).reduce(0) { $0 + 1 << (8 * $1) }
      #expect(worked.load(ordering: .relaxed) == expected)
    }
  }

  @Test("shares are consecutive, even, and leave nothing out", arguments: [0, 1, 2, 7, 16, 100], [1, 2, 3, 16])
  func shares(count: Int, members: Int) {
    let shares = (0..<members).map { Member(index: $0, count: members, barrier: nil).share(of: count) }
    #expect(shares.flatMap { Array($0) } == Array(0..<count))
    #expect(shares.map(\.count).max()! - shares.map(\.count).min()! <= 1)
  }

  @Test("a team that is taken lets the others work alone, and nobody waits for ever")
  func taken() async {
    let team = ThreadTeam(memberCount: 3, patience: .max)
    let sum = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          for _ in 0..<300 {
            team.run(members: 3) { member in
              for item in member.share(of: 30) { sum.value.add(item, ordering: .relaxed) }
              member.meet()
            }
          }
        }
      }
    }
    #expect(sum.value.load(ordering: .relaxed) == 4 * 300 * (30 * 29 / 2))
  }

  @Test("a call inside a call works alone")
  func nested() {
    let team = ThreadTeam(memberCount: 2, patience: .max)
    let count = Atomic(0)
    team.run(members: 2) { _ in
      team.run(members: 2) { inner in count.add(inner.count, ordering: .relaxed) }
    }
    #expect(count.load(ordering: .relaxed) == 2)
  }

  @Test("teams come and go without leaving threads behind")
  func lifetime() {
    let before = threadCount()
    for _ in 0..<50 {
      ThreadTeam(memberCount: 4, patience: .max).run(members: 4) { $0.meet() }
    }
    #expect(threadCount() <= before + 8)  // other tests run beside this one
  }

  @Test("an idle team uses no processor time")
  func idle() async throws {
    await #expect(processExitsWith: .success) {
      let team = ThreadTeam(memberCount: 4, patience: .max)
      team.run(members: 4) { $0.meet() }
      // By now the short spin after a call is over, and so is that of OpenBLAS's own threads when it is loaded.
      usleep(400_000)
      let before = processorTime()
      usleep(500_000)
      // Less than a hundredth of one processor.
      precondition(processorTime() - before < 0.005)
    }
  }

  @Test("a process that was forked off works alone, and the parent as before")
  func fork() async {
    await #expect(processExitsWith: .success) {
      let team = ThreadTeam(memberCount: 2, patience: .max)
      team.run(members: 2) { $0.meet() }
      let child = forkProcess()
      if child == 0 {
        let count = Atomic(0)
        team.run(members: 2) { count.add($0.count, ordering: .relaxed) }
        _exit(count.load(ordering: .relaxed) == 1 ? 0 : 1)
      }
      var status: Int32 = 0
      unsafe waitpid(child, &status, 0)
      precondition(status == 0)
      let count = Atomic(0)
      team.run(members: 2) { _ in count.add(1, ordering: .relaxed) }
      precondition(count.load(ordering: .relaxed) == 2)
    }
  }
}

/// A number that several tasks add to.
private final class Counter: Sendable {
  let value = Atomic(0)
}

/// Seconds of processor time that this process has used.
private func processorTime() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

/// The threads of this process.
private func threadCount() -> Int {
  (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count) ?? 0
}

/// fork(), which Swift does not import, by its symbol.
@_silgen_name("fork")
private func forkProcess() -> Int32
