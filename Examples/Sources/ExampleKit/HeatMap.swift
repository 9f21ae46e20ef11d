import Foundation
import RecurrentTraining

/// Writes the page of a heat map.
package func write(_ map: GateHeatMap, to path: String) throws {
  try map.page.write(toFile: path, atomically: true, encoding: .utf8)
}
