extension SensorType {
  /// The words for the states of a sensor of this type, as ipmitool prints them: the state's number is
  /// the index, and a state without words is empty. None when the table has none for the sensor. IPMI
  /// 2.0, tables 42-2 and 42-3.
  ///
  /// - Parameter readingType: what the sensor's states mean.
  public func stateTexts(_ readingType: EventReadingType) -> [String] {
    let texts = (0..<16).map { state in
      EventText.text(
        sensorType: self, readingType: readingType, offset: UInt8(truncatingIfNeeded: state),
        detail: nil)
    }
    return texts.dropLast(texts.reversed().prefix(while: \.isEmpty).count)
  }

  /// The words for those states of `states` that have any: bit n is the state n.
  public func stateTexts(_ states: UInt16, _ readingType: EventReadingType) -> [String] {
    stateTexts(readingType).enumerated().compactMap { state, text in
      states >> UInt16(state) & 1 == 1 && !text.isEmpty ? text : nil
    }
  }
}
