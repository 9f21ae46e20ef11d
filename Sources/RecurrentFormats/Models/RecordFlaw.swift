/// What is wrong with a record that is JSON.
struct RecordFlaw: Error {
  let reason: String

  /// Throws where an object has a member that is none of `keys`.
  static func requireKnown<Keys: CodingKey>(_: Keys.Type, in decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
    if let other = members.first(where: { Keys(stringValue: $0) == nil }) {
      throw RecordFlaw(reason: "its record has the member '\(other)', which this version does not know")
    }
  }
}

/// A key that may be any text.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
