import Foundation
import ONNXSchema
import Recurrent
import RecurrentONNX
import SwiftProtobuf
import Testing

@Suite("ONNX: constants")
struct TensorTests {
  /// A graph that gives one constant.
  private func value<Scalar>(_: Scalar.Type, _ tensor: Onnx_TensorProto) throws -> ONNXValue<Scalar> {
    var tensor = tensor
    tensor.name = "constant"
    let model = Onnx_ModelProto.with { model in
      model.opsetImport = [.with { $0.version = 14 }]
      model.graph.initializer = [tensor]
      model.graph.output = [.with { $0.name = "constant" }]
    }
    return try ONNXProgram<Scalar>(ONNXModel(bytes: model.serializedBytes()))([:])["constant"]!
  }

  private func tensor(
    _ type: Onnx_TensorProto.DataType, _ dims: [Int64], _ change: (inout Onnx_TensorProto) -> Void
  ) -> Onnx_TensorProto {
    .with {
      ($0.dataType, $0.dims) = (Int32(type.rawValue), dims)
      change(&$0)
    }
  }

  @Test("every type, raw and typed, is exact")
  func types() throws {
    let expected = ONNXValue.numbers(Tensor<Double>(shape: [2, 1], elements: [-1.5, 0x1p-14]))
    let cases = [
      tensor(.float, [2, 1]) { $0.floatData = [-1.5, 0x1p-14] },
      tensor(.float, [2, 1]) { $0.rawData = Data([0, 0, 0xC0, 0xBF, 0, 0, 0x80, 0x38]) },
      tensor(.double, [2, 1]) { $0.doubleData = [-1.5, 0x1p-14] },
      tensor(.double, [2, 1]) { $0.rawData = Data([0, 0, 0, 0, 0, 0, 0xF8, 0xBF, 0, 0, 0, 0, 0, 0, 0x10, 0x3F]) },
      tensor(.float16, [2, 1]) { $0.int32Data = [0xBE00, 0x0400] },
      tensor(.float16, [2, 1]) { $0.rawData = Data([0, 0xBE, 0, 4]) },
      tensor(.bfloat16, [2, 1]) { $0.int32Data = [0xBFC0, 0x3880] },
      tensor(.bfloat16, [2, 1]) { $0.rawData = Data([0xC0, 0xBF, 0x80, 0x38]) },
    ]
    for tensor in cases {
      #expect(try value(Double.self, tensor) == expected)
      #expect(try value(Float.self, tensor) == expected.converted(to: Float.self))
    }
    let integers = ONNXValue<Float>.integers(ONNXIntegers([-2, 258]))
    #expect(try value(Float.self, tensor(.int32, [2]) { $0.int32Data = [-2, 258] }) == integers)
    #expect(
      try value(Float.self, tensor(.int32, [2]) { $0.rawData = Data([0xFE, 0xFF, 0xFF, 0xFF, 2, 1, 0, 0]) }) == integers
    )
    #expect(try value(Float.self, tensor(.int64, [2]) { $0.int64Data = [-2, 258] }) == integers)
    let bytes: [UInt8] = [0xFE] + [UInt8](repeating: 0xFF, count: 7) + [2, 1, 0, 0, 0, 0, 0, 0]
    #expect(try value(Float.self, tensor(.int64, [2]) { $0.rawData = Data(bytes) }) == integers)
    #expect(try value(Float.self, tensor(.float, [0, 3]) { $0.rawData = Data() }).shape == [0, 3])
    #expect(try value(Float.self, tensor(.float, []) { $0.floatData = [2] }).shape == [])
  }

  @Test("constants whose parts do not agree, or that are not served, are named")
  func refused() {
    let cases: [(String, Onnx_TensorProto)] = [
      ("3 elements", tensor(.float, [2]) { $0.floatData = [1, 2, 3] }),
      ("0 elements", tensor(.float, [2]) { _ in }),
      ("no multiple of 4", tensor(.float, [2]) { $0.rawData = Data([1, 2, 3, 4, 5]) }),
      ("both", tensor(.float, [1]) { ($0.rawData, $0.floatData) = (Data([1, 2, 3, 4]), [1]) }),
      ("no tensor can have", tensor(.float, [-1]) { $0.floatData = [1] }),
      ("no tensor can have", tensor(.float, [1 << 62, 4]) { $0.floatData = [1] }),
      ("no tensor can have", tensor(.float, [1 << 62, 0]) { $0.floatData = [] }),
      ("for shape", tensor(.float, [1 << 40]) { $0.floatData = [1] }),
      ("40 dimensions", tensor(.float, .init(repeating: 1, count: 40)) { $0.floatData = [1] }),
      ("external", tensor(.float, [1]) { $0.dataLocation = .external }),
      ("segment", tensor(.float, [1]) { $0.segment = .with { $0.begin = 0 } }),
      ("int4", tensor(.int4, [1]) { $0.int32Data = [1] }),
      ("type 99", tensor(.float, [1]) { $0.dataType = 99 }),
    ]
    for (words, tensor) in cases {
      let error = #expect(throws: ONNXError.self, "\(words)") { try value(Float.self, tensor) }
      #expect("\(error!)".contains(words) && "\(error!)".contains("'constant'"), "\(error!)")
    }
  }
}
