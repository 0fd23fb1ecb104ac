// Whatever save path and id, separated by a line's end: no crash, and no file outside of the folder. The path is read
// as phpredis's, too.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "php_session/php_redis_save_path.h"
#include "php_session/php_save_path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace banyan;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t line = bytes.find('\n');
  const Result<PhpRedisSavePath> redis = PhpRedisSavePath::parse(bytes.substr(0, line));
  if (redis.ok()) BANYAN_CHECK(!redis->redis.address.empty());
  const Result<PhpSavePath> path = PhpSavePath::parse(bytes.substr(0, line));
  if (!path.ok() || line == std::string_view::npos) return 0;
  const Result<std::string> file = path->file_of(bytes.substr(line + 1));
  if (!file.ok()) return 0;
  BANYAN_CHECK(file->starts_with(path->folder + "/"));
  BANYAN_CHECK(file->find("..", path->folder.size()) == std::string::npos);
  return 0;
}
