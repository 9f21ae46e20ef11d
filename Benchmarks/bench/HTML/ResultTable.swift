import Recurrent
import RecurrentPictures
import RecurrentVerification

/// The numbers of some outcomes as a table of HTML, a row a problem.
struct ResultTable {
  private let setting: Setting
  private let outcomes: [Outcome]

  init(_ setting: Setting, _ outcomes: [Outcome]) {
    self.setting = setting
    self.outcomes = outcomes
  }

  var html: String {
    let series = setting.series
    var names = ["problem"] + series.map(\.name)
    if !setting.peers.isEmpty { names.append("vs peers") }
    names += ["fastest", "median", "p99", "GFLOP/s", "peak", "roof", "on"]
    if hasMemory { names += ["tape", "memory"] }
    names.append("error")
    let head = names.enumerated().map { "<th\($0 == 0 ? "" : " class=\"n\"")>\(Markup.escape($1))</th>" }
    return "<table><thead><tr>\(head.joined())</tr></thead>\n<tbody>\n"
      + outcomes.map(row).joined(separator: "\n") + "\n</tbody></table>"
  }

  private var hasMemory: Bool { outcomes.contains { $0.workload.mode == .training } }

  private func row(_ outcome: Outcome) -> String {
    let best = outcome.all.map(\.measurement.minimum).min()
    var cells = ["<td><code>\(Markup.escape("\(outcome.workload.problem)"))</code></td>"]
    for series in setting.series {
      let time = series.result(outcome)?.measurement.minimum
      let text = time.map { Text.time($0) } ?? "–"
      cells.append(cell(time == best && time != nil ? "<b>\(text)</b>" : text))
    }
    let fastest = outcome.fastest
    if !setting.peers.isEmpty {
      cells.append(cell(fastest.flatMap { outcome.speedupOverPeers(of: $0) }.map { "\(Text.three($0))×" } ?? "–"))
    }
    guard let fastest else { return "<tr>\(cells.joined())</tr>" }
    let errors = outcome.results.map(\.error)
    let error = Text.error(errors.map(\.maxAbsoluteError).max() ?? 0)
    cells += [
      fastest.name, Text.time(fastest.measurement.median), Text.time(fastest.measurement.time(percentile: 99)),
      Text.three(outcome.gigaflops(fastest)), Text.percent(outcome.peakShare(fastest)),
      Text.percent(outcome.roofShare(fastest)), "\(fastest.threadCount)",
    ].map(cell)
    if hasMemory {
      cells += [fastest.memory?.tapeBytes, fastest.memory?.peakBytes].map { cell($0.map(Text.memory) ?? "–") }
    }
    cells.append(cell(errors.allSatisfy(\.isWithinBound) ? error : "<strong>\(error) WRONG</strong>"))
    return "<tr>\(cells.joined())</tr>"
  }

  private func cell(_ html: String) -> String { "<td class=\"n\">\(html)</td>" }
}
