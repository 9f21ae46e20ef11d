import Foundation
import Recurrent

/// The threads of the library in this program.
enum TeamSize {
  /// The most that can be asked for.
  static let limit = 1024

  /// Lets the library's team have this many members. It must be said before the team is first used.
  static func set(_ count: Int) { unsafe _ = setenv("RECURRENT_THREADS", "\(count)", 1) }

  /// A team of this many members: the library's where that is as large.
  static func team(_ count: Int) -> ThreadTeam {
    count == ThreadTeam.shared.memberCount ? .shared : ThreadTeam(memberCount: count)
  }
}

/// Processor time in seconds: what counts for nobody but who was at work.
struct ProcessorTime {
  /// Of the calling thread.
  private(set) var own = 0.0
  /// Of all threads.
  private(set) var all = 0.0

  /// Adds what is used in `body`, which runs on the calling thread and, it may be, on others.
  mutating func add(_ body: () -> Void) {
    let start = (Self.seconds(CLOCK_THREAD_CPUTIME_ID), Self.seconds(CLOCK_PROCESS_CPUTIME_ID))
    body()
    own += Self.seconds(CLOCK_THREAD_CPUTIME_ID) - start.0
    all += Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - start.1
  }

  /// How many threads were at work, on average and as a whole number: those of a team have the same to do, so that the
  /// caller's time tells how much that is. Unlike the time on a clock it does not depend on what else the machine does.
  var threadCount: Int { own > 0 ? max(1, Int((all / own).rounded())) : 1 }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
