// Names and documentation are those of recurrent.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

public import CRecurrent
internal import RecurrentFormats

@c @implementation
public func recurrent_model_create_random(
  _ configuration: UnsafePointer<recurrent_configuration>?, _ seed: UInt64,
  _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe create("model", model, in: Handles.models) { () throws(Failure) in
      try makeModel(unsafe load("configuration", configuration), .random(seed: seed))
    }
  }
}

@c @implementation
public func recurrent_model_create(
  _ configuration: UnsafePointer<recurrent_configuration>?, _ parameters: UnsafePointer<Float>?,
  _ parameterCount: Int, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe create("model", model, in: Handles.models) { () throws(Failure) in
      try unsafe makeModel(load("configuration", configuration), .given(parameters, count: parameterCount))
    }
  }
}

@c @implementation
public func recurrent_model_load(
  _ path: UnsafePointer<CChar>?, _ name: UnsafePointer<CChar>?, _ options: UnsafePointer<recurrent_load_options>?,
  _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe create("model", model, in: Handles.models) { () throws(Failure) in
      guard let path = try unsafe text("path", path) else {
        throw Failure(RECURRENT_INVALID_ARGUMENT, "path is null")
      }
      return try loadModel(unsafe text("name", name), unsafe LoadOptions(options)) { () throws(TensorFileError) in
        try TensorFile(contentsOf: path)
      }
    }
  }
}

@c @implementation
public func recurrent_model_load_memory(
  _ bytes: UnsafeRawPointer?, _ byteCount: Int, _ name: UnsafePointer<CChar>?,
  _ options: UnsafePointer<recurrent_load_options>?, _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe create("model", model, in: Handles.models) { () throws(Failure) in
      let start = unsafe bytes?.assumingMemoryBound(to: UInt8.self)
      try check(byteCount >= 0, "byte_count is \(UInt(bitPattern: byteCount)), which is beyond the limit")
      let bytes = try unsafe Input("bytes", start, byteCount, wanted: byteCount)
      try checkMemory("a copy of the bytes", Double(byteCount))
      return try loadModel(unsafe text("name", name), unsafe LoadOptions(options)) { () throws(TensorFileError) in
        try TensorFile(decoding: bytes.array)
      }
    }
  }
}

@c @implementation
public func recurrent_parameter_count(
  _ configuration: UnsafePointer<recurrent_configuration>?, _ count: UnsafeMutablePointer<Int>?
) -> recurrent_status {
  answer { () throws(Failure) in
    let place = try unsafe Place("count", count)
    place.store(try countParameters(of: unsafe load("configuration", configuration)))
  }
}

@c @implementation
public func recurrent_model_describe(
  _ model: OpaquePointer?, _ description: UnsafeMutablePointer<recurrent_description>?
) -> recurrent_status {
  answer { () throws(Failure) in
    let place = try unsafe Place("description", description)
    try unsafe Handles.models.use(model, .shared) { model in place.store(model.description) }
  }
}

@c @implementation
public func recurrent_model_parameter(
  _ model: OpaquePointer?, _ index: Int, _ parameter: UnsafeMutablePointer<recurrent_parameter>?
) -> recurrent_status {
  answer { () throws(Failure) in
    let place = try unsafe Place("parameter", parameter)
    try unsafe Handles.models.use(model, .shared) { model throws(Failure) in
      let places = unsafe model.parameterNames.places
      try check(
        index >= 0 && index < places.count, "index is \(UInt(bitPattern: index)), of \(places.count) tensors")
      let found = places[index]
      unsafe place.store(
        recurrent_parameter(name: found.name, offset: found.offset, rows: found.rows, columns: found.columns))
    }
  }
}

@c @implementation
public func recurrent_model_read_parameters(
  _ model: OpaquePointer?, _ parameters: UnsafeMutablePointer<Float>?, _ count: Int
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe Handles.models.use(model, .shared) { model throws(Failure) in
      model.readParameters(try unsafe Output("parameters", parameters, count, wanted: model.parameterCount))
    }
  }
}

@c @implementation
public func recurrent_model_write_parameters(
  _ model: OpaquePointer?, _ parameters: UnsafePointer<Float>?, _ count: Int
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe Handles.models.use(model, .exclusive) { model throws(Failure) in
      model.writeParameters(try unsafe Input("parameters", parameters, count, wanted: model.parameterCount))
    }
  }
}

@c @implementation
public func recurrent_model_set_thread_count(_ model: OpaquePointer?, _ count: Int) -> recurrent_status {
  answer { () throws(Failure) in
    try check(count >= 0 && count <= 1024, "count is \(UInt(bitPattern: count)); it must be from 0 to 1024")
    try unsafe Handles.models.use(model, .exclusive) { model in model.setThreadCount(count) }
  }
}

@c @implementation
public func recurrent_model_run(
  _ model: OpaquePointer?, _ sequences: UnsafePointer<recurrent_sequences>?
) -> recurrent_status {
  answer { () throws(Failure) in
    let sequences = try unsafe load("sequences", sequences)
    try unsafe Handles.models.use(model, .shared) { model throws(Failure) in try unsafe model.run(sequences) }
  }
}

@c @implementation
public func recurrent_model_destroy(_ model: OpaquePointer?) -> recurrent_status {
  answer { () throws(Failure) in try unsafe Handles.models.remove(model) }
}
