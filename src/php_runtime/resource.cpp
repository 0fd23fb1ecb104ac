#include "php_runtime/resource.h"

#include "php_runtime/builtin.h"
#include "php_runtime/file_access.h"
#include "php_runtime/stream.h"
#include "php_runtime/throwable.h"

namespace banyan::php_runtime {

Resource::Resource(Int id, std::unique_ptr<Stream> stream) : id_(id), stream_(std::move(stream)) {}
Resource::~Resource() = default;
void Resource::close() { stream_.reset(); }
std::string Resource::title() const { return concat({"Resource id #", std::to_string(id_)}); }

void skip_resource() { ++request_state<Resources>().last; }

void use_context() {
  auto& state = request_state<Resources>();
  if (std::exchange(state.has_context, true)) return;
  skip_resource();
}

static Value value_of(Resource* made) { return Value(ResourcePtr::adopt(made)); }

Value new_resource(std::unique_ptr<Stream> stream) {
  return value_of(new Resource(++request_state<Resources>().last, std::move(stream)));
}

bool find_standard_stream(std::string_view name, Value& out) {
  constexpr std::string_view kNames[] = {"STDIN", "STDOUT", "STDERR"};
  if (context().host != nullptr) return false;
  for (int fd = 0; fd < Resources::kStandard; ++fd) {
    if (name != kNames[fd]) continue;
    Value& known = request_state<Resources>().standard[static_cast<std::size_t>(fd)];
    if (known.is_null()) {
      known = value_of(new Resource(fd + 1, open_standard(fd, fd, fd == 0 ? "rb" : "wb", "php://" + lower(name))));
    }
    out = known;
    return true;
  }
  return false;
}

Resource& need_resource(std::string_view function, int n, std::string_view name, const Value& given) {
  const Value& v = given.deref();
  if (!v.is_resource()) {
    throw_type_error(
        concat({argument(function, n, name), " must be of type resource, ", type_name(v).view(), " given"}));
  }
  return v.as_resource();
}

Stream& need_stream_at(std::string_view function, int n, std::string_view name, const Value& v) {
  const Resource& r = need_resource(function, n, name, v);
  if (r.is_closed()) throw_type_error(concat({function, "(): supplied resource is not a valid stream resource"}));
  if (r.stream()->folder() != nullptr) stop_stream(function, "the stream is a folder's");
  return *r.stream();
}

}  // namespace banyan::php_runtime
