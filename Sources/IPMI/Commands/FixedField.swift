extension [UInt8] {
  /// These bytes cut, or filled with zeros at their end, to `count`: for fields of a fixed width.
  func fitted(to count: Int) -> [UInt8] {
    guard self.count != count else { return self }
    return Array(prefix(count)) + [UInt8](repeating: 0, count: Swift.max(0, count - self.count))
  }
}
