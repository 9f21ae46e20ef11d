internal import Recurrent

/// Norms of gradients of states, by how many steps a state lies back from the end of its sequence.
public struct NormCurve: Sendable, Equatable {
  /// At each distance one norm for each sequence that goes back so far, in the order of the batch.
  public let norms: [[Double]]

  /// A curve from its norms.
  public init(norms: [[Double]]) { self.norms = norms }

  /// The mean over the sequences at each distance.
  public var means: [Double] { norms.map { $0.reduce(0, +) / Double($0.count) } }

  /// The median over the sequences at each distance.
  public var medians: [Double] { norms.map { $0.median ?? .nan } }
}

extension NormCurve {
  /// The medians of one population: of the sequences that are at least as long as most, as far as all of them go back.
  ///
  /// Further out `medians` are those of ever fewer sequences, whose gradients may always have been larger or smaller.
  ///
  /// - Parameter lengths: the steps of each sequence.
  func commonMedians(_ lengths: [Int]) -> [Double] {
    guard !lengths.isEmpty else { return medians }
    let reach = lengths.sorted()[lengths.count / 2]
    return norms.prefix(reach + 1).enumerated().map { distance, norms in
      let those = zip(norms, lengths.filter { $0 >= distance }).filter { $0.1 >= reach }
      return those.map(\.0).median ?? .nan
    }
  }
}
