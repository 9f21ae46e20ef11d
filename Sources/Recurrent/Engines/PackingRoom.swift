internal import Synchronization

/// Where the weights are packed that a run needs for itself: who helps, and whose memory it is.
public struct PackingRoom: Sendable {
  let team: ThreadTeam
  let shelf: PackShelf
}

/// Memory for weights that are packed anew for every run of a tape. Packs leave theirs here when they go, so that its pages
/// are the process's own after the first run: getting new ones from the system took half of the time of packing.
final class PackShelf: Sendable {
  private let spares = Mutex<[Box<AlignedBuffer<Float>>]>([])

  /// Memory for so many numbers, whatever they are.
  func take(count: Int) -> AlignedBuffer<Float> {
    let spare: AlignedBuffer<Float>? = spares.withLock { spares in
      guard let index = spares.firstIndex(where: { unsafe $0.value.count == count }) else { return nil }
      return unsafe spares.remove(at: index).value.take()
    }
    return spare ?? AlignedBuffer(count: count)
  }

  /// Keeps memory that nobody needs at the moment.
  func put(_ buffer: consuming AlignedBuffer<Float>) {
    spares.withLock { $0.append(Box(buffer.take())) }
  }
}
