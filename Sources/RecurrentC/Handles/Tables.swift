/// The models, streams and tapes that C callers have handles of.
enum Handles {
  static let models = HandleTable<any Model>(.model)
  static let streams = HandleTable<any Streaming>(.stream)
  static let tapes = HandleTable<any Recording>(.tape)
}
