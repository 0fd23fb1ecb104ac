#include <gtest/gtest.h>

#include "http1/server.h"
#include "json/parse.h"
#include "net/loopback.h"
#include "service/inputs.h"
#include "service/multipart_parser.h"
#include "service/openapi.h"
#include "service/problem.h"
#include "service/service.h"

namespace banyan::service {
namespace {

struct Post {
  std::string title;
  std::optional<std::string> text;
  static json::Fields fields() {
    return {json::field<&Post::title>().length(1, 80).about("its first line"), json::field<&Post::text>()};
  }
};

struct AddPost {
  std::int64_t user = 0;
  int page = 1;
  std::vector<std::string> tags;
  std::optional<std::string> agent;
  Post post;
  static Inputs inputs() {
    return {path(json::field<&AddPost::user>().min(1)), query(json::field<&AddPost::page>().range(1, 10).optional()),
            query(json::field<&AddPost::tags>().named("tag").items(0, 2).one_of({"a", "b"}).optional()),
            header(json::field<&AddPost::agent>().named("User-Agent")), body(json::field<&AddPost::post>())};
  }
};

Task<Result<Post>> add_post(AddPost in, Context&) { co_return std::move(in.post); }
Task<Result<Nothing>> remove_post(Context&) { co_return Nothing{}; }

// Binds a request to /users/:user; "in name: detail" for each value that is wrong.
std::string bind(std::string_view path, std::string_view query, AddPost& in) {
  const std::vector<RouteRule> rules = {{.path = "/users/:user"}};
  const Router router = *Router::compile(rules);
  const Router::Match match = router.match({.path = path});
  Fields fields;
  fields.add_copy(FieldId::kUserAgent, "test");
  std::vector<InvalidValue> invalid;
  bind_parameters(input_type<AddPost>(), {.match = match, .query = query, .fields = fields}, &in, invalid);
  std::string lines;
  for (const InvalidValue& value : invalid) lines += value.in + " " + value.name + ": " + value.detail + "\n";
  return lines;
}

TEST(Inputs, BindsPathQueryAndHeader) {
  AddPost in;
  EXPECT_EQ(bind("/users/7", "page=3&tag=a&tag=b&other=1", in), "");
  EXPECT_EQ(in.user, 7);
  EXPECT_EQ(in.page, 3);
  EXPECT_EQ(in.tags, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(in.agent, "test");
  AddPost defaults;
  EXPECT_EQ(bind("/users/8", "", defaults), "");
  EXPECT_EQ(defaults.page, 1);
}

TEST(Inputs, SaysWhatIsWrongAndWhere) {
  AddPost in;
  EXPECT_EQ(bind("/users/x", "page=11&page=2&tag=c", in),
            "path user: must be a whole number\n"
            "query page: must be at most 10\n"
            "query tag: must be one of 'a', 'b'\n");
  EXPECT_EQ(bind("/users/0", "page=%zz&tag=a&tag=a&tag=a", in),
            "path user: must be at least 1\n"
            "query page: must be a whole number\n"
            "query tag: must have at most 2 items\n");
}

TEST(Problems, LookAsTheStandardOrTheOldServiceHasThem) {
  const Problem problem{.status = 400, .detail = "no", .values = {{"body", "/a", "is missing"}, {"query", "p", "x"}}};
  EXPECT_EQ(problem_json(problem).body,
            R"({"type":"about:blank","title":"Bad Request","status":400,"detail":"no","errors":[)"
            R"({"in":"body","pointer":"/a","detail":"is missing"},{"in":"query","name":"p","detail":"x"}]})");
  EXPECT_EQ(error_json(problem).body, R"({"error":"no"})");
  EXPECT_EQ(problem_of(Error(ErrorCode::kDeadlineExceeded, "SELECT")).status, 504);
}

TEST(Problems, TellNothingOfWhatIsBehindTheService) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    const Problem problem = problem_of(Error(static_cast<ErrorCode>(code), "anna at 10.0.0.7: SELECT 1"));
    EXPECT_GE(problem.status, 400);
    EXPECT_NE(problem.detail, "");
    for (const char* inner : {"anna", "10.0.0.7", "SELECT"}) {
      EXPECT_EQ(problem.detail.find(inner), std::string::npos) << error_code_name(static_cast<ErrorCode>(code));
    }
  }
  const SqlError denied(SqlErrorKind::kDenied, "connecting to PostgreSQL at 10.0.0.7 as anna: wrong password");
  EXPECT_EQ(problem_of(denied.to_error()).status, 500);
}

// The answer to GET /x, which `handler` answers, as it goes over a connection.
Task<Result<void>> ask(Task<Result<Nothing>> (*handler)(Context&), std::string* answer) {
  Service app({});
  app.get("/x", handler);
  co_await try_(app.start(1));
  Http1Server server(app, app.memory(), {});
  StreamPair ends = co_await try_(connected_pair());
  co_await try_(co_await ends.client.write("GET /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  co_await try_(co_await ends.client.shutdown_write());
  co_await server.serve(std::move(ends.server), false);
  *answer = co_await try_(read_text(&ends.client, 4096));
  co_return {};
}
std::string answer_of(Task<Result<Nothing>> (*handler)(Context&)) {
  std::string answer;
  const std::string error = run_test(1, ask(handler, &answer));
  return error.empty() ? answer : error;
}

Task<Result<Nothing>> say_only_401(Context& context) { co_return context.problem(401, ""); }
Task<SqlResult<int>> refuse_in_a_transaction(Context* context) { co_return context->problem(422, "too many seats"); }
Task<Result<Nothing>> take_seats(Context& context) {
  (void)co_await try_(refuse_in_a_transaction(&context));
  co_return Nothing{};
}
Task<Result<Nothing>> fail_after_a_problem(Context& context) {
  (void)context.problem(404, "no seats");  // and goes on, to what fails
  co_return SqlError(SqlErrorKind::kInvalid, "SELECT nothing").to_error();
}

TEST(Problems, AreWhatTheHandlerHasMade) {
  const std::string bare = answer_of(say_only_401);
  EXPECT_TRUE(bare.starts_with("HTTP/1.1 401 ")) << bare;
  EXPECT_EQ(bare.find("detail"), std::string::npos) << bare;
  const std::string from_transaction = answer_of(take_seats);
  EXPECT_TRUE(from_transaction.starts_with("HTTP/1.1 422 ")) << from_transaction;
  EXPECT_NE(from_transaction.find(R"("detail":"too many seats")"), std::string::npos) << from_transaction;
  const std::string failed = answer_of(fail_after_a_problem);
  EXPECT_TRUE(failed.starts_with("HTTP/1.1 500 ")) << failed;
  EXPECT_NE(failed.find(R"("detail":"internal error")"), std::string::npos) << failed;
}

Task<Result<Nothing>> wait_in_vain(Context&) {
  co_return SqlError(SqlErrorKind::kExhausted, "all 4 connections to 10.0.0.7 were in use").to_error();
}

TEST(Problems, AreToldToTheLogWhereTheClientIsNot) {
  testing::internal::CaptureStderr();
  const std::string busy = answer_of(wait_in_vain);
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_TRUE(busy.starts_with("HTTP/1.1 503 ")) << busy;
  EXPECT_EQ(busy.find("10.0.0.7"), std::string::npos) << busy;
  EXPECT_NE(log.find("request_failed"), std::string::npos) << log;
  EXPECT_NE(log.find("all 4 connections to 10.0.0.7 were in use"), std::string::npos) << log;
}

TEST(OpenApi, SaysWhatHandlersTakeAndGive) {
  Service app({.name = "posts"});
  app.group("/v1").post("/users/:user/posts", add_post).answers(201).says("adds a post");
  app.del("/users/:user", remove_post);
  const std::string text = describe_openapi("posts", "1.0", app.routes());
  const Result<json::Document> document = json::parse(text);
  ASSERT_TRUE(document.ok()) << text;
  EXPECT_EQ(
      text,
      R"({"openapi":"3.1.0","info":{"title":"posts","version":"1.0"},"paths":{)"
      R"("/users/{user}":{"delete":{"responses":{"204":{"description":"No Content"},"default":)"
      R"({"description":"what went wrong","content":{"application/problem+json":)"
      R"({"schema":{"$ref":"#/components/schemas/Problem"}}}}}}},)"
      R"("/v1/users/{user}/posts":{"post":{"summary":"adds a post","parameters":[)"
      R"({"name":"user","in":"path","required":true,"schema":{"type":"integer","format":"int64","minimum":1}},)"
      R"({"name":"page","in":"query","required":false,"schema":{"type":"integer","format":"int32","minimum":1,"maximum":10}},)"
      R"({"name":"tag","in":"query","required":false,"schema":{"type":"array","maxItems":2,"items":{"type":"string","enum":["a","b"]}}},)"
      R"({"name":"User-Agent","in":"header","required":false,"schema":{"type":"string"}}],)"
      R"("requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Post"}}}},)"
      R"("responses":{"201":{"description":"Created","content":{"application/json":{"schema":)"
      R"({"$ref":"#/components/schemas/Post"}}}},"default":{"description":"what went wrong","content":)"
      R"({"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}}}}}},)"
      R"("components":{"schemas":{"Post":{"type":"object","properties":{"title":{"type":"string","minLength":1,)"
      R"("maxLength":80,"description":"its first line"},"text":{"type":"string"}},"required":["title"],)"
      R"("additionalProperties":false},)" +
          text.substr(text.find(R"("Problem":{)")));
}

TEST(Service, RefusesTwoRoutesOfOneMethodAndPath) {
  Service app({});
  app.get("/a", remove_post);
  app.group("/a").get("", remove_post);
  const Result<void> started = app.start(1);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().message(), "two routes for GET /a");
  Service other({});
  other.get("/a/:x", remove_post);
  other.get("/a/:y", remove_post);
  const Result<void> ambiguous = other.start(1);
  ASSERT_FALSE(ambiguous.ok());
  EXPECT_EQ(ambiguous.error().message(), "two routes for GET /a/:y");
}

TEST(RouteTable, MethodAndPathDecideTogether) {
  Service app({});
  app.get("/users/:id", remove_post);
  app.put("/users/:name", remove_post);
  app.get("/users/me", remove_post);
  const Result<RouteTable> table = RouteTable::compile(app.routes());
  ASSERT_TRUE(table.ok()) << table.error().text();
  const auto found = [&table](std::string_view method, std::string_view path) -> std::string {
    const RouteTable::Found there = table->find(method_from_name(method), method, path);
    if (there.route == nullptr) return "none";
    return there.match ? there.route->method + " " + there.route->path : "allow " + there.allow;
  };
  EXPECT_EQ(found("GET", "/users/7"), "GET /users/:id");
  EXPECT_EQ(found("HEAD", "/users/7"), "GET /users/:id");
  EXPECT_EQ(found("PUT", "/users/7"), "PUT /users/:name");
  EXPECT_EQ(found("PUT", "/users/me"), "PUT /users/:name");
  EXPECT_EQ(found("GET", "/users/me"), "GET /users/me");
  EXPECT_EQ(found("DELETE", "/users/me"), "allow GET, HEAD, PUT");
  EXPECT_EQ(found("GET", "/users"), "none");
}

TEST(Multipart, BoundariesAreChecked) {
  EXPECT_EQ(form_boundary("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(form_boundary("Multipart/Form-Data;charset=utf-8; boundary=\"a b\""), "a b");
  for (const char* type : {"multipart/form-data", "multipart/mixed; boundary=a", "multipart/form-data; boundary=",
                           "multipart/form-data; boundary=\"a\r\n\"", "multipart/form-data; boundary=\"a "}) {
    EXPECT_FALSE(form_boundary(type)) << type;
  }
}

TEST(Multipart, PartsComeAsTheyAre) {
  MultipartParser parser("b");
  parser.feed(
      "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n"
      "1\r\n--b2\r\n--b--");
  using Event = MultipartParser::Event;
  EXPECT_EQ(parser.next(), Event::kPart);
  EXPECT_EQ(parser.part().name, "f");
  EXPECT_EQ(parser.part().filename, "x.png");
  EXPECT_EQ(parser.part().content_type, "image/png");
  EXPECT_EQ(parser.next(), Event::kData);
  EXPECT_EQ(parser.data(), "1");
  EXPECT_EQ(parser.next(), Event::kPartEnd);
  EXPECT_EQ(parser.next(), Event::kError) << "a delimiter that goes on is none, and no client may send its like";
}

}  // namespace
}  // namespace banyan::service
