#if HDF5
  import Foundation
  import Recurrent
  import RecurrentFormats
  import Testing

  /// The command on files of Keras, with what Keras computed.
  @Suite("The command recurrent, on Keras")
  struct ToolKerasTests {
    @Test(
      "compare finds what Keras computes, before and after convert",
      arguments: [
        ("keras-layers.keras", "bidirectional_lstm"), ("keras-layers.weights.h5", "gru_before"),
        ("keras-options.keras", "rnn_relu"), ("keras-kinds.keras", "double"), ("keras-cudnn.h5", "lstm"),
      ])
    func compare(file: String, layer: String) throws {
      try withFolder { folder in
        let run = try KerasGolden(file, layer: layer).run
        try NumPyArray(run["input"]).write(to: folder + "/input.npy")
        try NumPyArray(run["output"]).write(to: folder + "/expected.npy")
        let wrong = try run["output"]
        try NumPyArray(Tensor(shape: wrong.shape, elements: wrong.elements.map { $0 + 1e-3 })).write(
          to: folder + "/wrong.npy")
        var state = NumPyArchive()
        for (part, tensor) in try zip(["hidden", "cell"], run.state("initial_")) { state.set(part, NumPyArray(tensor)) }
        try state.write(to: folder + "/initial.npz")
        let model = try NumPyTests.url(file)
        func status(_ model: String, _ expected: String) throws -> Int32 {
          let call = ["compare", model, "input.npy", expected, "--initial", "initial.npz", "--name", layer]
          return try ToolTests.recurrent(call, in: folder).status
        }
        #expect(try status(model, "expected.npy") == 0)
        #expect(try status(model, "wrong.npy") == 1)
        let answer = try ToolTests.recurrent(["convert", model, "ours.safetensors", "--name", layer], in: folder)
        #expect(answer.status == 0, "\(answer.error)")
        #expect(try status("ours.safetensors", "expected.npy") == 0)
      }
    }

    @Test("inspect lists layers with their options, and says which no layer can stand for")
    func inspect() throws {
      func expect(_ name: String, _ words: String...) throws {
        let answer = try ToolTests.recurrent(["inspect", NumPyTests.url(name)])
        #expect(answer.status == 0, "\(answer.error)")
        for word in words { #expect(answer.output.contains(word), "'\(word)' is missing in: \(answer.output)") }
      }
      try expect("keras-layers.keras", "10 recurrent layers", "gru_after: GRU", "1, in both directions", "128 (F32)")
      try expect("keras-layers.weights.h5", "5 recurrent layers", "the file does not say")
      try expect("keras-options.keras", "lstm_hard: LSTM", "hardSigmoid", "softsign", "reset before the product")
      try expect("keras-flaws.weights.h5", "layers/huge", "no layer     dataset 'layers/huge/cell/vars/0'")
    }

    @Test("what is refused, and with which status")
    func failures() throws {
      try withFolder { folder in
        try Data("PK\u{3}\u{4} and so on".utf8).write(to: URL(fileURLWithPath: folder + "/half.keras"))
        func expect(_ status: Int32, _ word: String, of arguments: [String]) throws {
          let answer = try ToolTests.recurrent(arguments, in: folder)
          #expect(answer.status == status, "\(arguments): \(answer.error)")
          #expect(answer.error.contains(word), "'\(word)' is missing in: \(answer.error)")
        }
        try expect(65, "half.keras: not a file of Keras's", of: ["inspect", "half.keras"])
        let model = try NumPyTests.url("keras-cudnn.h5")
        try expect(65, "'nobody'", of: ["convert", model, "out.safetensors", "--name", "nobody"])
        try expect(65, "'bidirectional_gru', 'lstm'", of: ["run", model, "input.npy", "-o", "output.npy"])
      }
    }
  }
#endif
