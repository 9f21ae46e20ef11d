#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif
internal import Synchronization

// What the operating system provides: threads, a place to sleep, the number of processors. With the buffers, the kernel
// wrappers and the C exports this folder is the fourth place that has raw pointers: a mutex must not move, nor must
// the barrier's counters.

/// A mutex and a condition to sleep on.
@safe
final class Bed: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe condition = .allocate(capacity: 1)
    unsafe mutex.initialize(to: pthread_mutex_t())
    unsafe condition.initialize(to: pthread_cond_t())
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(condition, nil)
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe pthread_mutex_destroy(mutex)
    unsafe condition.deallocate()
    unsafe mutex.deallocate()
  }

  /// Sleeps until `isOver`, which is asked at first and after every `wakeAll`.
  func sleep(until isOver: () -> Bool) {
    unsafe pthread_mutex_lock(mutex)
    while !isOver() { unsafe pthread_cond_wait(condition, mutex) }
    unsafe pthread_mutex_unlock(mutex)
  }

  func wakeAll() {
    unsafe pthread_mutex_lock(mutex)
    unsafe pthread_cond_broadcast(condition)
    unsafe pthread_mutex_unlock(mutex)
  }
}

/// The threads of one team.
@safe
final class Threads: @unchecked Sendable {
  // Touched by whoever has taken the team, and by deinit.
  private var handles: [pthread_t] = []
  private var process = Processors.forks

  /// Starts `count` threads, the first time; says whether they are there. In a forked process they are not.
  func start(_ count: Int, in hall: Hall) -> Bool {
    guard Processors.forks == process else { return false }
    while handles.count < count {
      let post = unsafe Unmanaged.passRetained(Post(hall, index: handles.count + 1))
      #if canImport(Darwin)
        var handle: pthread_t?
      #else
        var handle = pthread_t()
      #endif
      let status = unsafe pthread_create(
        &handle, nil,
        { argument in
          #if canImport(Darwin)
            let post = unsafe Unmanaged<Post>.fromOpaque(argument).takeRetainedValue()
          #else
            let post = unsafe Unmanaged<Post>.fromOpaque(argument!).takeRetainedValue()
          #endif
          post.hall.serve(index: post.index)
          return nil
        }, post.toOpaque())
      guard status == 0 else {
        unsafe post.release()
        return false
      }
      #if canImport(Darwin)
        handles.append(handle!)
      #else
        handles.append(handle)
      #endif
    }
    return true
  }

  func join() {
    guard Processors.forks == process else { return }
    for handle in handles { pthread_join(handle, nil) }
  }

  private final class Post: Sendable {
    let hall: Hall
    let index: Int
    init(_ hall: Hall, index: Int) {
      self.hall = hall
      self.index = index
    }
  }
}

enum Processors {
  /// The processors that this process may use, as OpenBLAS counts them: those of its affinity mask.
  static var count: Int { max(1, min(BLAS.processorCount, Hall.memberLimit)) }

  /// What the environment variable `RECURRENT_THREADS` asks for, if it is a sensible number.
  static var requestedCount: Int? {
    guard let text = unsafe getenv("RECURRENT_THREADS") else { return nil }
    guard let count = unsafe Int(String(cString: text)) else { return nil }
    return count >= 1 && count <= Hall.memberLimit ? count : nil
  }

  /// How many times this process is a fork of the one that first asked.
  static var forks: Int {
    _ = watch
    return forkCount.load(ordering: .relaxed)
  }

  private static let forkCount = Atomic(0)
  private static let watch: Void = {
    _ = pthread_atfork(nil, nil) { forkCount.add(1, ordering: .relaxed) }
  }()
}

/// Lets another thread have the processor.
func yieldProcessor() { sched_yield() }

/// The time of a clock that never goes back, in nanoseconds.
func nanoseconds() -> Int {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
}
