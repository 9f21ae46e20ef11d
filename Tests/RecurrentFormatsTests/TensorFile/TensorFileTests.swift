import Foundation
import Recurrent
import RecurrentFormats
import Testing

@Suite("Tensor files")
struct TensorFileTests {
  static var file: TensorFile {
    var file = TensorFile(metadata: ["says": "a \"word\" / ü"])
    file.set("b.float", Tensor<Float>(shape: [2, 2], elements: [1, -.infinity, .leastNonzeroMagnitude, -0.0]))
    file.set("a.double", Tensor<Double>(shape: [3], elements: [.nan, 0.1, 1e300]))
    file.set("counts", integers: [0, -1, .max, .min])
    file.set("bytes", bytes: [1, 2, 255])
    file.set("empty", Tensor<Float>(shape: [0, 4]))
    return file
  }

  /// Text and data as a file.
  static func bytes(_ header: String, data: Int = 0, length: UInt64? = nil) -> [UInt8] {
    let length = length ?? UInt64(header.utf8.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  @Test("what is written is read, bit for bit")
  func roundTrip() throws {
    let file = try TensorFile(decoding: Self.file.encoded())
    #expect(file == Self.file)
    #expect(file.encoded() == Self.file.encoded())
    #expect(file.names == ["a.double", "b.float", "bytes", "counts", "empty"])
    let float = try file.tensor("b.float", of: Float.self)
    #expect(float.elements.map(\.bitPattern) == [0x3F80_0000, 0xFF80_0000, 1, 0x8000_0000])
    let double = try file.tensor("a.double", of: Double.self)
    #expect(double.elements[0].isNaN && double.elements[1] == 0.1 && double.elements[2] == 1e300)
    #expect(try file.integers("counts", count: 4) == [0, -1, .max, .min])
    #expect(try file.bytes("bytes") == [1, 2, 255])
    #expect(file.metadata["says"] == "a \"word\" / ü")
    #expect(file.encoded()[..<8].reduce(0, { ($0 + Int($1)) }) > 0)
  }

  @Test("any beginning of a file is refused")
  func truncated() throws {
    let bytes = Self.file.encoded()
    for count in 0..<bytes.count {
      #expect(throws: TensorFileError.self) { try TensorFile(decoding: Array(bytes[..<count])) }
    }
    #expect(throws: TensorFileError.self) { try TensorFile(decoding: bytes + [0]) }
  }

  private static let ones = [String](repeating: "1", count: 65).joined(separator: ",")

  static let liars: [Lie] = lies([
    (bytes("{}", length: .max), "more than"),
    (bytes("{}", length: 3), "not 11"),
    (bytes("[]"), "not that of safetensors"),
    (bytes(#"{"a":{"dtype":"F32","shape":[1]}}"#), "not that of safetensors"),
    (bytes(#"{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}"#, data: 1), "'F4'"),
    (bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}"#, data: 8), "needs 4 bytes, not 8"),
    (bytes(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, data: 4), "byte 8 of 4"),
    (bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}"#, data: 4), "[4, 0]"),
    (bytes(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}"#, data: 4), "[-4, 0]"),
    (bytes(#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#, data: 4), "[-1]"),
    (
      bytes(#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, data: 0),
      "4611686018427387904"
    ),
    (bytes(#"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}"#, data: 3), "1 bytes"),
    (
      bytes(
        #"{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}"#,
        data: 3), "inside another's"
    ),
    (
      bytes(
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}"#,
        data: 3), "gap"
    ),
    (
      bytes(
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}"#,
        data: 2), "two members 'a'"
    ),
    (
      bytes(
        #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}}"#,
        data: 1), "two members 'a'"
    ),
    (bytes(#"{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}"#, data: 1), "member 'dtype'"),
    (bytes(#"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"stride":[1]}}"#, data: 1), "member 'stride'"),
    (bytes(#"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#, data: 1), "not"),
    (bytes(#"{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}"#, data: 1), "20 digits"),
    (bytes(#"{"a":{"dtype":"U8","shape":[\#(ones)],"data_offsets":[0,1]}}"#, data: 1), "64 dimensions"),
    (bytes(#"{"__metadata__":{"a":"1","a":"2"}}"#), "two texts 'a'"),
    (bytes(#"{"__metadata__":{"a":1}}"#), "'\"'"),
    (bytes(#"{"__metadata__":{"a":"\ud800"}}"#), "a character"),
    (bytes(#"{"__metadata__":{"a":"\x"}}"#), "an escape"),
    (bytes(#"{"__metadata__":{"a":"\u12"}}"#), "hexadecimal"),
    (bytes(#"{"__metadata__":{"a"#), "the end of a string"),
    (bytes("{}{}"), "the end"),
  ])

  @Test("a header that lies is refused, and the message says where", arguments: liars)
  func lie(lie: Lie) {
    let error = #expect(throws: TensorFileError.self) { try TensorFile(decoding: lie.bytes) }
    #expect(error?.description.contains(lie.word) == true, "\(error?.description ?? "")")
  }

  @Test("depth is refused where it begins", arguments: ["[", #"{"a":"#])
  func depth(level: String) {
    let error = #expect(throws: TensorFileError.self) {
      try TensorFile(decoding: Self.bytes(String(repeating: level, count: 1_000_000)))
    }
    #expect(error?.description.contains("not that of safetensors") == true)
  }

  @Test("any byte of a header that is changed gives a file or an error, and no trap")
  func damaged() {
    let bytes = Self.file.encoded()
    for index in bytes.indices {
      for change: UInt8 in [1, 2, 0x10, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= change
        guard let file = try? TensorFile(decoding: damaged) else { continue }
        for name in file.names { _ = try? file.tensor(name, convertedTo: Float.self) }
        for name in file.layerNames { _ = try? file.layer(named: name) }
      }
    }
  }

  @Test("escapes of JSON and other kinds of numbers are read, and written again")
  func foreign() throws {
    let header =
      #"{"__metadata__":{"t":"\u00fc\ud83d\ude00\n\/"},"a\tb":{"dtype":"I32","shape":[1],"data_offsets":[0,4]},"#
      + #" "c":{"data_offsets":[4,6],"shape":[1],"dtype":"BF16"}} "#
    let file = try TensorFile(decoding: Self.bytes(header, data: 6))
    #expect(file.metadata["t"] == "ü😀\n/")
    #expect(file.names == ["a\tb", "c"])
    #expect(file.description(of: "a\tb")?.kind == .int32)
    #expect(throws: TensorFileError.wrongKind("a\tb", found: .int32, wanted: .float)) {
      try file.tensor("a\tb", convertedTo: Float.self)
    }
    #expect(try TensorFile(decoding: file.encoded()) == file)
  }

  @Test("a mapped file lends its numbers where they stand")
  func spans() throws {
    try withFolder { folder in
      let path = folder + "/file.safetensors"
      try Self.file.write(to: path)
      let file = try TensorFile(contentsOf: path)
      func numbers<Scalar: RecurrentScalar>(_ name: String, _: Scalar.Type) -> [Scalar]? {
        guard let span = file.span(of: name, as: Scalar.self) else { return nil }
        return span.indices.map { span[$0] }
      }
      #expect(numbers("b.float", Float.self) == [1, -.infinity, .leastNonzeroMagnitude, -0.0])
      #expect(numbers("a.double", Double.self)?[1...] == [0.1, 1e300])
      #expect(numbers("a.double", Float.self) == nil)
      #expect(numbers("none", Float.self) == nil)
      #expect(numbers("empty", Float.self) == [])
    }
  }

  /// Between 1 and the next BF16 lies 1 + 2⁻⁸: a tie, which goes to the even one; what is a little more or less in Double
  /// must not become one on its way through Float.
  @Test("F16 and BF16 are rounded once, to nearest, ties to even")
  func rounding() throws {
    let tie = 1 + 0x1p-8
    let numbers: [Double] = [
      tie, tie + 0x1p-40, tie - 0x1p-40, 1 + 3 * 0x1p-8, -tie - 0x1p-40, 1e39, -1e-50, .nan, 0x1p-133,
    ]
    var file = TensorFile()
    file.set("a", Tensor(shape: [9], elements: numbers), as: .bfloat)
    file.set("b", Tensor<Double>(shape: [3], elements: [1 + 0x1p-11, 1 + 0x1p-11 + 0x1p-40, 65520]), as: .half)
    let rounded = try file.tensor("a", convertedTo: Double.self).elements
    let up = 1 + 0x1p-7
    #expect(rounded[..<7] == [1, up, 1, 1 + 0x1p-6, -up, .infinity, -0.0])
    #expect(rounded[6].sign == .minus && rounded[7].isNaN && rounded[8] == 0x1p-133)
    #expect(try file.tensor("b", convertedTo: Float.self).elements == [1, 1 + 0x1p-10, .infinity])
  }

  @Test("a file is replaced whole; a temporary one that was left behind is in nobody's way")
  func durable() throws {
    try withFolder { folder in
      let path = folder + "/last.safetensors"
      try TensorFile(metadata: ["old": "1"]).write(to: path)
      try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path + ".partial"))
      #expect(try TensorFile(contentsOf: path).metadata == ["old": "1"])
      try Self.file.write(to: path)
      #expect(try TensorFile(contentsOf: path) == Self.file)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["last.safetensors"])
      let error = #expect(throws: TensorFileError.self) { try Self.file.write(to: folder + "/none/x") }
      #expect(error?.description.contains("/none/x") == true)
      #expect(throws: TensorFileError.self) { try TensorFile(contentsOf: folder + "/nothing") }
    }
  }
}
