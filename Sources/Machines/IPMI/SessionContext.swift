internal import IPMI

/// What the parts of a session share and never change.
struct SessionContext: Sendable {
  let credentials: BMCCredentials
  let options: SessionOptions
  let cryptography: any Cryptography
}
