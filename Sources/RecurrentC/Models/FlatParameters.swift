internal import Recurrent

extension ParameterSet<Float> {
  /// Copies every tensor, one after the other, to a C caller's array, which must have room for `parameterCount` numbers.
  func store(in array: Output<Float>) {
    var offset = 0
    forEach { _, tensor in
      array.store(tensor.span, at: offset)
      offset += tensor.count
    }
  }

  /// Takes every tensor, one after the other, from an array of `parameterCount` numbers.
  mutating func take(from array: Span<Float>) {
    var offset = 0
    updateEach { _, tensor in
      let source = array.extracting(offset..<offset + tensor.count)
      var elements = tensor.mutableSpan
      for index in source.indices { elements[index] = source[index] }
      offset += source.count
    }
  }
}

/// The names and places of a model's tensors.
@safe
final class ParameterNames: Sendable {
  /// One tensor.
  @safe
  struct Place {
    /// Zero-terminated, as long as its `ParameterNames` lives.
    let name: UnsafePointer<CChar>
    let offset: Int
    let rows: Int
    let columns: Int
  }

  nonisolated(unsafe) let places: [Place]

  init(_ parameters: some ParameterSet<Float>) {
    var places: [Place] = []
    var offset = 0
    parameters.forEach { name, tensor in
      let characters = UnsafeMutablePointer<CChar>.allocate(capacity: name.utf8.count + 1)
      for (index, byte) in name.utf8.enumerated() { unsafe characters[index] = CChar(bitPattern: byte) }
      unsafe characters[name.utf8.count] = 0
      let columns = tensor.shape.last ?? 1
      unsafe places.append(
        Place(name: UnsafePointer(characters), offset: offset, rows: tensor.count / columns, columns: columns))
      offset += tensor.count
    }
    unsafe self.places = places
  }

  deinit { for place in unsafe places { unsafe place.name.deallocate() } }
}
