#if HDF5
  internal import CHDF5
  internal import Recurrent
  internal import Synchronization

  #if canImport(Darwin)
    internal import Darwin
  #elseif canImport(Glibc)
    internal import Glibc
  #elseif canImport(Musl)
    internal import Musl
  #endif

  /// A file in the HDF5 format, open for reading: groups, datasets of floating-point numbers, attributes that are text.
  ///
  /// Links that lead out of the file, and numbers that stand outside of it, are not followed. Debian's libhdf5 serves one
  /// thread at a time, so that all calls of it stand behind one lock.
  final class HDF5File: Sendable {
    /// What the library knows the file by.
    private let id: hid_t
    /// How many bytes it has, or had when it was opened.
    private let byteCount: Int

    /// What a link of a group leads to.
    enum Member {
      case group, dataset, other
    }

    /// More members than any group of a model has.
    private static let memberLimit = 1 << 13
    /// No compressed byte gives more than so many.
    private static let largestRatio = 1032

    private static let library = Mutex(0)

    /// Runs `body` alone, with the library's own reports turned off, and a number that no other call is given.
    private static func locked<Result, Failure>(
      _ body: (_ turn: Int) throws(Failure) -> Result
    ) throws(Failure) -> Result {
      try library.withLock { turn throws(Failure) in
        let reports = unsafe chdf5_silence()
        defer { unsafe chdf5_restore(reports) }
        turn += 1
        return try body(turn)
      }
    }

    /// Opens a file of so many bytes.
    init(contentsOf path: String, byteCount: Int) throws(KerasError) {
      id = Self.locked { _ in unsafe chdf5_open_file(path) }
      self.byteCount = byteCount
      guard id >= 0 else { throw Self.unreadable }
    }

    /// Opens a copy of the bytes of a file.
    init(image: FileSlice) throws(KerasError) {
      id = Self.locked { turn in
        unsafe image.bytes.withUnsafeBytes { bytes in
          unsafe bytes.isEmpty ? -1 : chdf5_open_image("recurrent image \(turn)", bytes.baseAddress, bytes.count)
        }
      }
      byteCount = image.count
      guard id >= 0 else { throw Self.unreadable }
    }

    deinit {
      guard id >= 0 else { return }
      Self.locked { _ in _ = H5Fclose(id) }
    }

    private static let unreadable = KerasError.badFile("it is not in the HDF5 format, or has lost its end")

    // MARK: - Groups

    /// The members of a group by name, in ascending order.
    func members(of path: String) throws(KerasError) -> [(name: String, member: Member)] {
      try Self.locked { _ throws(KerasError) in
        let group = try open(path)
        defer { H5Oclose(group) }
        var information = H5G_info_t()
        guard unsafe H5Gget_info(group, &information) >= 0 else { throw .badFile("the group '\(path)' is damaged") }
        guard information.nlinks <= UInt64(Self.memberLimit) else {
          throw .badFile("the group '\(path)' has \(information.nlinks) members, more than \(Self.memberLimit)")
        }
        var members: [(String, Member)] = []
        for index in 0..<information.nlinks {
          guard let name = Self.name(of: index, in: group) else { throw .badFile("the group '\(path)' is damaged") }
          members.append((name, Self.member(name, of: group)))
        }
        return members
      }
    }

    private static func name(of index: UInt64, in group: hid_t) -> String? {
      func read(_ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
        unsafe H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, index, buffer, capacity, 0)
      }
      let length = read(nil, 0)
      guard length >= 0, length < 1 << 16 else { return nil }
      return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { buffer in
        guard unsafe read(buffer.baseAddress, length + 1) == length else { return nil }
        return unsafe String(validatingCString: buffer.baseAddress!)
      }
    }

    private static func member(_ name: String, of group: hid_t) -> Member {
      switch unsafe chdf5_kind(group, name) {
      case H5I_GROUP: .group
      case H5I_DATASET: .dataset
      default: .other
      }
    }

    /// The text of an attribute of a group or dataset; nil where there is none.
    func text(_ attribute: String, of path: String) -> String? {
      Self.locked { _ in
        guard let object = try? open(path) else { return nil }
        defer { H5Oclose(object) }
        return Self.text(attribute, of: object)
      }
    }

    private static func text(_ attribute: String, of object: hid_t) -> String? {
      guard let text = unsafe chdf5_text(object, attribute) else { return nil }
      defer { unsafe free(text) }
      return unsafe String(validatingCString: text)
    }

    // MARK: - Datasets

    /// The kind and shape of a dataset, which must be of floating-point numbers that all stand in the file.
    func dataset(_ path: String) throws(KerasError) -> HDF5Dataset {
      try Self.locked { _ throws(KerasError) in
        let dataset = try open(path)
        defer { H5Oclose(dataset) }
        let shape = try self.shape(of: dataset, path)
        let kind = try self.kind(of: dataset, path)
        try requireBytes(of: dataset, shape, kind, path)
        return HDF5Dataset(path: path, kind: kind, shape: shape)
      }
    }

    /// The numbers of a dataset: exactly where `Scalar` is the wider kind, else rounded to nearest.
    ///
    /// - Complexity: O(count).
    func tensor<Scalar: RecurrentScalar>(_ source: HDF5Dataset, of _: Scalar.Type) throws(KerasError) -> Tensor<Scalar>
    {
      try Self.locked { _ throws(KerasError) in
        let dataset = try open(source.path)
        defer { H5Oclose(dataset) }
        let count = source.shape.reduce(1, *)
        switch source.kind {
        case .double:
          let numbers = try unsafe Self.read(count, source.path) { (numbers: UnsafeMutablePointer<Double>) in
            unsafe chdf5_read_double(dataset, numbers)
          }
          return Tensor(shape: source.shape, elements: numbers).converted(to: Scalar.self)
        case .bfloat:
          let type = H5Dget_type(dataset)
          defer { H5Tclose(type) }
          let words = try unsafe Self.read(count, source.path) { (words: UnsafeMutablePointer<UInt16>) in
            unsafe chdf5_read_bytes(dataset, type, words)
          }
          let numbers = words.map { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
          return Tensor(shape: source.shape, elements: numbers).converted(to: Scalar.self)
        default:
          let numbers = try unsafe Self.read(count, source.path) { (numbers: UnsafeMutablePointer<Float>) in
            unsafe chdf5_read_float(dataset, numbers)
          }
          return Tensor(shape: source.shape, elements: numbers).converted(to: Scalar.self)
        }
      }
    }

    private static func read<Element: BitwiseCopyable>(
      _ count: Int, _ path: String, _ body: (UnsafeMutablePointer<Element>) -> herr_t
    ) throws(KerasError) -> [Element] {
      var isRead = false
      let elements = unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        isRead = unsafe buffer.baseAddress.map(body) ?? 0 >= 0
        initialized = isRead ? count : 0
      }
      guard isRead else { throw .badDataset(path, reason: "its numbers cannot be read") }
      return elements
    }

    private func open(_ path: String) throws(KerasError) -> hid_t {
      let object = unsafe H5Oopen(id, path.isEmpty ? "/" : path, 0)
      guard object >= 0 else { throw .badFile("'\(path)' cannot be opened") }
      return object
    }

    private func shape(of dataset: hid_t, _ path: String) throws(KerasError) -> [Int] {
      let space = H5Dget_space(dataset)
      defer { H5Sclose(space) }
      let rank = H5Sget_simple_extent_ndims(space)
      guard (0...Int32(H5S_MAX_RANK)).contains(rank) else { throw .badDataset(path, reason: "it has no shape") }
      var extents = [hsize_t](repeating: 0, count: Int(rank))
      guard H5Sget_simple_extent_type(space) == H5S_SIMPLE || rank == 0,
        unsafe H5Sget_simple_extent_dims(space, &extents, nil) == rank
      else { throw .badDataset(path, reason: "it has no shape") }
      return extents.map { Int(clamping: $0) }
    }

    private func kind(of dataset: hid_t, _ path: String) throws(KerasError) -> TensorFile.Kind {
      let type = H5Dget_type(dataset)
      defer { H5Tclose(type) }
      switch (H5Tget_class(type), H5Tget_size(type)) {
      case (H5T_FLOAT, 2): return .half
      case (H5T_FLOAT, 4): return .float
      case (H5T_FLOAT, 8): return .double
      case (H5T_OPAQUE, 2) where Self.text("dtype", of: dataset) == "bfloat16": return .bfloat
      default: throw .badDataset(path, reason: "it is not of float16, bfloat16, float32 or float64 numbers")
      }
    }

    /// Throws where a dataset claims more numbers than a file of this size can give, or has them elsewhere.
    private func requireBytes(
      of dataset: hid_t, _ shape: [Int], _ kind: TensorFile.Kind, _ path: String
    ) throws(KerasError) {
      let creation = H5Dget_create_plist(dataset)
      defer { H5Pclose(creation) }
      let layout = H5Pget_layout(creation)
      guard H5Pget_external_count(creation) == 0, layout != H5D_VIRTUAL else {
        throw .badDataset(path, reason: "its numbers stand in another file")
      }
      var claimed = kind.byteCount
      for extent in shape {
        let (product, overflow) = claimed.multipliedReportingOverflow(by: extent)
        claimed = overflow ? .max : product
      }
      let stored = min(Int(clamping: H5Dget_storage_size(dataset)), byteCount)
      guard claimed / (layout == H5D_CHUNKED ? Self.largestRatio : 1) <= stored else {
        throw .badDataset(path, reason: "its shape \(shape) needs more bytes than the \(stored) that are stored")
      }
    }
  }

  /// A dataset of a file, as its header tells.
  struct HDF5Dataset: Sendable, Equatable {
    let path: String
    let kind: TensorFile.Kind
    let shape: [Int]
  }
#endif
