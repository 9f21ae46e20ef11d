/// A fixed number of values that must not be copied, side by side.
///
/// (An array of boxes would do, but each use of a box checks for exclusive access, a tenth of a small step.)
@safe
struct OwnedArray<Element: ~Copyable>: ~Copyable {
  let count: Int
  private let base: UnsafeMutablePointer<Element>

  /// Makes each value from its index.
  init(count: Int, _ make: (Int) -> Element) {
    require(count >= 0, "OwnedArray: a count of \(count) is below 0")
    self.count = count
    unsafe base = .allocate(capacity: count)
    for index in 0..<count { unsafe (base + index).initialize(to: make(index)) }
  }

  deinit {
    unsafe base.deinitialize(count: count)
    unsafe base.deallocate()
  }

  /// The value at an index.
  subscript(index: Int) -> Element {
    _read {
      require(index >= 0 && index < count, "OwnedArray: index \(index) of \(count)")
      yield unsafe base[index]
    }
    _modify {
      require(index >= 0 && index < count, "OwnedArray: index \(index) of \(count)")
      yield unsafe &base[index]
    }
  }

  /// Lets `change` change the value at an index in sight of another one.
  mutating func change(_ index: Int, from other: Int, _ change: (inout Element, borrowing Element) -> Void) {
    require(index != other, "OwnedArray: a change of index \(index) from index \(other)")
    require(min(index, other) >= 0 && max(index, other) < count, "OwnedArray: indices \(index), \(other) of \(count)")
    unsafe change(&base[index], base[other])
  }
}

extension OwnedArray: @unchecked Sendable where Element: Sendable & ~Copyable {}
