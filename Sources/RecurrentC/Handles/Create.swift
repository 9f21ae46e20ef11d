/// What every function that makes something does: puts null where the handle goes, and the handle there in the end.
func create<Thing>(
  _ name: StaticString, _ pointer: UnsafeMutablePointer<OpaquePointer?>?, in table: HandleTable<Thing>,
  _ make: () throws(Failure) -> Thing
) throws(Failure) {
  let place = try unsafe Place(name, pointer)
  unsafe place.store(nil)
  unsafe place.store(try table.add(make()))
}
