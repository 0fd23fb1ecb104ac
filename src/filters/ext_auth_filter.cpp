// `ext_auth`: asks another service whether a request may pass, as nginx's auth_request and Envoy's ext_authz do.
#include "filters/builtin_filters.h"
#include "filters/filter_keys.h"
#include "gateway/upstream_question.h"
#include "http/lookalike.h"
#include "runtime/scope.h"

namespace banyan {
namespace {

struct Options {
  std::string cluster;
  std::string path = "/";
  std::vector<std::string> send = {"authorization", "cookie"};
  std::vector<std::string> pass;
  Duration timeout = std::chrono::seconds(1);
  bool fail_open = false;

  bool leaves_request() const { return pass.empty(); }
};

const Schema& ext_auth_schema() {
  static const Schema schema = {
      "ext_auth",
      "Asks a cluster by GET whether the request may pass. An answer of 2xx lets it pass; any other is the client's "
      "answer. The question has no body, but X-Forwarded-Method, -Uri, -Host and -For.",
      &schema_detail::defaults<Options>(),
      {text_key<&Options::cluster>("cluster", "who is asked; not one of protocol fastcgi").as_required(),
       text_key<&Options::path>("path", "the path of the question"),
       field_names_key<&Options::send>("send", "fields of the request the question has"),
       field_names_key<&Options::pass>("pass",
                                       "fields of an answer of 2xx that the request gets; what the client sends "
                                       "in them is removed"),
       duration_key<&Options::timeout>("timeout", schema_detail::kMillisecond, std::chrono::minutes(1),
                                       "for the answer"),
       flag_key<&Options::fail_open>("fail_open", "whether requests pass while nobody answers; else they get 503")}};
  return schema;
}

class ExtAuthFilter final : public Filter {
 public:
  explicit ExtAuthFilter(const Options& options) : options_(options) {}

  Task<void> handle(FilterCall& call, FilterNext next) override {
    UpstreamQuestion question = question_of(call);
    Fields& fields = call.head().fields;
    for (const std::string& name : options_.pass) {
      fields.remove(name);
      remove_lookalikes_of(fields, name);
    }
    Result<UpstreamReply> reply = co_await with_timeout(options_.timeout, call.ask(question));
    // A service that is broken has not decided anything.
    const bool decided = reply.ok() && reply->status < 500;
    if (!decided && !options_.fail_open) {
      call.refuse(503, "Nobody can say whether this request may pass");
      co_return;
    }
    if (decided && (reply->status < 200 || reply->status > 299)) {
      answer_with(call, *std::move(reply));
      co_return;
    }
    if (decided) {
      call.note_authorized();
      for (const std::string& name : options_.pass) copy(reply->fields, name, fields);
    }
    co_await next();
  }

 private:
  static void copy(const Fields& from, std::string_view name, Fields& to) {
    for (const Fields::Entry& entry : from) {
      if (equals_ignoring_case(entry.name, name)) (void)to.add_copy(entry.name, entry.value);
    }
  }

  UpstreamQuestion question_of(FilterCall& call) const {
    const RequestHead& head = call.head();
    UpstreamQuestion question;
    question.cluster = options_.cluster;
    question.target = options_.path;
    for (const std::string& name : options_.send) copy(head.fields, name, question.fields);
    Fields& fields = question.fields;
    fields.set_copy(FieldId::kHost, head.authority);
    fields.set_copy(FieldId::kXForwardedFor, call.context().client);
    fields.set_copy(FieldId::kXForwardedHost, head.authority);
    fields.set_copy(FieldId::kXForwardedProto, call.connection().secure() ? "https" : "http");
    fields.set_copy(FieldId::kXRequestId, call.context().request_id);
    (void)fields.set_copy("x-forwarded-method", head.method_name);
    std::string uri(head.path);
    if (head.has_query) uri.append("?").append(head.query);
    (void)fields.set_copy("x-forwarded-uri", uri);
    return question;
  }

  // The whole answer but what the gateway writes itself.
  static void answer_with(FilterCall& call, UpstreamReply reply) {
    call.respond(reply.status, std::move(reply.body));
    Fields& fields = call.answer().fields();
    fields.remove(FieldId::kContentType);
    for (const Fields::Entry& entry : reply.fields) {
      if (entry.id == FieldId::kContentLength || entry.id == FieldId::kDate) continue;
      (void)fields.add_copy(entry.name, entry.value);
    }
  }

  const Options options_;
};

void check(const Options& options, SourcePosition position, const GatewayConfig& config, Diagnostics& diagnostics) {
  if (options.cluster.empty()) return;  // said already
  const ClusterConfig* cluster = config.cluster(options.cluster);
  if (cluster == nullptr) {
    diagnostics.error(position, "ext_auth: there is no cluster '" + options.cluster + "'", "name one of 'clusters'");
  } else if (cluster->protocol == ClusterProtocol::kFastcgi) {
    diagnostics.error(position, "ext_auth: the cluster '" + options.cluster + "' speaks FastCGI",
                      "name one that speaks HTTP");
  }
  if (!options.path.starts_with('/') || options.path.find_first_of(" #") != options.path.npos) {
    diagnostics.error(position, "ext_auth: '" + options.path + "' is not a path", "begin it with '/'");
  }
}

}  // namespace

const FilterFactory& ext_auth_filter() {
  static const FilterKind<Options> kind("ext_auth", LetsIn::kSome, &ext_auth_schema,
                                        &make_filter<ExtAuthFilter, Options>, &check);
  return kind;
}

}  // namespace banyan
