import ExampleKit

/// Quantities that were measured every hour, side by side.
struct Measurements {
  /// The quantities.
  let names: [String]
  /// Of every hour, as the file has it.
  let times: [String]
  /// By quantity and hour.
  let values: [[Float]]

  /// Reads the one .csv file of a folder: a line of names, then for every hour the time and a number for each quantity.
  init(folder: String) throws {
    let files = try files(inFolder: folder).filter { $0.hasSuffix(".csv") }
    guard files.count == 1 else {
      throw MeasurementsError(
        description: "\(folder): \(files.count) files end in .csv, not 1 (gunzip -k unpacks what ends in .gz)")
    }
    let file = try TextFile(folder + "/" + files[0])
    names = file.lines.first.map { $0.split(separator: ",").dropFirst().map(String.init) } ?? []
    guard !names.isEmpty else { throw file.error(line: 0, "no names of quantities") }
    var times: [String] = []
    var values = [[Float]](repeating: [], count: names.count)
    for (index, line) in file.lines.enumerated().dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      let numbers = fields.dropFirst().compactMap { Float($0) }.filter(\.isFinite)
      guard fields.count == names.count + 1, numbers.count == names.count else {
        throw file.error(line: index, "not a time and \(names.count) numbers")
      }
      times.append(String(fields[0]))
      for (quantity, number) in numbers.enumerated() { values[quantity].append(number) }
    }
    (self.times, self.values) = (times, values)
  }

  /// Throws unless these are the quantities that a model knows.
  func requireNames(_ known: [String]) throws {
    guard names == known else {
      throw MeasurementsError(description: "the data has \(names), the model knows \(known)")
    }
  }

  /// Hours of one of the five parts: of more than twenty months of thirty days, a fifth of the first twenty, as is usual
  /// with ETTh1.
  private var partLength: Int { min(times.count, 20 * 30 * 24) / 5 }
  /// The hours to learn from: three parts. Two more follow, to stop by and to be judged by.
  var trainingHours: Range<Int> { 0..<partLength * 3 }
  /// The hours that say when to stop.
  var validationHours: Range<Int> { partLength * 3..<partLength * 4 }
  /// The hours that the model is judged by.
  var testHours: Range<Int> { partLength * 4..<partLength * 5 }

  /// What tells these measurements from others.
  var digest: String { ExampleKit.digest(names + values.joined().lazy.map { String($0.bitPattern) }) }
}

/// Measurements that cannot be used.
struct MeasurementsError: Error, CustomStringConvertible { let description: String }
