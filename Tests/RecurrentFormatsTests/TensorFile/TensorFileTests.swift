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

  static let lies: [(bytes: [UInt8], word: String)] = [
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
  ]

  @Test("a header that lies is refused, and the message says where", arguments: lies)
  func lie(bytes: [UInt8], word: String) {
    let error = #expect(throws: TensorFileError.self) { try TensorFile(decoding: bytes) }
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
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
