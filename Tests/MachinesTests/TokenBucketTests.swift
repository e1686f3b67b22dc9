import Machines
import MonotonicTime
import Support
import Testing

@Suite struct `Token buckets` {
  /// Takes as much as it can, waking up when it is told to; returns the bytes of `seconds`.
  private func spend(_ rate: Int, _ wanted: Int, for seconds: Int) -> Int {
    var bucket = TokenBucket(rate: rate, at: .origin)
    var now = Instant.origin
    var taken = 0
    let end = Instant.origin + .seconds(seconds)
    while now < end {
      let count = min(wanted, bucket.available(at: now))
      bucket.take(count)
      taken += count
      now = max(now + .nanoseconds(1), bucket.ready(wanted))
    }
    return taken
  }

  @Test(arguments: [
    (1, 1), (7, 3), (1000, 1), (102_400, 1460), (1_000_003, 65536), (125_000_000, 262_144),
    (12_500_000_000, 1_048_576),
  ])
  func `a rate is held within 2 percent over ten seconds`(_ rate: Int, _ step: Int) {
    let expected = Double(rate) * 10
    let taken = Double(spend(rate, step, for: 10))
    #expect(abs(taken - expected) <= max(0.02 * expected, 1))
  }

  @Test func `a pause is made up for by one burst and no more`() {
    var bucket = TokenBucket(rate: 1000, burst: 50, at: .origin)
    #expect(bucket.available(at: .origin) == 50)
    bucket.take(50)
    #expect(bucket.available(at: .origin + .milliseconds(10)) == 10)
    #expect(bucket.available(at: .origin + .seconds(3600)) == 50)
  }

  @Test func `what is owed is paid back first`() {
    var bucket = TokenBucket(rate: 100, burst: 10, at: .origin)
    bucket.take(110)
    #expect(bucket.available(at: .origin + .milliseconds(500)) == 0)
    #expect(bucket.ready(1) == .origin + .milliseconds(1010))
    #expect(bucket.available(at: .origin + .milliseconds(1010)) == 1)
  }

  @Test func `fractions of bytes are not lost`() {
    var bucket = TokenBucket(rate: 3, burst: 3, at: .origin)
    bucket.take(3)
    var taken = 0
    for tick in 1...1000 {
      let count = bucket.available(at: .origin + .milliseconds(tick * 10))
      bucket.take(count)
      taken += count
    }
    #expect(taken == 30)
  }

  @Test func `no number stops the program`() {
    for rate in [Int.min, 0, 1, .max] {
      for burst in [Int.min, 0, 1, .max] {
        var bucket = TokenBucket(rate: rate, burst: burst, at: Instant(nanoseconds: .min))
        bucket.take(.max)
        bucket.take(.min)
        _ = bucket.ready(.max)
        _ = bucket.available(at: .distantFuture)
        bucket.take(.max)
        _ = bucket.ready(.min)
      }
    }
  }
}
