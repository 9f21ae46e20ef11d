import Recurrent
import RecurrentFormats
import Testing

@Suite("PyTorch: files that are not what they seem")
struct PyTorchErrorTests {
  /// A bidirectional LSTM of two layers, changed.
  private func error(_ change: (inout TensorFile) -> Void) throws -> String {
    var file = try PyTorchGolden("lstm-deep").model
    change(&file)
    return #expect(throws: TensorFileError.self) { try LSTM<Float>(file, named: "") }?.description ?? ""
  }

  @Test("every tensor that is missing is named", arguments: ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
  func missing(part: String) throws {
    for suffix in ["_l0", "_l0_reverse", "_l1", "_l1_reverse"] {
      #expect(try error { $0.remove(part + suffix) } == "there is no tensor '\(part + suffix)'")
    }
  }

  @Test(
    "a tensor that has no place is named",
    arguments: [
      "weight_xh_l0", "weight_ih_l", "weight_ih_l-1", "weight_ih_l01", "weight_ih_l0_backwards", "weight_ih",
      "weight_ih_l99999999999999999999", "weight_ih_l9223372036854775807", "h0",
    ])
  func unexpected(name: String) throws {
    let message = try error { $0.set(name, Tensor<Float>(shape: [16, 3])) }
    #expect(message.contains("'\(name)'"), "\(message)")
  }

  @Test("a layer far away does not make the ones between")
  func farLayer() throws {
    let message = try error { $0.set("weight_ih_l200000000", Tensor<Float>(shape: [16, 8])) }
    #expect(message == "there is no tensor 'weight_ih_l2'")
  }

  @Test("shapes that contradict one another are told")
  func shapes() throws {
    #expect(
      try error { $0.set("weight_ih_l1", Tensor<Float>(shape: [16, 7])) }
        == "tensor 'weight_ih_l1' has shape [16, 7], not [16, 8]")
    #expect(
      try error { $0.set("bias_hh_l0", Tensor<Float>(shape: [4, 4])) }
        == "tensor 'bias_hh_l0' has shape [4, 4], not [16]")
    #expect(
      try error { $0.set("weight_hh_l0", Tensor<Float>(shape: [16, 5])) }.contains("16 rows of gates for 5 units"))
    #expect(
      try error { $0.set("weight_hh_l0", Tensor<Float>(shape: [16, 8])) }.contains("16 rows of gates for 8 units"))
    #expect(try error { $0.set("weight_hh_l0", Tensor<Float>(shape: [16])) }.contains("not that of a matrix"))
    #expect(
      try error { $0.set("weight_hh_l0", Tensor<Float>(shape: [16, 0])) }.contains("16 rows of gates for 0 units"))
    #expect(try error { $0.set("weight_ih_l0", Tensor<Float>(shape: [16, 0])) }.contains("input size of 0"))
    #expect(
      try error { $0.set("weight_hr_l0", Tensor<Float>(shape: [2, 4])) }
        == "there is no tensor 'weight_hr_l0_reverse'")
    #expect(try error { $0.set("bias_hh_l0", bytes: [UInt8](repeating: 0, count: 16)) }.contains("'bias_hh_l0' is U8"))
  }

  @Test("another cell than the one that is asked for is told")
  func otherCell() throws {
    let file = try PyTorchGolden("gru").model
    let error = #expect(throws: TensorFileError.self) { try LSTM<Float>(file) }
    #expect(error?.description == "the layer '' is GRU, not LSTM")
    #expect(throws: TensorFileError.self) { try LSTM<Float>(contentsOf: "/nowhere/model.safetensors") }
  }
}
