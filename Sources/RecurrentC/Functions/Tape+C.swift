// Names and documentation are those of recurrent.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

public import CRecurrent

@c @implementation
public func recurrent_tape_sizes(
  _ model: OpaquePointer?, _ stepCount: Int, _ batchSize: Int, _ least: UnsafeMutablePointer<Int>?,
  _ most: UnsafeMutablePointer<Int>?
) -> recurrent_status {
  answer { () throws(Failure) in
    let leastPlace = unsafe least == nil ? nil : try unsafe Place("least", least)
    let mostPlace = unsafe most == nil ? nil : try unsafe Place("most", most)
    try unsafe Handles.models.use(model, .shared) { model throws(Failure) in
      let sizes = try model.tapeSizes(stepCount: stepCount, batchSize: batchSize)
      leastPlace?.store(sizes.least)
      mostPlace?.store(sizes.most)
    }
  }
}

@c @implementation
public func recurrent_tape_create(
  _ model: OpaquePointer?, _ stepCount: Int, _ batchSize: Int, _ memoryLimit: Int,
  _ tape: UnsafeMutablePointer<OpaquePointer?>?
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe create("tape", tape, in: Handles.tapes) { () throws(Failure) in
      try unsafe Handles.models.use(model, .shared) { model throws(Failure) in
        try model.makeTape(stepCount: stepCount, batchSize: batchSize, memoryLimit: memoryLimit)
      }
    }
  }
}

@c @implementation
public func recurrent_model_forward(
  _ model: OpaquePointer?, _ tape: OpaquePointer?, _ sequences: UnsafePointer<recurrent_sequences>?
) -> recurrent_status {
  answer { () throws(Failure) in
    let sequences = try unsafe load("sequences", sequences)
    try unsafe Handles.models.use(model, .shared) { model throws(Failure) in
      try unsafe Handles.tapes.use(tape, .exclusive) { tape throws(Failure) in
        try unsafe model.forward(sequences, recording: tape)
      }
    }
  }
}

@c @implementation
public func recurrent_model_backward(
  _ model: OpaquePointer?, _ tape: OpaquePointer?, _ gradients: UnsafePointer<recurrent_gradients>?
) -> recurrent_status {
  answer { () throws(Failure) in
    let gradients = try unsafe load("gradients", gradients)
    try unsafe Handles.models.use(model, .shared) { model throws(Failure) in
      try unsafe Handles.tapes.use(tape, .exclusive) { tape throws(Failure) in
        try unsafe model.backward(gradients, through: tape)
      }
    }
  }
}

@c @implementation
public func recurrent_tape_destroy(_ tape: OpaquePointer?) -> recurrent_status {
  answer { () throws(Failure) in try unsafe Handles.tapes.remove(tape) }
}
