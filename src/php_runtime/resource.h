// Resources: PHP's handles of streams and of opened folders, after
// https://www.php.net/manual/en/language.types.resource.php.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "php_runtime/context.h"
#include "php_runtime/value.h"

namespace banyan::php_runtime {

class Stream;

class Resource : public Counted {
 public:
  Resource(Int id, std::unique_ptr<Stream> stream);
  ~Resource();  // closes it
  Resource(const Resource&) = delete;
  Resource& operator=(const Resource&) = delete;
  Int id() const { return id_; }
  bool is_closed() const { return stream_ == nullptr; }
  Stream* stream() const { return stream_.get(); }  // null: closed
  void close();
  std::string_view kind() const { return is_closed() ? "Unknown" : "stream"; }              // get_resource_type()
  std::string_view type() const { return is_closed() ? "resource (closed)" : "resource"; }  // gettype()
  std::string title() const;                                                                // as a string

 private:
  Int id_;
  std::unique_ptr<Stream> stream_;
};
using ResourcePtr = Ptr<Resource>;
inline void release(Resource* r) { delete r; }

// The resources of a run. Numbers are never given again.
struct Resources {
  static constexpr Int kStandard = 3;  // STDIN, STDOUT and STDERR have the first ones
  Int last = kStandard;
  bool has_context = false;
  std::array<Value, kStandard> standard;
  Value folder;  // opened last, for readdir() without one
};
// Counts a resource that PHP opens and closes within a call.
void skip_resource();
// Counts the context that PHP makes for the first call that could be given one.
void use_context();
Value new_resource(std::unique_ptr<Stream> stream);
// STDIN and its kin; false where it is none of them, or there is no command line.
bool find_standard_stream(std::string_view name, Value& out);

// The argument n as a resource, open or not; throws.
Resource& need_resource(std::string_view function, int n, std::string_view name, const Value& v);
// The same as a stream that is open.
Stream& need_stream_at(std::string_view function, int n, std::string_view name, const Value& v);
inline Stream& need_stream(std::string_view function, const Value& v) {
  return need_stream_at(function, 1, "stream", v);
}

}  // namespace banyan::php_runtime
