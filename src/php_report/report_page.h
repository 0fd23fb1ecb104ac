// The parts of the HTML report as they are in page/.
#pragma once

#include <string>

namespace banyan::php {

struct ReportPage {
  std::string html;  // with {{title}}, {{css}}, {{js}} and {{data}} once each
  std::string css;
  std::string js;
};

ReportPage report_page();

}  // namespace banyan::php
