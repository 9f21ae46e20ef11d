/// What the results of a run say together.
struct Summary {
  /// Means of one kind.
  struct Section {
    /// What they are means of.
    let subject: String
    let means: [RatioMean]

    /// The means as lines of text, their columns under one another.
    var lines: [String] {
      let width = max(42, (means.map(\.title.count).max() ?? 0) + 2)
      return means.map { $0.line(titleWidth: width) }
    }
  }

  private var outcomes: [Outcome] = []

  mutating func add(_ outcome: Outcome) { outcomes.append(outcome) }

  var peers: Section {
    Section(subject: "the best peer's shortest time over the engine's", means: PeerSummary(outcomes).means)
  }

  var promises: Section {
    Section(subject: "the shortest time over what a plain problem's makes due", means: PromiseSummary(outcomes).means)
  }

  var scaling: Section {
    Section(subject: "the shortest time on fewer threads over that on more", means: ScalingSummary(outcomes).means)
  }

  /// Those that have something to say.
  var sections: [Section] { [peers, promises, scaling].filter { !$0.means.isEmpty } }
}
