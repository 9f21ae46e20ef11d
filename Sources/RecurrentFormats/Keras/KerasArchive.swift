#if HDF5
  /// The members of a `.keras` file, which is a zip archive.
  struct KerasArchive {
    /// A file in the HDF5 format.
    let weights: FileSlice
    /// The model's configuration.
    let configuration: String
    /// That of Keras; nil where the archive does not say it.
    let version: String?

    init(_ bytes: FileSlice) throws(KerasError) {
      do throws(ZipError) {
        let entries = try ZipDirectory.entries(of: bytes)
        func member(_ name: String) throws(ZipError) -> FileSlice {
          guard let entry = entries.first(where: { $0.name == name }) else {
            throw .malformed("it has no member '\(name)'")
          }
          return try entry.contents()
        }
        guard !entries.contains(where: { $0.name == "model.weights.json" }) else {
          throw .unsupported("its weights are in several files, which are not read")
        }
        weights = try member("model.weights.h5")
        configuration = String(decoding: try member("config.json").words(as: UInt8.self), as: UTF8.self)
        let metadata = try member("metadata.json").words(as: UInt8.self)
        version = try? KerasValue(parsing: String(decoding: metadata, as: UTF8.self))["keras_version"]?.text
      } catch {
        switch error {
        case .malformed(let reason), .unsupported(let reason): throw .badFile(reason)
        }
      }
    }
  }
#endif
