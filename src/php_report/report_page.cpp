#include "php_report/report_page.h"

#include "embed/archive.h"

namespace banyan {
extern const EmbeddedArchive kReportPage;
}

namespace banyan::php {

ReportPage report_page() {
  std::vector<EmbeddedFile> files = unpack_archive(kReportPage);
  ReportPage page{.html = take_file(files, "report.html"), .css = take_file(files, "report.css"), .js = {}};
  for (const char* const script : {"base", "panels", "charts", "overview", "functions", "lists", "main"}) {
    page.js += take_file(files, std::string(script) + ".js");
  }
  return page;
}

}  // namespace banyan::php
