import ArgumentParser
import Glibc

// The name the binary was called by decides; then the subcommand. Order is start-up order: what a
// failover hook runs comes before anything that loads more.

let called = CommandLine.arguments.first ?? "crimp"
// By its bytes: characters bring the tables of Unicode with them, which a start need not read.
let directoryEnd = called.utf8.lastIndex(of: UInt8(ascii: "/"))
let name = String(called[(directoryEnd.map(called.utf8.index(after:)) ?? called.startIndex)...])
let arguments = Array(CommandLine.arguments.dropFirst())

if let dropIn = DropIn.named(name) {
  exit(dropIn(arguments))
}
if let first = arguments.first, let dropIn = DropIn.named(first) {
  exit(dropIn(Array(arguments.dropFirst())))
}
if arguments.first == "announce" {
  var request = AnnounceRequest()
  if request.readHookForm(Array(arguments.dropFirst())) {
    exit(CommandRun.status { () throws(CommandFailure) in try AnnounceRun(request).run() })
  }
}
exit(CommandRun.status(parsing: arguments))
