import IPMI

/// `event …`: tells the controller of events, to try out what it does with them.
enum EventWords {
  static let group = WordGroup(
    names: ["event"], summary: "Send pre-defined events to MC",
    read: { words throws(WordsEnd) in try read(&words) })

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let expected = "expected 1, 2, 3, file FILE, or a sensor's name and its state"
    let word = try words.next(or: .wrong("event: \(expected)", help, status: 0))
    if word == "file" {
      let path = try words.next(or: .wrong("event file: expected a file's name", help, status: 0))
      let events = try EventFile.events(at: path, for: "event file")
      return SendEvents(events.map { (announcement: nil, event: $0) })
    }
    if let sample = samples[word] { return SendEvents([(sample.announcement, sample.event)]) }
    let state = words.next()
    let direction = words.next()
    guard direction == nil || direction == "assert" || direction == "deassert" else {
      let direction = direction ?? ""
      throw .wrong(
        "event \(word) \(direction): expected assert or deassert",
        "Invalid event direction \(direction).  Must be 'assert' or 'deassert'")
    }
    return SendSensorEvent(
      name: word, state: state ?? "list", isDeassertion: direction == "deassert")
  }

  private static let samples: [String: (announcement: String, event: PlatformEventMessage)] = [
    "1": (
      "Sending SAMPLE event: Temperature - Upper Critical - Going High",
      sample(.temperature, 0x30, .threshold, 9)
    ),
    "2": (
      "Sending SAMPLE event: Voltage Threshold - Lower Critical - Going Low",
      sample(.voltage, 0x60, .threshold, 2)
    ),
    "3": (
      "Sending SAMPLE event: Memory - Correctable ECC",
      sample(.memory, 0x53, .sensorSpecific, 0)
    ),
  ]

  private static func sample(
    _ type: SensorType, _ number: UInt8, _ readingType: EventReadingType, _ offset: UInt8
  ) -> PlatformEventMessage {
    PlatformEventMessage(
      SystemEvent(
        sensorType: type, sensorNumber: number, readingType: readingType,
        data: [offset, 0xff, 0xff]))
  }

  private static let help = """

    usage: event <num>
       Send generic test events
       1 : Temperature - Upper Critical - Going High
       2 : Voltage Threshold - Lower Critical - Going Low
       3 : Memory - Correctable ECC

    usage: event file <filename>
       Read and generate events from file
       Use the 'sel save' command to generate from SEL

    usage: event <sensorid> <state> [event_dir]
       sensorid  : Sensor ID string to use for event data
       state     : Sensor state, use 'list' to see possible states for sensor
       event_dir : assert, deassert [default=assert]

    """
}
