import Foundation
import Recurrent
import RecurrentPictures

/// One who was timed, as pictures and tables show it: always in the same colour, and in a shape that tells it without.
struct Series {
  /// As in JSON and CSV.
  let name: String
  let title: String
  let isPeer: Bool

  init(_ engine: Engine) {
    name = engine.rawValue
    title = engine.rawValue
    isPeer = false
  }

  init(_ peer: Peer) {
    name = peer.name
    title = peer.title
    isPeer = true
  }

  /// The class that gives the colour, for which the style sheet has a variable.
  var style: String { "s-\(name)" }

  var mark: Drawing.Mark {
    switch name {
    case "fused": .diamond
    case "blas": .square
    default: .circle
    }
  }

  func result(_ outcome: Outcome) -> (any TimedResult)? { outcome.all.first { $0.name == name } }
}

extension Drawing {
  /// A small shape about a point, by the series that it stands for.
  mutating func marker(_ series: Series, x: Double, y: Double, title: String? = nil) {
    mark(series.mark, x: x, y: y, "mark \(series.style)", title: title)
  }
}

extension Setting {
  /// Engines, then peers.
  var series: [Series] { engines.map { Series($0) } + peers.map { Series($0) } }

  /// Those that pictures show: not `naive` beside others, which are a hundred times faster and would all look alike.
  var pictured: [Series] { picturedEngines.map { Series($0) } + peers.map { Series($0) } }

  var picturedEngines: [Engine] { engines.count > 1 ? engines.filter { $0 != .naive } : engines }
}

extension Outcome {
  /// The heading that it stands under.
  var heading: String { workload.section ?? workload.mode.rawValue.capitalized }
}
