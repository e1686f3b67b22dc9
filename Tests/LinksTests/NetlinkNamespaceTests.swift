import EventLoop
import Glibc
import Links
import Support
import Testing

@Suite(.serialized) struct NetlinkNamespaceTests {
  @Test func aCreatedNamespaceIsOneOfIPs() throws {
    let bed = try NetlinkTestBed("nsc")
    let names = try JSONValue(parsing: runTool("ip", ["-json", "netns", "list"]).output).elements
    #expect(names.contains { $0["name"]?.string == bed.names[0] })
    #expect(try NetworkNamespace.names().contains(bed.names[0]))
    #expect(try runTool("ip", ["netns", "exec", bed.names[0], "true"]).status == 0)
  }

  @Test func aNamespaceOfIPsIsEnteredAndDeleted() throws {
    let name = "crimp-\(getpid())-nsi"
    #expect(try runTool("ip", ["netns", "add", name]).status == 0)
    let tables = try NetworkNamespace(name).run { try KernelTables() }
    #expect(try tables.interfaces().map(\.name) == ["lo"])
    try NetworkNamespace.delete(name)
    #expect(try !NetworkNamespace.names().contains(name))
    #expect(access("\(NetworkNamespace.directory)/\(name)", F_OK) != 0)
  }

  @Test func theThreadIsBackAfterwards() throws {
    let bed = try NetlinkTestBed("nsb")
    let home = try identity()
    let there = try bed.namespace().run { try identity() }
    #expect(there != home)
    #expect(try identity() == home)
    struct Failure: Error {}
    #expect(throws: Failure.self) { try bed.namespace().run { throw Failure() } }
    #expect(try identity() == home)
  }

  @Test func aNamespaceIsOpenedByItsPath() throws {
    let bed = try NetlinkTestBed("nsp")
    let path = "\(NetworkNamespace.directory)/\(bed.names[0])"
    let byPath = try NetworkNamespace(path).run { try identity() }
    #expect(try bed.namespace().run { try identity() } == byPath)
  }

  @Test func aNamespaceThatIsTakenOrMissingIsAnError() throws {
    let bed = try NetlinkTestBed("nst")
    let taken = #expect(throws: SystemError.self) { try NetworkNamespace.create(bed.names[0]) }
    #expect(taken?.errno == EEXIST)
    let missing = #expect(throws: SystemError.self) { try NetworkNamespace.enter("crimp-nonesuch") }
    #expect(missing?.errno == ENOENT)
    let gone = #expect(throws: SystemError.self) { try NetworkNamespace.delete("crimp-nonesuch") }
    #expect(gone?.errno == ENOENT)
  }

  @Test(arguments: ["", ".", "..", "a/b", "a\0b", String(repeating: "x", count: 300)])
  func aNameThatIsNoFilesNameIsAnError(_ name: String) throws {
    #expect(throws: SystemError.self) { try NetworkNamespace.create(name) }
    #expect(throws: SystemError.self) { try NetworkNamespace.delete(name) }
  }

  @Test func whatACreationLeftWhenCutShortCanBeDeleted() throws {
    let name = "crimp-\(getpid())-nsx"
    try NetworkNamespace.create("\(name)-first")
    try NetworkNamespace.delete("\(name)-first")
    try writeFile("\(NetworkNamespace.directory)/\(name)", [])
    try NetworkNamespace.delete(name)
    #expect(try !NetworkNamespace.names().contains(name))
  }

  /// Which namespace the thread is in.
  private func identity() throws -> UInt64 {
    var information = stat()
    try #require(stat("/proc/thread-self/ns/net", &information) == 0)
    return UInt64(information.st_ino)
  }
}
