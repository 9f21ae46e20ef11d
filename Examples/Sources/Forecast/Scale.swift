import RecurrentFormats
import Recurrent

/// What makes quantities alike: the mean and the standard deviation of each in the hours that are learnt from.
struct Scale {
  let means: [Float]
  let deviations: [Float]

  /// That of some hours.
  init(of values: [[Float]], in hours: Range<Int>) {
    means = values.map { Float($0[hours].reduce(0.0) { $0 + Double($1) } / Double(hours.count)) }
    deviations = zip(values, means).map { values, mean in
      let squares = values[hours].reduce(0.0) { $0 + Double($1 - mean) * Double($1 - mean) }
      return max(Float((squares / Double(hours.count)).squareRoot()), .leastNormalMagnitude)
    }
  }

  /// Numbers of mean 0 and variance 1.
  func callAsFunction(_ values: [[Float]]) -> [[Float]] {
    values.indices.map { quantity in values[quantity].map { ($0 - means[quantity]) / deviations[quantity] } }
  }

  /// What was measured, from such a number.
  func inverse(_ number: Float, of quantity: Int) -> Float { number * deviations[quantity] + means[quantity] }
}

extension Scale {
  /// Reads a scale for so many quantities.
  init(_ file: TensorFile, count: Int) throws(TensorFileError) {
    means = try file.tensor("scale.means", shape: [count], of: Float.self).elements
    deviations = try file.tensor("scale.deviations", shape: [count], of: Float.self).elements
  }

  /// Saves the scale.
  func save(to file: inout TensorFile) {
    file.set("scale.means", Tensor(shape: [means.count], elements: means))
    file.set("scale.deviations", Tensor(shape: [deviations.count], elements: deviations))
  }
}
