import ArgumentParser

/// How the next day of what is measured every hour will go.
@main
struct Forecast: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forecast",
    abstract: "Forecasts the next 24 hours of quantities that are measured every hour.",
    discussion: """
      The model reads a quantity day by day, 24 hours at a step, less the mean of the last day; one model serves all \
      quantities. It learns from the first three fifths of the hours (or of twenty months, where there are more), stops by \
      the next fifth, and is judged by the one after that: the mean squared error of all quantities and hours, each \
      quantity scaled by its mean and deviation in the hours that were learnt from. Beside it stand two forecasts that \
      need no learning: tomorrow is like today (seasonal-naive), and tomorrow is like the mean of three days.
      """,
    subcommands: [Train.self, Evaluate.self, Ask.self], defaultSubcommand: Train.self)
}
