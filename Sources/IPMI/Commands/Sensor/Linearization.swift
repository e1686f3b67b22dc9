/// Which function straightens a sensor's curve: 7 bits. IPMI 2.0, table 43-1, byte 24.
public struct Linearization: RawRepresentable, Hashable, Sendable {
  /// The 7 bits.
  public let rawValue: UInt8
  /// The function of this number, of which the low 7 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7f }

  /// None: the sensor is linear.
  public static let linear = Linearization(rawValue: 0x00)
  /// None that is fixed: the factors depend on the reading. See ``GetSensorReadingFactors``.
  public static let nonLinear = Linearization(rawValue: 0x70)

  /// Whether the factors have to be asked for with each reading.
  public var isNonLinear: Bool { rawValue >= 0x70 }

  /// The function's value at `x`.
  public func apply(_ x: Double) -> Double {
    switch rawValue {
    case 1: Transcendental.ln(x)
    case 2: Transcendental.ln(x) / Transcendental.ln10
    case 3: Transcendental.ln(x) / Transcendental.ln2
    case 4: Transcendental.exp(x)
    case 5: Transcendental.exp(x * Transcendental.ln10)
    case 6: Transcendental.exp(x * Transcendental.ln2)
    case 7: 1 / x
    case 8: x * x
    case 9: x * x * x
    case 10: x.squareRoot()
    case 11: Transcendental.cubeRoot(x)
    default: x
    }
  }
}

/// The functions that the standard library has not, to about 15 digits; this floor imports no other.
enum Transcendental {
  static let ln2 = 0.693147180559945309417
  static let ln10 = 2.302585092994045684018

  /// The natural logarithm: of the significand by the series of artanh, of the exponent by itself.
  static func ln(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    guard x.isFinite else { return x }
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.4142135623730951 {
      significand /= 2
      exponent += 1
    }
    let ratio = (significand - 1) / (significand + 1)
    let square = ratio * ratio
    // |ratio| < 0.172: 12 terms are beyond the last bit.
    var sum = 0.0
    for term in stride(from: 23.0, through: 1.0, by: -2.0) {
      sum = sum * square + 1 / term
    }
    return exponent * ln2 + 2 * ratio * sum
  }

  /// The exponential: of the part within half of ln 2 by its series, of the rest by the exponent.
  static func exp(_ x: Double) -> Double {
    guard !x.isNaN else { return x }
    guard x < 710 else { return .infinity }
    guard x > -746 else { return 0 }
    let multiple = (x / ln2).rounded()
    let rest = x - multiple * ln2
    var sum = 1.0
    for term in stride(from: 16.0, through: 1.0, by: -1.0) {
      sum = 1 + rest / term * sum
    }
    return Double(sign: .plus, exponent: Int(multiple), significand: sum)
  }

  /// The cube root, negative for negative numbers.
  static func cubeRoot(_ x: Double) -> Double {
    guard x != 0, x.isFinite else { return x }
    var root = exp(ln(x.magnitude) / 3)
    // A step of Newton's takes away what the two functions are off by.
    root -= (root * root * root - x.magnitude) / (3 * root * root)
    return x < 0 ? -root : root
  }

  /// 10 to the power of `exponent`, which is 4 bits wide in records: exact to the last bit.
  static func powerOf10(_ exponent: Int8) -> Double {
    let positive = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7]
    let negative = [1e0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8]
    let index = min(Int(exponent.magnitude), exponent < 0 ? 8 : 7)
    return exponent < 0 ? negative[index] : positive[index]
  }
}
