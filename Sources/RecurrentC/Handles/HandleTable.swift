internal import CRecurrent
internal import Synchronization

#if canImport(Darwin)
  internal import Darwin
#elseif canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// All live things of one kind that C callers have handles of.
///
/// A handle is no address but the number of a slot and of the slot's tenant, see `Handle`. So whatever a caller passes,
/// nothing is read but this table: a handle that is null, made up, of another kind, or of something that has been
/// destroyed is refused. Each slot has one atomic word with its tenant and who is in a call with it, so that a look-up
/// takes no lock and two calls that exclude each other are told apart. Making and destroying take none, either: the slots
/// that are free are a stack, see `FreeSlots`.
@safe
final class HandleTable<Thing>: Sendable {
  /// How a call uses a thing.
  enum Access {
    /// Beside others that do the same.
    case shared
    /// Alone.
    case exclusive
  }

  private let kind: Handle.Kind
  private nonisolated(unsafe) let slots: UnsafeMutablePointer<Atomic<UInt>>
  /// The thing of each slot that has a tenant; other places are not initialised.
  private nonisolated(unsafe) let things: UnsafeMutablePointer<Thing>
  private let free: FreeSlots

  init(_ kind: Handle.Kind) {
    self.kind = kind
    // Fresh pages are zero, and cost nothing before they are touched; all bits zero is a slot that never had a tenant.
    let bytes = Handle.slotLimit * MemoryLayout<Atomic<UInt>>.stride
    let memory = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
      fatalError("HandleTable: there are no \(bytes) bytes")
    }
    unsafe slots = memory.bindMemory(to: Atomic<UInt>.self, capacity: Handle.slotLimit)
    unsafe things = .allocate(capacity: Handle.slotLimit)
    free = unsafe FreeSlots(of: slots)
  }

  /// Takes in a thing, and gives its handle.
  func add(_ thing: Thing) throws(Failure) -> OpaquePointer {
    guard let slot = free.pop() else {
      throw Failure(RECURRENT_OUT_OF_MEMORY, "there are \(Handle.slotLimit) \(kind.name)s, the most that can be")
    }
    unsafe (things + slot).initialize(to: thing)
    let tenant = unsafe Handle.nextTenant(after: slots[slot].load(ordering: .relaxed), kind)
    unsafe slots[slot].store(tenant, ordering: .releasing)
    return unsafe Handle(slot: slot, tenant: tenant).pointer
  }

  /// Lets `body` use the thing of a handle.
  @inline(__always)
  func use<Result>(
    _ pointer: OpaquePointer?, _ access: Access, _ body: (Thing) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let handle = unsafe Handle(pointer)
    let slot = handle.slot
    switch access {
    case .shared:
      try enterShared(handle)
      defer { unsafe slots[slot].subtract(1, ordering: .releasing) }
      return try unsafe body(things[slot])
    case .exclusive:
      try enterExclusively(handle)
      defer { unsafe slots[slot].store(handle.tenant, ordering: .releasing) }
      return try unsafe body(things[slot])
    }
  }

  /// Forgets the thing of a handle, which is gone when nothing else holds it. Null is no thing, and allowed.
  func remove(_ pointer: OpaquePointer?) throws(Failure) {
    guard unsafe pointer != nil else { return }
    let handle = unsafe Handle(pointer)
    try enterExclusively(handle)
    let thing = unsafe (things + handle.slot).move()
    free.push(handle.slot, after: handle.tenant)
    withExtendedLifetime(thing) {}
  }

  @inline(__always)
  private func enterShared(_ handle: Handle) throws(Failure) {
    var word = unsafe slots[handle.slot].load(ordering: .relaxed)
    while true {
      guard handle.isTenant(word, kind) else { throw invalid(handle) }
      guard Handle.users(word) < Handle.userLimit - 1 else { throw inUse }
      let (exchanged, original) = unsafe slots[handle.slot].weakCompareExchange(
        expected: word, desired: word + 1, successOrdering: .acquiring, failureOrdering: .relaxed)
      if exchanged { return }
      word = original
    }
  }

  @inline(__always)
  private func enterExclusively(_ handle: Handle) throws(Failure) {
    guard handle.isTenant(handle.tenant, kind) else { throw invalid(handle) }
    let (exchanged, original) = unsafe slots[handle.slot].compareExchange(
      expected: handle.tenant, desired: handle.tenant + Handle.userLimit, successOrdering: .acquiring,
      failureOrdering: .relaxed)
    if _slowPath(!exchanged) { throw handle.isTenant(original, kind) ? inUse : invalid(handle) }
  }

  private func invalid(_ handle: Handle) -> Failure {
    Failure(
      RECURRENT_INVALID_HANDLE,
      handle.bits == 0
        ? "the \(kind.name) is null" : "this is not the handle of a \(kind.name), or it has been destroyed")
  }

  private var inUse: Failure {
    Failure(RECURRENT_IN_USE, "another thread is in a call with this \(kind.name)")
  }
}
