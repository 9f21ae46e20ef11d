// Names and documentation are those of recurrent.h.
// swift-format-ignore-file: AlwaysUseLowerCamelCase, AllPublicDeclarationsHaveDocumentation

public import CRecurrent
internal import Recurrent

@c @implementation
public func recurrent_stream_create(
  _ model: OpaquePointer?, _ batchSize: Int, _ stream: UnsafeMutablePointer<OpaquePointer?>?
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe create("stream", stream, in: Handles.streams) { () throws(Failure) in
      try unsafe Handles.models.use(model, .shared) { model throws(Failure) in
        try model.makeStream(batchSize: batchSize)
      }
    }
  }
}

@c @implementation
public func recurrent_stream_step(
  _ stream: OpaquePointer?, _ frame: UnsafePointer<Float>?, _ frameCount: Int,
  _ hidden: UnsafeMutablePointer<Float>?, _ hiddenCount: Int
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe Handles.streams.use(stream, .exclusive) { stream throws(Failure) in
      let (shape, count) = (stream.shape, stream.batchSize)
      stream.step(
        try unsafe Input("frame", frame, frameCount, wanted: product(count, shape.inputSize)),
        try unsafe Output("hidden", hidden, hiddenCount, wanted: product(count, shape.outputSize)))
    }
  }
}

@c @implementation
public func recurrent_stream_step_rows(
  _ stream: OpaquePointer?, _ rows: UnsafePointer<Int>?, _ rowCount: Int, _ frame: UnsafePointer<Float>?,
  _ frameCount: Int, _ hidden: UnsafeMutablePointer<Float>?, _ hiddenCount: Int
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe Handles.streams.use(stream, .exclusive) { stream throws(Failure) in
      let (shape, count) = (stream.shape, stream.batchSize)
      try check(
        rowCount >= 0 && rowCount <= count, "\(UInt(bitPattern: rowCount)) rows for a stream of \(count)")
      let rows = try unsafe Input("rows", rows, rowCount, wanted: rowCount)
      try checkRows(rows.span, below: count)
      let frame = try unsafe Input("frame", frame, frameCount, wanted: product(rowCount, shape.inputSize))
      let hidden = try unsafe Output("hidden", hidden, hiddenCount, wanted: product(rowCount, shape.outputSize))
      if rowCount > 0 { stream.step(rows: rows, frame, hidden) }
    }
  }
}

/// Throws unless rows of a stream of `count` sequences stand in ascending order.
private func checkRows(_ rows: Span<Int>, below count: Int) throws(Failure) {
  for index in rows.indices {
    let (row, last) = (rows[index], index == 0 ? -1 : rows[index - 1])
    try check(row >= 0 && row < count, "row \(UInt(bitPattern: row)) of \(count)")
    try check(row > last, "row \(row) after row \(last); rows must be in ascending order")
  }
}

@c @implementation
public func recurrent_stream_reset_row(_ stream: OpaquePointer?, _ row: Int) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe Handles.streams.use(stream, .exclusive) { stream throws(Failure) in
      try check(row >= 0 && row < stream.batchSize, "row \(UInt(bitPattern: row)) of \(stream.batchSize)")
      stream.reset(row: row)
    }
  }
}

@c @implementation
public func recurrent_stream_reset(_ stream: OpaquePointer?) -> recurrent_status {
  answer { () throws(Failure) in try unsafe Handles.streams.use(stream, .exclusive) { stream in stream.reset() } }
}

@c @implementation
public func recurrent_stream_read_state(
  _ stream: OpaquePointer?, _ hidden: UnsafeMutablePointer<Float>?, _ hiddenCount: Int,
  _ cell: UnsafeMutablePointer<Float>?, _ cellCount: Int
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe Handles.streams.use(stream, .exclusive) { stream throws(Failure) in
      let sizes = try SequenceSizes(of: stream)
      stream.readState(
        hidden: try unsafe .optional(
          "hidden", recurrent_mutable_span(elements: hidden, count: hiddenCount), sizes.stateHiddenShape),
        cell: try unsafe .optional(
          "cell", recurrent_mutable_span(elements: cell, count: cellCount), sizes.stateCellShape))
    }
  }
}

@c @implementation
public func recurrent_stream_write_state(
  _ stream: OpaquePointer?, _ hidden: UnsafePointer<Float>?, _ hiddenCount: Int, _ cell: UnsafePointer<Float>?,
  _ cellCount: Int
) -> recurrent_status {
  answer { () throws(Failure) in
    try unsafe Handles.streams.use(stream, .exclusive) { stream throws(Failure) in
      let sizes = try SequenceSizes(of: stream)
      stream.writeState(
        hidden: try unsafe .optional(
          "hidden", recurrent_span(elements: hidden, count: hiddenCount), sizes.stateHiddenShape),
        cell: try unsafe .optional("cell", recurrent_span(elements: cell, count: cellCount), sizes.stateCellShape))
    }
  }
}

extension SequenceSizes {
  /// Those of a step of a stream.
  fileprivate init(of stream: any Streaming) throws(Failure) {
    try self.init(stream.shape, stepCount: 1, batchSize: stream.batchSize, layout: RECURRENT_TIME_MAJOR)
  }
}

@c @implementation
public func recurrent_stream_destroy(_ stream: OpaquePointer?) -> recurrent_status {
  answer { () throws(Failure) in try unsafe Handles.streams.remove(stream) }
}
