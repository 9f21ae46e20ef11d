#if HDF5
  internal import Recurrent

  extension KerasCell {
    /// Where Keras puts gates: in columns, but for the layers of cuDNN.
    var orientation: WeightOrientation { biasForm == .cuDNN ? .gatesInRows : .gatesInColumns }

    /// The numbers of the cell.
    ///
    /// - Complexity: O(number of parameters).
    func weights<Scalar: RecurrentScalar>(
      in file: HDF5File, of _: Scalar.Type
    ) throws(KerasError) -> ForeignWeights<Scalar> {
      let input = try file.tensor(kernel, of: Scalar.self)
      let recurrent = try file.tensor(recurrentKernel, of: Scalar.self)
      let bias = try self.bias.map { bias throws(KerasError) in try file.tensor(bias, of: Scalar.self) }
      guard let bias, biasForm != .one else {
        return ForeignWeights(input: input, recurrent: recurrent, inputBias: bias)
      }
      let (width, elements) = (gateCount * hiddenSize, bias.elements)
      let isCuDNN = biasForm == .cuDNN
      return ForeignWeights(
        input: isCuDNN ? cuDNNRows(input) : input, recurrent: isCuDNN ? cuDNNRows(recurrent) : recurrent,
        inputBias: Tensor(shape: [width], elements: Array(elements[..<width])),
        recurrentBias: Tensor(shape: [width], elements: Array(elements[width...])))
    }

    /// [G·H, F], from the kernel of a layer of cuDNN: of shape [F, G·H], whose block of a gate, [F, H], has in the order of its
    /// own rows the numbers of cuDNN's matrix [H, F].
    private func cuDNNRows<Scalar>(_ kernel: Tensor<Scalar>) -> Tensor<Scalar> {
      let (features, source) = (kernel.shape[0], kernel.span)
      let width = gateCount * hiddenSize
      var rows = Tensor<Scalar>(shape: [width, features])
      var target = rows.mutableSpan
      for gate in 0..<gateCount {
        for index in 0..<hiddenSize * features {
          target[gate * hiddenSize * features + index] =
            source[index / hiddenSize * width + gate * hiddenSize + index % hiddenSize]
        }
      }
      return rows
    }
  }

  extension LSTMConvention {
    /// i f c o, where Keras puts them.
    static func keras(_ orientation: WeightOrientation) -> LSTMConvention {
      LSTMConvention(gates: keras.gates, orientation: orientation)
    }
  }

  extension GRUConvention {
    /// z r h, where Keras puts them.
    static func keras(_ orientation: WeightOrientation) -> GRUConvention {
      GRUConvention(gates: keras.gates, orientation: orientation)
    }
  }
#endif
