extension Decoder {
  /// A member of what is decoded that is none of those which are known, if there is one: it might change what a layer
  /// computes.
  func firstMember<Key: CodingKey>(beyond known: Key.Type) throws -> String? {
    try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue).first { Key(stringValue: $0) == nil }
  }
}

/// A key that may be any text.
private struct AnyKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
