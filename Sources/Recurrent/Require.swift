/// Stops the program with `message` unless `condition` holds.
///
/// What `precondition` is for, with one difference: a release build says why, too. (There `precondition` stops without
/// a word.) The message is made only when it is needed, out of the way of the code that goes on.
@inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if _slowPath(!condition) { stop(message(), file, line) }
}

/// The product of two counts of elements of some type; stops the program where their bytes overflow Int.
func checkedProduct<Element>(_ name: String, _ a: Int, _ b: Int, sizeof _: Element.Type) -> Int {
  let (count, overflow) = a.multipliedReportingOverflow(by: b)
  let limit = Int.max / 2 / MemoryLayout<Element>.stride
  require(!overflow && count <= limit, "\(name): \(a) times \(b) elements are beyond the limit of \(limit)")
  return count
}

@inline(never)
private func stop(_ message: String, _ file: StaticString, _ line: UInt) -> Never {
  fatalError(message, file: file, line: line)
}
