import Foundation
import RecurrentPictures

/// The geometric mean of ratios of shortest times over several problems, and the worst of them.
struct RatioMean {
  /// Of what, such as "inference, fused, all problems".
  let title: String
  let ratio: Double
  let count: Int
  let worst: Double
  let worstProblem: String
  /// Whether it is the greatest ratio that is the worst one, and not the least.
  private let lessIsBetter: Bool

  /// A ratio, and the problem that it is of.
  typealias Ratio = (ratio: Double, problem: String)

  /// A mean of `ratios`, or nil where there are none.
  init?(_ title: String, _ ratios: [Ratio], lessIsBetter: Bool) {
    let ascending = ratios.sorted { $0.ratio < $1.ratio }
    guard let worst = lessIsBetter ? ascending.last : ascending.first else { return nil }
    self.title = title
    self.lessIsBetter = lessIsBetter
    ratio = exp(ratios.reduce(0) { $0 + log($1.ratio) } / Double(ratios.count))
    count = ratios.count
    self.worst = worst.ratio
    worstProblem = worst.problem
  }

  /// As a line of text, with so much room for the title.
  func line(titleWidth: Int) -> String {
    title.padded(-titleWidth) + "\(Text.three(ratio))×".padded(7)
      + "\(count) problem\(count == 1 ? " " : "s")".padded(14)
      + "   \(lessIsBetter ? "worst" : "least") \(Text.three(worst))× in \(worstProblem)"
  }
}
