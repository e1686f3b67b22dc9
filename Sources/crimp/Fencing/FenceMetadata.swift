/// What the fence agent says of itself: metadata as cluster managers read them, and help.
enum FenceMetadata {
  /// The metadata, as fence-agents' programs write them.
  static var xml: String {
    let parameters = FenceParameter.all.flatMap { parameter -> [String] in
      let old = parameter.oldName
      let newer = element(parameter, parameter.name, old.map { " obsoletes=\"\($0)\"" } ?? "")
      return [newer] + (old.map { [element(parameter, $0, " deprecated=\"1\"")] } ?? [])
    }
    let actions = FenceAction.allCases.map { action in
      "\t<action name=\"\(action.rawValue)\"" + (action == .on ? " automatic=\"0\"/>" : " />")
    }
    return """
      <?xml version="1.0" ?>
      <resource-agent name="fence_crimp" shortdesc="Fence agent for IPMI, verified" >
      <longdesc>fence_crimp switches machines off and on by IPMI over LAN, and looks until power is as it \
      was ordered before it reports success. It speaks to the management controller itself and needs no \
      other program. One device serves one machine by ip, or many by their plugs and a configuration \
      file.</longdesc>
      <vendor-url></vendor-url>
      <parameters>
      \(parameters.joined(separator: "\n"))
      </parameters>
      <actions>
      \(actions.joined(separator: "\n"))
      </actions>
      </resource-agent>

      """
  }

  /// The options, one a line.
  static var help: String {
    let lines = FenceParameter.all.map { parameter in
      let gap = String(repeating: " ", count: max(2, 36 - parameter.usage.count))
      let standard = parameter.standard.map { " (\($0))" } ?? ""
      return "   " + parameter.usage + gap + parameter.words + standard
    }
    return """
      Usage:
      \tfence_crimp [options]; without options they are read from standard input, NAME=VALUE a line
      Options:
      \(lines.joined(separator: "\n"))

      """
  }

  private static func element(
    _ parameter: FenceParameter, _ name: String, _ relation: String
  ) -> String {
    let isRequired = parameter.name == "action" ? 1 : 0
    return """
      \t<parameter name="\(name)" unique="0" required="\(isRequired)"\(relation)>
      \t\t<getopt mixed="\(escaped(parameter.usage))" />
      \(content(parameter))
      \t\t<shortdesc lang="en">\(escaped(parameter.words))</shortdesc>
      \t</parameter>
      """
  }

  private static func content(_ parameter: FenceParameter) -> String {
    let standard = parameter.standard.map { " default=\"\(escaped($0))\"" } ?? ""
    switch parameter.kind {
    case .string: return "\t\t<content type=\"string\"\(standard) />"
    case .integer: return "\t\t<content type=\"integer\"\(standard) />"
    case .second: return "\t\t<content type=\"second\"\(standard) />"
    case .boolean: return "\t\t<content type=\"boolean\"\(standard) />"
    case .select(let choices):
      let options = choices.map { "\t\t\t<option value=\"\($0)\" />" }
      return (["\t\t<content type=\"select\"\(standard) >"] + options + ["\t\t</content>"])
        .joined(separator: "\n")
    }
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
      .replacing("\"", with: "&quot;")
  }
}
