internal import Synchronization

/// Where the weights are packed that a run needs for itself: who helps, and whose memory it is.
public struct PackingRoom: Sendable {
  let team: ThreadTeam
  let shelf: PackShelf
}

/// Memory for weights that are packed anew for every run of a tape. Packs leave theirs here when they go, so that its pages
/// are the process's own after the first run: getting new ones from the system took half of the time of packing.
final class PackShelf: Sendable {
  private let spares = Mutex<[Spare]>([])

  /// Memory for so many numbers, whatever they are.
  func take(count: Int) -> AlignedBuffer<Float> {
    let spare = spares.withLock { spares in
      spares.firstIndex { $0.count == count }.map { spares.remove(at: $0) }
    }
    return spare?.takeBuffer() ?? AlignedBuffer(count: count)
  }

  /// Keeps memory that nobody needs at the moment.
  func put(_ buffer: consuming AlignedBuffer<Float>) {
    let spare = Spare(buffer)
    spares.withLock { $0.append(spare) }
  }

  /// A buffer that waits, and belongs to whoever took this from the shelf.
  private final class Spare: @unchecked Sendable {
    let count: Int
    private var buffer: AlignedBuffer<Float>?

    init(_ buffer: consuming AlignedBuffer<Float>) {
      count = buffer.count
      self.buffer = consume buffer
    }

    func takeBuffer() -> AlignedBuffer<Float> { buffer.take()! }
  }
}
