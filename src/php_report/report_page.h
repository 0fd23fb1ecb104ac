// The parts of the HTML report as they are in page/.
#pragma once

#include <string_view>

namespace banyan::php {

extern const std::string_view kReportHtml;  // with {{title}}, {{css}}, {{js}} and {{data}} once each
extern const std::string_view kReportCss;
extern const std::string_view kReportJs;

}  // namespace banyan::php
