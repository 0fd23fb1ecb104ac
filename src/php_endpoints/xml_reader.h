// A small XML file as a tree: enough for configuration, and nothing that makes XML dangerous.
//
// Read are elements, attributes, text, CDATA, comments, processing instructions, and the five entities and character
// references of XML 1.0 itself. A document type is refused as a whole: with it would come entities that grow or read
// files. Names lose their prefix ("srv:route" is "route"), since one vocabulary is read at a time.
//
// Limits: 1 MiB of text, 64 levels, 50,000 elements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace banyan::php {

struct XmlElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;  // what stands directly in it, without the blanks around it
  std::vector<XmlElement> children;
  std::uint32_t line = 1;

  // Empty where it has none.
  std::string_view attribute(std::string_view name) const;
};

// The root; nothing where the text is not well-formed, or is beyond a limit. Pure.
std::optional<XmlElement> parse_xml(std::string_view text);

}  // namespace banyan::php
