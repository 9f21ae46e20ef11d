#if HDF5
  import Foundation
  import Recurrent
  import RecurrentFormats
  import Testing

  @Suite("Keras: files that are not what they seem")
  struct KerasErrorTests {
    /// Layers of keras-flaws.weights.h5, and what the message says.
    static let flaws: [(layer: String, words: [String])] = [
      ("missing", ["no dataset 'layers/missing/cell/vars/1'"]),
      ("integers", ["'layers/integers/cell/vars/0'", "float32"]),
      ("convolution", ["'layers/convolution/cell/vars/0'", "[1, 3, 3, 16], not that of a matrix"]),
      ("four", ["'layers/four/cell/vars/3', which has no place"]),
      ("fraction", ["14 columns of gates for 4 units"]),
      ("narrow", ["'layers/narrow/cell/vars/0'", "[3, 12], not [3, 16]"]),
      ("bias", ["'layers/bias/cell/vars/2'", "[2, 16], not [16]"]),
      ("nothing", ["0 columns of gates for 0 units"]),
      ("no_input", ["input size of 0"]),
      ("minimal", ["'minimal_cell'", "simple_rnn_cell"]),
      ("stack", ["'cell'", "one on another"]),
      ("bias_one_way", ["one of its directions has a bias"]),
      ("sizes", ["'layers/sizes/backward_layer/cell/vars/0'", "[3, 8], not [3, 16]"]),
      ("huge", ["'layers/huge/cell/vars/0'", "[1099511627776, 16] needs more bytes"]),
      ("overflow", ["'layers/overflow/cell/vars/0'", "needs more bytes"]),
      ("unwritten", ["'layers/unwritten/cell/vars/0'", "more bytes than the 0"]),
      ("elsewhere", ["'layers/elsewhere/cell/vars/0'", "in another file"]),
      ("soft", ["no dataset 'layers/soft/cell/vars/0'"]),
    ]

    @Test("a layer that is wrong is refused, and the message says where", arguments: flaws)
    func flaw(layer: String, words: [String]) throws {
      let file = try KerasFile(contentsOf: NumPyTests.url("keras-flaws.weights.h5"))
      let error = #expect(throws: KerasError.self) { try AnyLayer<Float>(file, named: "layers/\(layer)") }
      for word in words { #expect(error?.description.contains(word) == true, "\(error?.description ?? "")") }
    }

    @Test("what Keras does not write, and is right, is read: compressed, and with the other order of bytes")
    func unusual() throws {
      let file = try KerasFile(contentsOf: NumPyTests.url("keras-flaws.weights.h5"))
      let right = try LSTM<Float>(file, named: "layers/right").parameters
      #expect(right[layer: 0].matrix.elements.contains(63.0 / 64))
      #expect(try LSTM<Float>(file, named: "layers/packed").parameters == right)
      #expect(try LSTM<Float>(file, named: "layers/big_endian").parameters == right)
      #expect(!file.layerNames.contains { $0.contains("outside") })
    }

    @Test("names and cells that the file does not have are told")
    func names() throws {
      let file = try KerasFile(contentsOf: NumPyTests.url("keras-cudnn.h5"))
      let known = ["bidirectional_gru", "lstm"]
      #expect(throws: KerasError.noLayer("encoder", known: known)) { try LSTM<Float>(file, named: "encoder") }
      #expect(throws: KerasError.severalLayers(known)) { try LSTM<Float>(file) }
      #expect(throws: KerasError.mismatch("the layer 'lstm'", found: "LSTM", wanted: "GRU")) {
        try GRU<Float>(file, named: "lstm")
      }
      let missing = #expect(throws: KerasError.self) { try KerasFile(contentsOf: "/nowhere/model.keras") }
      #expect(missing?.description.contains("/nowhere/model.keras") == true)
    }

    @Test("a file of something else is refused, and a circle of groups ends", .timeLimit(.minutes(1)))
    func others() throws {
      #expect(throws: KerasError.self) { try KerasFile(decoding: []) }
      #expect(throws: KerasError.self) { try KerasFile(decoding: Array("not a model".utf8)) }
      #expect(throws: KerasError.self) { try KerasFile(contentsOf: NumPyTests.url("lstm.safetensors")) }
      let archive = #expect(throws: KerasError.self) { try KerasFile(contentsOf: NumPyTests.url("numpy.npz")) }
      #expect(archive?.description.contains("'model.weights.h5'") == true)
      let circle = try KerasGolden.bytes("keras-cycle.weights.h5")
      let cycle = #expect(throws: KerasError.self) { try KerasFile(decoding: circle) }
      #expect(cycle?.description.contains("nested more than 64 deep") == true)
    }

    @Test(
      "any beginning of a file is refused",
      arguments: ["keras-kinds.keras", "keras-layers.keras", "keras-legacy.h5", "keras-flaws.weights.h5"])
    func truncated(name: String) throws {
      let bytes = try KerasGolden.bytes(name)
      for count in Array(stride(from: 0, to: bytes.count, by: 499)) + [bytes.count - 1] {
        #expect(throws: KerasError.self) { try KerasFile(decoding: Array(bytes[..<count])) }
      }
    }

    @Test("an archive whose weights are damaged is refused before they are read")
    func damaged() throws {
      let bytes = try KerasGolden.bytes("keras-kinds.keras")
      let names = try KerasFile(decoding: bytes).layerNames
      for index in stride(from: 0, to: bytes.count, by: 31) {
        var damaged = bytes
        damaged[index] ^= 0x55
        guard let file = try? KerasFile(decoding: damaged) else { continue }
        #expect(file.layerNames == names, "byte \(index)")
      }
    }
  }
#endif
