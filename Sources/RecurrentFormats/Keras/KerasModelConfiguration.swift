#if HDF5
  /// What a model's JSON says of its layers: that of `config.json` in a `.keras` file, of `model.to_json()`, or of the attribute
  /// `model_config` of older files.
  struct KerasModelConfiguration: Sendable {
    /// The first number of Keras's version; nil where the file does not say it.
    let version: Int?
    /// Every layer, wrappers and what they wrap too, by the path that its weights have in a `.weights.h5` file.
    private var layersByPath: [String: KerasValue] = [:]
    /// The same by their own names, of which some may be those of several.
    private(set) var layersByName: [String: [KerasValue]] = [:]

    /// Reads a configuration; `version` is what stands beside it, such as "3.15.1".
    init(parsing text: String, version: String?) throws(KerasError) {
      let model = try KerasValue(parsing: text)
      guard model["config"] != nil else { throw .badFile("the model's configuration is that of no model") }
      let said = version ?? model["keras_version"]?.text
      // Keras 3 begins its objects with the module that they are from, and Keras 2, which may, also says its version.
      self.version = said.map { Int($0.prefix { $0 != "." }) } ?? (model["module"] == nil ? nil : 3)
      add(model, at: "")
    }

    private mutating func add(_ layer: KerasValue, at path: String) {
      layersByPath[path] = layer
      let attributes = layer["config"]
      if let name = attributes?["name"]?.text { layersByName[name, default: []].append(layer) }
      // Of Keras 1 and 2 a Sequential's configuration may be the list itself.
      if let layers = attributes?["layers"]?.list ?? attributes?.list {
        var counts: [String: Int] = [:]
        for layer in layers {
          guard let name = layer["class_name"]?.text.map(Self.snakeCase) else { continue }
          let count = counts[name, default: 0]
          counts[name] = count + 1
          add(layer, at: (path.isEmpty ? "" : path + "/") + "layers/" + (count == 0 ? name : "\(name)_\(count)"))
        }
      } else if layer["class_name"]?.text != "Bidirectional", let wrapped = attributes?["layer"] {
        add(wrapped, at: path + "/layer")
      }
    }

    /// The layer whose weights stand at a path of a file; nil where there is none.
    func layer(at path: String) -> KerasValue? { layersByPath[Self.parts(of: path).joined(separator: "/")] }

    /// Whether it lists the layers of the model that has a path's layer in it, so that each must be there.
    func listsLayers(around path: String) -> Bool {
      let parts = Self.parts(of: path)
      guard parts.count > 1, parts[parts.count - 2] == "layers" else { return false }
      return layersByPath[parts.dropLast(2).joined(separator: "/")]?["config"]?["layers"] != nil
    }

    /// Keras 2.13 has another word for the layers of a model.
    private static func parts(of path: String) -> [String] {
      path.split(separator: "/").map { $0 == "_layer_checkpoint_dependencies" ? "layers" : String($0) }
    }

    /// The name that Keras makes of a class in a file: "SimpleRNN" is simple_rnn, "CuDNNLSTM" cu_dnnlstm.
    ///
    /// An underscore goes before a capital that a small letter follows, and between a small letter and a capital.
    static func snakeCase(_ className: String) -> String {
      let letters = Array(className.filter { $0.isLetter || $0.isNumber || $0 == "_" })
      var result = ""
      for (index, letter) in letters.enumerated() {
        let startsWord = letter.isUppercase && index + 1 < letters.count && letters[index + 1].isLowercase
        if index > 0, letter.isUppercase, startsWord || letters[index - 1].isLowercase { result += "_" }
        result += letter.lowercased()
      }
      return result
    }
  }
#endif
