internal import CRecurrent

/// Why a function of the C interface does nothing.
struct Failure: Error {
  let status: recurrent_status
  let message: String

  init(_ status: recurrent_status, _ message: String) {
    self.status = status
    self.message = message
  }
}

/// Throws `RECURRENT_INVALID_ARGUMENT` with `message` unless `condition` holds. The message is made only then.
@inline(__always)
func check(_ condition: Bool, _ message: @autoclosure () -> String) throws(Failure) {
  if _slowPath(!condition) { throw Failure(RECURRENT_INVALID_ARGUMENT, message()) }
}

/// What a function of the C interface is made of: does `work`, and makes a status of what it throws, with a sentence for
/// `recurrent_error_message` that begins with the function's name.
@inline(__always)
func answer(_ function: StaticString = #function, _ work: () throws(Failure) -> Void) -> recurrent_status {
  do throws(Failure) {
    try work()
    return RECURRENT_OK
  } catch {
    ErrorMessage.set("\("\(function)".prefix { $0 != "(" }): \(error.message)")
    return error.status
  }
}

/// The product of two counts that are not below 0, or the largest number where that is beyond Int: no array has so many
/// elements, so that it is refused like any other wrong count.
@inline(__always)
func product(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? Int.max : product
}
