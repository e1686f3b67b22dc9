"""usage: parameters.py <METADATA
Checks a fence agent's metadata, and prints each parameter's name, type, option and relation, and each
action, a line each. Whatever is not as the fence-agents API has it ends it with status 1."""
import sys
import xml.etree.ElementTree as tree

root = tree.parse(sys.stdin).getroot()
assert root.tag == "resource-agent", root.tag
assert set(root.attrib) == {"name", "shortdesc"}, root.attrib
parts = [child.tag for child in root if child.tag != "symlink"]
assert parts == ["longdesc", "vendor-url", "parameters", "actions"], parts
for parameter in root.find("parameters"):
    assert parameter.tag == "parameter"
    assert set(parameter.attrib) <= {"name", "unique", "required", "deprecated", "obsoletes"}
    assert parameter.attrib["unique"] == "0" and parameter.attrib["required"] in "01"
    assert [child.tag for child in parameter] == ["getopt", "content", "shortdesc"]
    option, content, words = parameter
    assert content.attrib["type"] in ("string", "integer", "second", "boolean", "select")
    assert (len(content) > 0) == (content.attrib["type"] == "select")
    assert all(set(choice.attrib) == {"value"} for choice in content)
    assert words.attrib == {"lang": "en"} and words.text
    relation = [k for k in ("deprecated", "obsoletes") if k in parameter.attrib]
    print("parameter", parameter.attrib["name"], content.attrib["type"],
          option.attrib["mixed"].split("=")[0], *relation)
for action in root.find("actions"):
    assert action.tag == "action" and set(action.attrib) <= {"name", "automatic", "on_target"}
    print("action", action.attrib["name"])
