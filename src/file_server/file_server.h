// Answers requests with files: opens below a root, plans by static_files/plan.h, sends by sendfile(2).
//
// The common answers, a whole file or one range, go from the page cache to the socket without passing through this
// process. Only several ranges at once are read here, 64 KiB at a time.
//
// Disks block. What is in the page cache is read inline, since handing it to another thread would cost more than the
// read; whether it is there is asked of the kernel (RWF_NOWAIT) for multipart answers before each read, and for large
// parts before they are sent. Where it is not there, a thread of the blocking pool reads (ahead). Small cold files are
// read inline, as every server without asynchronous disk input does.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "exchange/exchange.h"
#include "file_server/disk_tree.h"
#include "net/buffer_pool.h"
#include "runtime/task.h"
#include "static_files/plan.h"
#include "static_files/resolve.h"

namespace banyan {

// One object for each worker.
class FileServer {
 public:
  // `memory` counts the buffers of multipart answers; null: nothing does. It must outlive the object.
  explicit FileServer(MemoryBudget* memory = nullptr) : memory_(memory) {}

  // The tree of a root, which lives as long as this object. An error says that the root cannot be opened now; it is
  // tried again later, since it may come with the next deployment. Trees are kept for good: as many as there ever were
  // roots in the configuration.
  Result<DiskTree*> tree(const std::string& root);

  // Answers with what the request's path means below `root`: a file, a redirect to a folder, or an error.
  Task<void> serve(Exchange& exchange, const std::string& root, const static_files::ResolveRules& rules);
  // Answers with the file `name` of the tree (a clean path as resolve() gives it), or an error where it cannot be
  // opened.
  Task<void> serve_file(Exchange& exchange, DiskTree& tree, std::string_view name);

 private:
  Task<void> send_plan(Exchange& exchange, const OpenFile& file, static_files::StaticPlan& plan);

  MemoryBudget* memory_;
  std::map<std::string, std::unique_ptr<DiskTree>, std::less<>> trees_;
  static_files::PlanOptions options_;
};

}  // namespace banyan
