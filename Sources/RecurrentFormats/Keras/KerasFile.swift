#if HDF5
  /// A model as Keras saves it: `.keras`, `.weights.h5` or, of Keras 2 and before, `.h5`.
  ///
  ///     let file = try KerasFile(contentsOf: "model.keras")
  ///     let lstm = try LSTM<Float>(file, named: "encoder")
  ///
  /// A `.keras` file has the configuration of its model beside the weights, and so has an `.h5` file of a whole model; a
  /// `.weights.h5` file has weights alone, and what they do not tell is Keras's default or what `KerasAssumptions` say. Where
  /// a model of one's own making has its layers in attributes, its configuration has no word of them, either.
  ///
  /// What libhdf5 refuses, and what contradicts itself in names, shapes and configuration, is an error; a file that is cut
  /// short, too, and an archive that is damaged. But libhdf5 trusts a file more than this library does: one of its own format
  /// that is damaged inside, or made to do harm, can take the process with it.
  public struct KerasFile: Sendable {
    let file: HDF5File
    /// What the model's configuration says; nil where there is none.
    let configuration: KerasModelConfiguration?
    /// The recurrent layers by name.
    let places: [String: KerasPlace]

    /// Opens a file; numbers are read when they are asked for.
    ///
    /// - Parameters:
    ///   - path: a `.keras`, `.weights.h5` or `.h5` file.
    ///   - configuration: the model's, as `model.to_json()` gives it, for a file that has none.
    public init(contentsOf path: String, configuration: String? = nil) throws(KerasError) {
      let bytes: FileBytes
      do throws(FileError) {
        bytes = try FileBytes(mapping: path)
      } catch {
        throw .system(error)
      }
      try self.init(FileSlice(bytes), path: path, configuration: configuration)
    }

    /// Opens a file that is in memory.
    public init(decoding bytes: [UInt8], configuration: String? = nil) throws(KerasError) {
      try self.init(FileSlice(FileBytes(bytes)), path: nil, configuration: configuration)
    }

    private init(_ bytes: FileSlice, path: String?, configuration: String?) throws(KerasError) {
      var (text, version) = (configuration, String?.none)
      if bytes.count >= 4, bytes.word(at: 0, as: UInt32.self) == ZipDirectory.firstMark {
        let archive = try KerasArchive(bytes)
        file = try HDF5File(image: archive.weights)
        (text, version) = (configuration ?? archive.configuration, archive.version)
      } else {
        if let path {
          file = try HDF5File(contentsOf: path, byteCount: bytes.count)
        } else {
          file = try HDF5File(image: bytes)
        }
        (text, version) = (configuration ?? file.text("model_config", of: ""), Self.version(in: file))
      }
      self.configuration = try text.map { text throws(KerasError) in
        try KerasModelConfiguration(parsing: text, version: version)
      }
      var places = try KerasPlace.all(in: file)
      for index in places.indices where places[index].ownName == nil {
        places[index].ownName = self.configuration?.layer(at: places[index].path)?["config"]?["name"]?.text
      }
      self.places = Self.named(places)
    }

    /// The version of Keras that has written an `.h5` file.
    private static func version(in file: HDF5File) -> String? { file.text("keras_version", of: "") }

    /// Places by the layers' own names or, where those are missing or not of one layer alone, by their paths.
    private static func named(_ places: [KerasPlace]) -> [String: KerasPlace] {
      let counts = places.compactMap(\.ownName).reduce(into: [:]) { $0[$1, default: 0] += 1 }
      var named: [String: KerasPlace] = [:]
      for place in places {
        let name = place.ownName.flatMap { counts[$0] == 1 ? $0 : nil } ?? place.path
        named[named[name] == nil ? name : place.path] = place
      }
      return named
    }

    /// The names of all recurrent layers, in ascending order: their own or, where the file does not have them or has them
    /// twice, the paths of their weights, such as "layers/lstm_1".
    public var layerNames: [String] { places.keys.sorted() }
  }
#endif
