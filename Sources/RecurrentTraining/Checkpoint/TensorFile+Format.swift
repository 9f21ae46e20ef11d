#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

extension TensorFile {
  /// The longest header that is read: that of the reference implementation, 100 MB.
  static var headerLimit: Int { 100_000_000 }

  /// What the header says of a tensor.
  private struct Description: Codable {
    let dtype: String
    let shape: [Int]
    let offsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case offsets = "data_offsets"
    }
  }

  /// A member of the header: text under one name, tensors under all others.
  private enum Member: Codable {
    case text([String: String])
    case tensor(Description)

    init(from decoder: any Decoder) throws {
      let isText = decoder.codingPath.last?.stringValue == "__metadata__"
      self = isText ? .text(try .init(from: decoder)) : .tensor(try .init(from: decoder))
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .text(let text): try text.encode(to: encoder)
      case .tensor(let description): try description.encode(to: encoder)
      }
    }
  }

  // MARK: - To bytes

  /// The whole file. The header is filled up with spaces, so that the data begin at a multiple of 8.
  public func encoded() throws(TensorFileError) -> [UInt8] {
    var members: [String: Member] = metadata.isEmpty ? [:] : ["__metadata__": .text(metadata)]
    var data: [UInt8] = []
    // Wide numbers first, so that each stands at a multiple of its size.
    let order = names.sorted { a, b in
      let (wide, narrow) = (entries[a]!.kind.byteCount, entries[b]!.kind.byteCount)
      return wide == narrow ? a < b : wide > narrow
    }
    for name in order {
      let entry = entries[name]!
      let offsets = [data.count, data.count + entry.bytes.count]
      members[name] = .tensor(Description(dtype: entry.kind.rawValue, shape: entry.shape, offsets: offsets))
      data += entry.bytes
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let header: [UInt8]
    do {
      header = try [UInt8](encoder.encode(members))
    } catch {
      throw .badHeader("\(error)")
    }
    let padding = [UInt8](repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
    let length = UInt64(header.count + padding.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header + padding + data
  }

  // MARK: - From bytes

  /// Reads a whole file: every byte of the data must belong to exactly one tensor.
  public init(decoding bytes: [UInt8]) throws(TensorFileError) {
    guard bytes.count >= 8 else { throw .truncated(bytes: bytes.count, wanted: 8) }
    let length = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    guard length <= Self.headerLimit else { throw .headerTooLong(bytes: length, limit: Self.headerLimit) }
    let start = 8 + Int(length)
    guard bytes.count >= start else { throw .truncated(bytes: bytes.count, wanted: start) }
    let members: [String: Member]
    do {
      members = try JSONDecoder().decode([String: Member].self, from: Data(bytes[8..<start]))
    } catch {
      throw .badHeader(Self.reason(error))
    }
    self.init()
    var places: [(name: String, range: Range<Int>)] = []
    for (name, member) in members {
      switch member {
      case .text(let text): metadata = text
      case .tensor(let description):
        let (kind, range) = try Self.place(of: name, description, in: bytes.count - start)
        places.append((name, range))
        entries[name] = Entry(
          kind: kind, shape: description.shape,
          bytes: Array(bytes[start + range.lowerBound..<start + range.upperBound]))
      }
    }
    try Self.requireSeamless(places, in: bytes.count - start)
  }

  /// The kind and the bytes of a tensor, where they agree with its shape and lie within the data.
  private static func place(
    of name: String, _ description: Description, in count: Int
  ) throws(TensorFileError) -> (Kind, Range<Int>) {
    guard let kind = Kind(rawValue: description.dtype) else {
      throw .badTensor(name, reason: "its dtype '\(description.dtype)' is not read")
    }
    let offsets = description.offsets
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
      throw .badTensor(name, reason: "its data_offsets are \(offsets)")
    }
    guard offsets[1] <= count else {
      throw .badTensor(name, reason: "its data end at byte \(offsets[1]) of \(count)")
    }
    var bytes = kind.byteCount
    for extent in description.shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { throw .badTensor(name, reason: "its shape is \(description.shape)") }
      bytes = product
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw .badTensor(
        name, reason: "its shape \(description.shape) needs \(bytes) bytes, not \(offsets[1] - offsets[0])")
    }
    return (kind, offsets[0]..<offsets[1])
  }

  /// Throws where two tensors overlap, or bytes belong to none.
  private static func requireSeamless(
    _ places: [(name: String, range: Range<Int>)], in count: Int
  ) throws(TensorFileError) {
    var end = 0
    let order = places.sorted {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    for (name, range) in order {
      guard range.lowerBound >= end else {
        throw .badTensor(name, reason: "its data begin at byte \(range.lowerBound), inside another's, to \(end)")
      }
      guard range.lowerBound == end else {
        throw .badTensor(name, reason: "its data begin at byte \(range.lowerBound), after a gap from \(end)")
      }
      end = range.upperBound
    }
    guard end == count else { throw .badHeader("\(count - end) bytes of the data belong to no tensor") }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let context: DecodingError.Context
    switch error {
    case .dataCorrupted(let place), .keyNotFound(_, let place), .typeMismatch(_, let place),
      .valueNotFound(_, let place):
      context = place
    @unknown default: return "\(error)"
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? context.debugDescription : "'\(path)': \(context.debugDescription)"
  }
}
