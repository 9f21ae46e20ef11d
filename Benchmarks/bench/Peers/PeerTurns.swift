/// A peer's turns.
final class PeerTurns: Contestant {
  let peer: Peer
  private let peers: Peers
  private let workload: Workload
  private(set) var measurement = Measurement(callsPerSample: 1)
  /// The most memory that its process had.
  private(set) var peakBytes: Int?
  /// Why it gave up.
  private(set) var error: PeerError?

  init(_ peer: Peer, _ peers: Peers, _ workload: Workload) {
    self.peer = peer
    self.peers = peers
    self.workload = workload
  }

  var name: String { peer.title }
  var isOut: Bool { error != nil }

  func warmUp(slice: Double) { ask(0) }

  func run(slice: Double) { ask(slice) }

  private func ask(_ seconds: Double) {
    guard error == nil else { return }
    do throws(PeerError) {
      let run = try peers.run(peer, workload, seconds: seconds)
      for time in run.times { measurement.add(sampleSeconds: time) }
      peakBytes = run.peakBytes
    } catch {
      self.error = error
    }
  }
}
