/// A number with four decimals at most, to be read.
package func decimals(_ number: Double) -> String { String((number * 10_000).rounded() / 10_000) }
