import EventLoop
import Testing

@Suite struct `Tasks on the loop` {
  @Test func `run returns what its body returns`() throws {
    let loop = try EventLoop()
    #expect(loop.run { 42 } == 42)
  }
}
