import Foundation
import Recurrent
import RecurrentPictures

/// Results as one page for a browser, complete in itself: pictures in SVG, no scripts. Written when all are there.
struct HTMLReport: Report {
  private let sink: Sink
  private let setting: Setting
  private var outcomes: [Outcome] = []
  private var summary = Summary()

  init(_ sink: Sink, _ setting: Setting) {
    self.sink = sink
    self.setting = setting
  }

  func begin() {}

  mutating func add(_ outcome: Outcome) {
    outcomes.append(outcome)
    summary.add(outcome)
  }

  func end() {
    let title = "Recurrent layers on \(setting.machine.processor)"
    var parts = [machine()]
    if setting.picturedEngines.count < setting.engines.count {
      parts.append(
        "<p class=\"aside\">The definition, naive, is in the tables only: beside it all others would look alike.</p>")
    }
    parts.append(legend())
    let complete = outcomes.filter { !$0.results.isEmpty }
    if complete.isEmpty {
      parts.append("<p>There is no result.</p>")
    } else {
      parts += [
        roofline(complete), bars(complete), means("Time and data", summary.promises, "ratio", worst: "worst"),
        means("Threads", summary.scaling, "speed-up", worst: "least"), latency(complete), tables(),
      ]
    }
    sink.line(Markup.page(title: title, style: .results, parts))
  }

  // MARK: - Parts of the page

  private func machine() -> String {
    let machine = setting.machine
    let threads = setting.threads
    var facts = [
      ("Machine", [machine.processor, "\(machine.coreCount) cores", machine.caches]),
      (
        "Library", ["\(machine.instructionSet) kernels", threads, machine.build, machine.commit.map { "commit \($0)" }]
      ),
      ("BLAS", ["\(machine.openBLAS), core \(machine.openBLASCore)", "1 thread"]),
    ]
    if !setting.peers.isEmpty {
      facts.append(("Peers", setting.peers.map { "\($0.title) \($0.version)" } + [threads]))
    }
    for roof in setting.roofs {
      let levels = roof.levels(machine).map { "\($0.name) \(Text.three($0.bytesPerSecond * 1e-9)) GB/s" }
      facts.append(
        (
          "Roof of \(Text.threads(roof.threadCount))",
          ["\(Text.three(roof.peak * 1e-9)) GFLOP/s in multiply-adds"] + levels
        ))
    }
    return Markup.facts(facts.map { ($0, $1.compactMap(\.self).joined(separator: ", ")) })
  }

  /// Who is in which colour.
  private func legend() -> String {
    let keys = setting.pictured.map { series in
      var drawing = Drawing(width: 16, height: 16, label: "")
      drawing.marker(series, x: 8, y: 8)
      return "<li>\(drawing.svg)\(Markup.escape(series.title))</li>"
    }
    return "<ul class=\"legend\">\(keys.joined())</ul>"
  }

  private func roofline(_ outcomes: [Outcome]) -> String {
    var plot = RooflinePlot(setting, outcomes)
    return Markup.section(
      "Roofline",
      """
      A point is an engine on a problem. The lines are what the machine was measured to do at most: multiply-adds \
      above, reading weights again and again on the slopes. Point at one to see its problem; the fastest engine's are \
      named where there is room.
      """, Markup.figure(plot.svg()))
  }

  private func bars(_ outcomes: [Outcome]) -> String {
    guard let plot = BarPlot(setting, outcomes) else { return "" }
    return Markup.section(
      "Speed",
      "\(plot.explanation.prefix(1).uppercased() + plot.explanation.dropFirst()) is 1×; further right is faster.",
      table(of: summary.peers.means, "speed-up", worst: "least")
        + bySection(outcomes).map { Markup.figure(plot.svg($1, heading: $0), caption: $0) }.joined(separator: "\n"))
  }

  private func means(_ title: String, _ part: Summary.Section, _ ratio: String, worst: String) -> String {
    part.means.isEmpty
      ? "" : Markup.section(title, "Ratios: \(part.subject).", table(of: part.means, ratio, worst: worst))
  }

  /// Means as a table, or nothing where there are none.
  private func table(of means: [RatioMean], _ ratio: String, worst: String) -> String {
    guard !means.isEmpty else { return "" }
    let rows = means.map { mean in
      "<tr><td>\(Markup.escape(mean.title))</td>"
        + "<td class=\"n\"><b>\(Text.three(mean.ratio))×</b></td><td class=\"n\">\(mean.count)</td>"
        + "<td class=\"n\">\(Text.three(mean.worst))×</td>"
        + "<td><code>\(Markup.escape(mean.worstProblem))</code></td></tr>"
    }
    return
      "<div class=\"wide\"><table><thead><tr><th>geometric mean</th><th class=\"n\">\(ratio)</th>"
      + "<th class=\"n\">problems</th><th class=\"n\">\(worst)</th><th>in</th></tr></thead>"
      + "<tbody>\(rows.joined(separator: "\n"))</tbody></table></div>"
  }

  private func latency(_ outcomes: [Outcome]) -> String {
    let steps = outcomes.filter { $0.workload.mode == .step }
    guard !steps.isEmpty else { return "" }
    return Markup.section(
      "Latency of a step",
      "How often one step took how long, up to 99.5 of 100. The marks are the median and the 99th percentile.",
      Markup.figure(LatencyPlot(setting, steps).svg()))
  }

  private func tables() -> String {
    let tables = bySection(outcomes).map { heading, outcomes in
      "<h3>\(Markup.escape(heading))</h3>\n<div class=\"wide\">\(ResultTable(setting, outcomes).html)</div>"
    }
    return Markup.section(
      "All results",
      """
      Times are the shortest. Peak and roof are shares of what the machine could do on as many threads as were at work \
      (on): of its multiply-adds, and of the least time for the operations and for reading the weights. Tape is the size \
      of the fastest engine's tape, memory the most that the whole program held resident while it ran. Error is the \
      largest difference from the definition in Double; all are within what rounding explains, but for those called \
      wrong.
      """, tables.joined(separator: "\n"))
  }

  /// Outcomes by heading, in their order; those on different numbers of threads stand under different ones.
  private func bySection(_ outcomes: [Outcome]) -> [(String, [Outcome])] {
    var sections: [(heading: String, outcomes: [Outcome])] = []
    for outcome in outcomes {
      let heading =
        outcome.heading + (setting.threadCounts.count > 1 ? ", up to \(Text.threads(outcome.threadCount))" : "")
      if let index = sections.firstIndex(where: { $0.heading == heading }) {
        sections[index].outcomes.append(outcome)
      } else {
        sections.append((heading, [outcome]))
      }
    }
    return sections
  }
}
