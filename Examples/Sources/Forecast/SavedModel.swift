import ExampleKit
import Recurrent
import RecurrentFormats
import RecurrentTraining

/// A trained model with all that a forecast needs, as a file holds them.
struct SavedModel {
  let model: ForecastModel
  /// The quantities.
  let names: [String]
  /// Days that a forecast looks back on.
  let days: Int
  let scale: Scale
}

extension SavedModel {
  /// Reads a model that was saved.
  init(contentsOf path: String) throws {
    let file = try TensorFile(contentsOf: path, example: "forecast")
    names = (file.metadata["quantities"] ?? "").split(separator: ",").map(String.init)
    days = try file.integers("days", count: 1)[0]
    guard Windows.possibleDays.contains(days), !names.isEmpty else {
      throw TensorFileError.badTensor("days", reason: "\(days) days of \(names.count) quantities")
    }
    scale = try Scale(file, count: names.count)
    let lstm = try LSTM<Float>(file, named: "model.lstm")
    var model = ForecastModel(units: lstm.configuration.hiddenSize, seed: 0)
    try file.restore(prefix: "model", &model)
    self.model = model
  }

  /// Saves it.
  func write(to path: String) throws {
    var file = TensorFile(example: "forecast")
    file.metadata["quantities"] = names.joined(separator: ",")
    file.set("days", integers: [days])
    scale.save(to: &file)
    file.set(model: model)
    try file.write(to: path)
  }

  /// Prints the errors in the hours that models are judged by: of this one, and of what needs no learning.
  func judge(by measured: Measurements) throws {
    try measured.requireNames(names)
    let windows = try measured.windows(scale(measured.values), days: days, within: measured.testHours)
    print("mean squared errors of \(windows.starts.count) days of each of \(names.count) quantities:")
    print("tomorrow is like today (seasonal-naive)  \(decimals(windows.error { $0.mean(ofLast: 1) }))")
    print("tomorrow is like the last three days     \(decimals(windows.error { $0.mean(ofLast: 3) }))")
    print("the model                                \(decimals(windows.error { model($0.past) }))")
  }
}
