/// A handle of the C interface, and the word of its slot:
///
///     handle    tenant's number, 36 bits    kind, 4    slot, 20      4 zeros
///     word      tenant's number, 36 bits    kind, 4    users, 24
///
/// Each tenant of a slot has a number of its own, the kind is that of the table, and the users are those who are in a call
/// with the tenant, all ones standing for one who is alone there. A word whose kind is 0 has no tenant, and for users the
/// next free slot, see `FreeSlots`.
struct Handle {
  /// The kinds of things.
  enum Kind: UInt {
    case model = 1
    case stream, tape

    /// For messages.
    var name: String { "\(self)" }
  }

  private static var slotBits: Int { 20 }
  private static var userBits: Int { 24 }
  private static var kindBits: Int { 4 }

  /// The most things of one kind at a time.
  static var slotLimit: Int { 1 << slotBits }
  /// Users where one is alone.
  static var userLimit: UInt { 1 << UInt(userBits) - 1 }

  let bits: UInt

  @inline(__always)
  init(_ pointer: OpaquePointer?) { bits = UInt(bitPattern: pointer) }

  init(slot: Int, tenant: UInt) {
    bits = tenant | UInt(slot) << UInt(Self.userBits - Self.slotBits)
  }

  /// As it is handed out. (Its bits are not 0, since a kind is not.)
  var pointer: OpaquePointer { unsafe OpaquePointer(bitPattern: bits)! }

  /// A slot that exists, whatever the bits are.
  @inline(__always)
  var slot: Int { Int(bits & Self.userLimit) >> (Self.userBits - Self.slotBits) }

  /// The word of a slot whose tenant this is, without users.
  @inline(__always)
  var tenant: UInt { bits & ~Self.userLimit }

  /// Whether this is the handle of the tenant of a slot with this word, in a table of `kind`.
  @inline(__always)
  func isTenant(_ word: UInt, _ kind: Kind) -> Bool {
    let isWhole = bits & (1 << UInt(Self.userBits - Self.slotBits) - 1) == 0
    let kinds: UInt = (1 << UInt(Self.kindBits) - 1) << UInt(Self.userBits)
    return isWhole && word & ~Self.userLimit == tenant && bits & kinds == kind.rawValue << UInt(Self.userBits)
  }

  /// Those who are in a call with a slot's tenant.
  @inline(__always)
  static func users(_ word: UInt) -> UInt { word & userLimit }

  /// The word of a slot after its tenant is gone, whose number is not used again, with nothing in place of users.
  static func withoutTenant(_ tenant: UInt) -> UInt { tenant & ~(1 << UInt(userBits + kindBits) - 1) }

  /// The word of a slot with a new tenant.
  static func nextTenant(after word: UInt, _ kind: Kind) -> UInt {
    withoutTenant(word) &+ 1 << UInt(userBits + kindBits) | kind.rawValue << UInt(userBits)
  }
}
