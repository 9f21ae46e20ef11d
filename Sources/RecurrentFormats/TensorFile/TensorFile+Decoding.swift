extension TensorFile {
  /// The longest header that is read: that of the reference implementation, 100 MB.
  static var headerLimit: Int { 100_000_000 }

  /// Maps a file into memory; tensors are read when they are asked for.
  ///
  /// The file must keep its length as long as this value lives: replace it (as `write(to:)` does), don't cut it short.
  public init(contentsOf path: String) throws(TensorFileError) {
    let bytes: FileBytes
    do throws(FileError) {
      bytes = try FileBytes(mapping: path)
    } catch {
      throw .system(error)
    }
    try self.init(bytes)
  }

  /// Reads the bytes of a file: every byte of the data must belong to exactly one tensor.
  public init(decoding bytes: [UInt8]) throws(TensorFileError) {
    try self.init(FileBytes(bytes))
  }

  private init(_ file: FileBytes) throws(TensorFileError) {
    guard file.count >= 8 else { throw .truncated(bytes: file.count, wanted: 8) }
    let length = FileSlice(file).word(at: 0, as: UInt64.self)
    guard length <= Self.headerLimit else { throw .headerTooLong(bytes: length, limit: Self.headerLimit) }
    let start = 8 + Int(length)
    guard file.count >= start else { throw .truncated(bytes: file.count, wanted: start) }
    let (metadata, places) = try HeaderReader.read(FileSlice(file, 8..<start).words(as: UInt8.self))
    self.init(metadata: metadata)
    var ranges: [(name: String, range: Range<Int>)] = []
    for place in places {
      let (kind, range) = try Self.range(of: place, in: file.count - start)
      ranges.append((place.name, range))
      let data = FileSlice(file, start + range.lowerBound..<start + range.upperBound)
      entries[place.name] = Entry(kind: kind, shape: place.shape, data: data)
    }
    try Self.requireSeamless(ranges, in: file.count - start)
  }

  /// The kind and the bytes of a tensor, where they agree with its shape and lie within the data.
  private static func range(
    of place: HeaderReader.Place, in count: Int
  ) throws(TensorFileError) -> (Kind, Range<Int>) {
    let (name, offsets) = (place.name, place.offsets)
    guard let kind = Kind(rawValue: place.dtype) else {
      throw .badTensor(name, reason: "its dtype '\(place.dtype)' is not read")
    }
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
      throw .badTensor(name, reason: "its data_offsets are \(offsets)")
    }
    guard offsets[1] <= count else {
      throw .badTensor(name, reason: "its data end at byte \(offsets[1]) of \(count)")
    }
    var bytes = kind.byteCount
    for extent in place.shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow, product <= Int.max / 4 else {
        throw .badTensor(name, reason: "its shape is \(place.shape)")
      }
      bytes = product
    }
    guard bytes == offsets[1] - offsets[0] else {
      throw .badTensor(
        name, reason: "its shape \(place.shape) needs \(bytes) bytes, not \(offsets[1] - offsets[0])")
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
}
