// An opened folder.
#pragma once

#include <dirent.h>

#include <memory>

namespace banyan::php_runtime {

class Folder {
 public:
  explicit Folder(DIR* folder) : folder_(folder) {}
  DIR* get() const { return folder_.get(); }

 private:
  struct Close {
    void operator()(DIR* folder) const { ::closedir(folder); }
  };
  std::unique_ptr<DIR, Close> folder_;
};

}  // namespace banyan::php_runtime
