/// A place on the heap, so that an array can hold what must not be copied.
///
/// Its owner is a stream or a run that only one call at a time can use, so that a check for exclusive access at every
/// use would find nothing; such checks took some 6 % of a step with 16 units.
final class Box<Value: ~Copyable> {
  @exclusivity(unchecked) var value: Value
  init(_ value: consuming Value) { unsafe self.value = value }
}
