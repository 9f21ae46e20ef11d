import Foundation
import Recurrent
import RecurrentFormats
import Testing

@Suite("NumPy: arrays")
struct NumPyTests {
  static func url(_ name: String) throws -> String {
    let url = Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Goldens")
    guard let url else { throw CocoaError(.fileNoSuchFile) }
    return url.path
  }

  static let halves = Tensor<Double>(shape: [2, 3], elements: [0, 0.5, 1, 1.5, 2, 2.5])

  @Test("what NumPy writes is read, in every kind, order and byte order")
  func golden() throws {
    let archive = try NumPyArchive(contentsOf: Self.url("numpy.npz"))
    #expect(archive.names.count == 22)
    for name in archive.names {
      let array = try archive.array(name)
      switch name {
      case "scalar": #expect(try array.tensor(of: Float.self) == Tensor(shape: [], elements: [0.5]))
      case "empty": #expect(try array.tensor(of: Double.self) == Tensor(shape: [0, 3]))
      case "fortran-cube":
        let wanted = Tensor<Float>(shape: [2, 3, 4], elements: (0..<24).map { Float($0) })
        #expect(try array.tensor(of: Float.self) == wanted)
      case _ where name.contains("f"): #expect(try array.tensor(of: Double.self) == Self.halves, "\(name)")
      default:
        #expect(array.shape == [2, 3])
        #expect(try array.integers() == [0, 1, 2, 3, 4, 5], "\(name)")
      }
    }
  }

  @Test("versions 1, 2 and 3", arguments: 1...3)
  func version(number: Int) throws {
    let array = try NumPyArray(contentsOf: Self.url("numpy-version-\(number).npy"))
    #expect(try array.tensor(of: Double.self) == Self.halves)
  }

  @Test("what is written is read, and version 1 byte for byte what NumPy writes")
  func roundTrip() throws {
    let numbers = Tensor<Double>(shape: [2, 1, 2], elements: [.nan, -0.0, .infinity, .leastNonzeroMagnitude])
    let back = try NumPyArray(decoding: NumPyArray(numbers).encoded()).tensor(of: Double.self)
    #expect(back.elements.map(\.bitPattern) == numbers.elements.map(\.bitPattern) && back.shape == [2, 1, 2])
    #expect(try NumPyArray(decoding: NumPyArray(integers: [3, -1]).encoded()).integers() == [3, -1])
    let golden = try Data(contentsOf: URL(fileURLWithPath: Self.url("numpy-version-1.npy")))
    #expect(Data(NumPyArray(Self.halves.converted(to: Float.self)).encoded()) == golden)
    try withFolder { folder in
      var archive = NumPyArchive()
      archive.set("numbers", NumPyArray(numbers))
      archive.set("lengths", NumPyArray(integers: [1, 2, 3]))
      try archive.write(to: folder + "/a.npz")
      let read = try NumPyArchive(contentsOf: folder + "/a.npz")
      #expect(read.names == ["lengths", "numbers"])
      #expect(try read.array("lengths").integers() == [1, 2, 3])
      #expect(throws: NumPyError.missingArray("x", known: ["lengths", "numbers"])) { try read.array("x") }
    }
  }

  #if HDF5
    @Test("a compressed member is read, and written plain; what it does not give is told")
    func compressed() throws {
      let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.url("numpy-compressed.npz"))))
      let archive = try NumPyArchive(decoding: bytes)
      #expect(try archive.array("halves").tensor(of: Double.self) == Self.halves)
      let plain = try NumPyArchive(decoding: archive.encoded())
      #expect(try plain.array("halves") == archive.array("halves"))
      // Without a trap, whichever byte is another one: of the directory, or of what is deflated.
      for index in bytes.indices {
        for change: UInt8 in [1, 0x80, 0xFF] {
          var damaged = bytes
          damaged[index] ^= change
          guard let archive = try? NumPyArchive(decoding: damaged) else { continue }
          for name in archive.names {
            guard let array = try? archive.array(name) else { continue }
            #expect(try array.tensor(of: Double.self) == Self.halves, "byte \(index)")
          }
        }
      }
    }
  #else
    @Test("a compressed member is refused by name")
    func compressed() throws {
      let archive = try NumPyArchive(contentsOf: Self.url("numpy-compressed.npz"))
      let error = #expect(throws: NumPyError.self) { try archive.array("halves") }
      #expect(error?.description.contains("'halves.npy' is compressed, which a build with the trait HDF5") == true)
    }
  #endif

  static func file(_ header: String, data: Int = 0, length: Int? = nil) -> [UInt8] {
    let length = length ?? header.utf8.count
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(header.utf8)
      + [UInt8](repeating: 0, count: data)
  }

  static let liars: [Lie] = lies([
    ([], "0 bytes, not 10"),
    (Array("PK\u{3}\u{4}and so on".utf8), "NUMPY"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", data: 4), "not"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }", data: 9), "not"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (2, -1), }"), "an extent"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }"), "beyond all memory"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }"), "an extent"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (\(String(repeating: "1,", count: 65))), }"), "64"),
    (file("{'descr': '<c8', 'fortran_order': False, 'shape': (), }", data: 8), "'<c8'"),
    (file("{'descr': '|O', 'fortran_order': False, 'shape': (), }", data: 8), "'|O'"),
    (file("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (), }", data: 4), "'''"),
    (file("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (), }", data: 4), "'descr'"),
    (file("{'descr': '<f4', 'fortran_order': False}", data: 4), "missing"),
    (file("{'descr': '<f4', 'fortran_order': 0, 'shape': (), }", data: 4), "True or False"),
    (file("{'descr': '<f4', 'fortran_order': False, 'shape': (), } import os", data: 4), "the end"),
    (file("{", length: 60_000), "not 60010"),
    (file(String(repeating: "{", count: 60_000)), "'''"),
  ])

  @Test("a header that lies is refused, and the message says where", arguments: liars)
  func lie(lie: Lie) {
    let error = #expect(throws: NumPyError.self) { try NumPyArray(decoding: lie.bytes) }
    #expect(error?.description.contains(lie.word) == true, "\(error?.description ?? "")")
  }

  @Test("any beginning of an array or an archive is refused, and any byte that is changed gives no trap")
  func damaged() throws {
    var archive = NumPyArchive()
    archive.set("a", NumPyArray(Self.halves))
    archive.set("b", NumPyArray(integers: [1, 2]))
    let bytes = try archive.encoded()
    for count in 0..<bytes.count {
      #expect(throws: NumPyError.self) { try NumPyArchive(decoding: Array(bytes[..<count])) }
    }
    for index in bytes.indices {
      for change: UInt8 in [1, 0x80, 0xFF] {
        var damaged = bytes
        damaged[index] ^= change
        guard let archive = try? NumPyArchive(decoding: damaged) else { continue }
        for name in archive.names { _ = try? archive.array(name) }
      }
    }
    let array = NumPyArray(Self.halves).encoded()
    for count in 0..<array.count {
      #expect(throws: NumPyError.self) { try NumPyArray(decoding: Array(array[..<count])) }
    }
  }

  @Test("numbers of another kind, and beyond Int, are refused")
  func kinds() throws {
    #expect(throws: NumPyError.self) { try NumPyArray(integers: [1]).tensor(of: Float.self) }
    #expect(throws: NumPyError.self) { try NumPyArray(Self.halves).integers() }
    let big =
      Self.file("{'descr': '<u8', 'fortran_order': False, 'shape': (1,), }") + [UInt8](repeating: 0xFF, count: 8)
    #expect(throws: NumPyError.outOfRange(.max)) { try NumPyArray(decoding: big).integers() }
  }
}
