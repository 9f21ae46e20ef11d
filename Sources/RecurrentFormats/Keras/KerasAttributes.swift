#if HDF5
  internal import Recurrent

  /// The attributes of one layer or cell in a model's configuration, each of which is read, or known to change nothing.
  struct KerasAttributes {
    /// The layer's name, for messages.
    let layer: String
    let members: [String: KerasValue]
    /// The first number of Keras's version.
    let version: Int?

    /// What does not change what a layer computes of whole sequences: how its weights came about, what training does,
    /// what of the output is kept, how it is computed.
    private static let harmless: Set<String> = [
      "name", "trainable", "dtype", "batch_input_shape", "batch_shape", "input_shape", "input_dim", "input_length",
      "ragged",
      "kernel_initializer", "recurrent_initializer", "bias_initializer", "unit_forget_bias", "kernel_regularizer",
      "recurrent_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "recurrent_constraint",
      "bias_constraint", "dropout", "recurrent_dropout", "seed", "return_sequences", "return_state", "unroll",
      "zero_output_for_mask", "time_major", "implementation",
    ]

    /// The attributes of `node`, an object of the configuration.
    init(of node: KerasValue, layer: String, version: Int?) throws(KerasError) {
      guard case .object(let members)? = node["config"] else {
        throw .badAttribute("config", layer: layer, reason: "there is none in \(node)")
      }
      self.layer = layer
      self.members = members
      self.version = version
    }

    /// Throws where there is an attribute that is neither one of `read` nor known to change nothing, unless it is off.
    func requireNothing(beyond read: Set<String>) throws(KerasError) {
      let others = members.filter { !read.contains($0.key) && !Self.harmless.contains($0.key) }
      for (name, value) in others.sorted(by: { $0.key < $1.key }) where value != .null && value != .flag(false) {
        throw .unsupported(name, layer: layer, reason: "it is \(value), and not known")
      }
    }

    /// An attribute that is true or false.
    func flag(_ name: String, default value: Bool) throws(KerasError) -> Bool {
      switch members[name] {
      case nil: return value
      case .flag(let flag)?: return flag
      case let other?: throw .badAttribute(name, layer: layer, reason: "it is \(other), not true or false")
      }
    }

    /// An attribute that is a size.
    func size(_ name: String) throws(KerasError) -> Int {
      guard case .number(let number)? = members[name], let size = Int(exactly: number) else {
        throw .badAttribute(name, layer: layer, reason: "it is \(members[name] ?? .null), not a size")
      }
      return size
    }

    /// An attribute that is an activation, by its name in Keras.
    func activation(_ name: String, default value: Activation) throws(KerasError) -> Activation {
      switch members[name] {
      case nil: return value
      case .null?: return .identity
      case .text(let text)?:
        if text == "hard_sigmoid" { return try hardSigmoid(name) }
        guard let activation = Self.activations[text] else {
          throw .unsupported(name, layer: layer, reason: "the activation '\(text)' is not known")
        }
        return activation
      case let other?: throw .unsupported(name, layer: layer, reason: "it is \(other), not the name of an activation")
      }
    }

    private static let activations: [String: Activation] = [
      "tanh": .tanh, "sigmoid": .sigmoid, "relu": .relu, "linear": .identity, "softsign": .softsign,
      "softplus": .softplus, "elu": .elu(alpha: 1), "leaky_relu": .leakyReLU(alpha: 0.2),
      "relu6": .clipped(.relu, bound: 6), "hard_tanh": .clipped(.identity, bound: 1),
    ]

    /// Keras 3 has another function of this name than those before it.
    private func hardSigmoid(_ name: String) throws(KerasError) -> Activation {
      guard let version else {
        throw .unsupported(
          name, layer: layer,
          reason: "'hard_sigmoid' is another function since Keras 3, and the file does not tell the version")
      }
      return .hardSigmoid(alpha: version >= 3 ? 1.0 / 6 : 0.2, beta: 0.5)
    }
  }
#endif
