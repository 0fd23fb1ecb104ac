#include "fastcgi/params.h"

#include <map>

#include <gtest/gtest.h>

#include "fastcgi/record.h"

namespace banyan::fastcgi {
namespace {

ParamsSource source_with(const Fields* fields) {
  return {.method = "POST",
          .request_uri = "/app/%41?x=1&y",
          .query = "x=1&y",
          .document_root = "/srv/site",
          .script_name = "/index.php",
          .path_info = "",
          .server_protocol = "HTTP/1.1",
          .https = true,
          .content_length = 12,
          .remote_address = "192.0.2.1",
          .remote_port = 4711,
          .server_address = "127.0.0.1",
          .server_port = 443,
          .server_name = "example.com",
          .fields = fields};
}

std::multimap<std::string, std::string> pairs(const std::string& bytes) {
  std::multimap<std::string, std::string> result;
  PairReader reader(bytes);
  std::string_view name, value;
  while (reader.next(name, value)) result.emplace(name, value);
  EXPECT_FALSE(reader.malformed());
  return result;
}

std::multimap<std::string, std::string> params(const ParamsSource& source) {
  std::string out;
  append_params(out, source);
  return pairs(out);
}

TEST(Params, AreThoseOfTheStockConfiguration) {
  Fields fields;
  fields.add_copy(FieldId::kHost, "example.com");
  fields.add_copy(FieldId::kContentType, "text/plain");
  fields.add_copy(FieldId::kContentLength, "12");
  std::multimap<std::string, std::string> expected = {{"SCRIPT_FILENAME", "/srv/site/index.php"},
                                                      {"QUERY_STRING", "x=1&y"},
                                                      {"REQUEST_METHOD", "POST"},
                                                      {"CONTENT_TYPE", "text/plain"},
                                                      {"CONTENT_LENGTH", "12"},
                                                      {"SCRIPT_NAME", "/index.php"},
                                                      {"REQUEST_URI", "/app/%41?x=1&y"},
                                                      {"DOCUMENT_URI", "/index.php"},
                                                      {"DOCUMENT_ROOT", "/srv/site"},
                                                      {"SERVER_PROTOCOL", "HTTP/1.1"},
                                                      {"REQUEST_SCHEME", "https"},
                                                      {"HTTPS", "on"},
                                                      {"GATEWAY_INTERFACE", "CGI/1.1"},
                                                      {"SERVER_SOFTWARE", "banyan"},
                                                      {"REMOTE_ADDR", "192.0.2.1"},
                                                      {"REMOTE_PORT", "4711"},
                                                      {"REMOTE_USER", ""},
                                                      {"SERVER_ADDR", "127.0.0.1"},
                                                      {"SERVER_PORT", "443"},
                                                      {"SERVER_NAME", "example.com"},
                                                      {"REDIRECT_STATUS", "200"},
                                                      {"HTTP_HOST", "example.com"}};
  EXPECT_EQ(params(source_with(&fields)), expected);
}

TEST(Params, PathInfoIsSentOnlyWhereThereIsOne) {
  ParamsSource source = source_with(nullptr);
  source.path_info = "/a/b";
  source.https = false;
  auto sent = params(source);
  EXPECT_EQ(sent.find("PATH_INFO")->second, "/a/b");
  EXPECT_EQ(sent.find("PATH_TRANSLATED")->second, "/srv/site/a/b");
  EXPECT_EQ(sent.find("REQUEST_SCHEME")->second, "http");
  EXPECT_FALSE(sent.contains("HTTPS"));
}

TEST(Params, FieldsOfOneNameAreJoined) {
  Fields fields;
  ASSERT_TRUE(fields.add_copy("Cookie", "a=1"));
  ASSERT_TRUE(fields.add_copy("X-Custom", "one"));
  ASSERT_TRUE(fields.add_copy("cookie", "b=2"));
  ASSERT_TRUE(fields.add_copy("x-custom", std::string(200, 'z')));
  ASSERT_TRUE(fields.add_copy("Accept", "text/html"));
  ASSERT_TRUE(fields.add_copy("X-CUSTOM", ""));
  auto sent = params(source_with(&fields));
  EXPECT_EQ(sent.count("HTTP_COOKIE"), 1u);
  EXPECT_EQ(sent.find("HTTP_COOKIE")->second, "a=1; b=2");
  EXPECT_EQ(sent.count("HTTP_X_CUSTOM"), 1u);
  EXPECT_EQ(sent.find("HTTP_X_CUSTOM")->second, "one, " + std::string(200, 'z') + ", ");
  EXPECT_EQ(sent.find("HTTP_ACCEPT")->second, "text/html");
}

TEST(Params, DangerousAndDoubledFieldsAreDropped) {
  Fields fields;
  for (const char* name : {"Proxy", "PROXY", "X_Forwarded_For", "X_Real-IP", "X.Dot", "Bad!Name", "Content-Type",
                           "Content-Length", "Transfer-Encoding", "_"}) {
    ASSERT_TRUE(fields.add_copy(name, "evil")) << name;
  }
  for (const auto& [name, value] : params(source_with(&fields))) EXPECT_FALSE(name.starts_with("HTTP_")) << name;
}

TEST(Params, RemoteUserIsWhomBasicAuthorizationNames) {
  auto user = [](std::string_view authorization) {
    Fields fields;
    fields.add_copy(FieldId::kAuthorization, authorization);
    return params(source_with(&fields)).find("REMOTE_USER")->second;
  };
  EXPECT_EQ(user("Basic YWxpY2U6c2VjcmV0"), "alice");
  EXPECT_EQ(user("basic YWxpY2U6"), "alice");
  EXPECT_EQ(user("Basic   YWxpY2U6c2VjcmV0"), "alice");
  EXPECT_EQ(user("Basic YWxpY2U="), "");
  EXPECT_EQ(user("Basic"), "");
  EXPECT_EQ(user("Basic !!!"), "");
  EXPECT_EQ(user("Bearer YWxpY2U6c2VjcmV0"), "");
}

// The records of a PARAMS stream, the empty one at its end included.
std::vector<std::string> records_of(std::string_view stream) {
  std::vector<std::string> records(1);
  RecordReader reader;
  for (;;) {
    const auto step = reader.next(stream);
    stream.remove_prefix(step.consumed);
    EXPECT_NE(step.kind, RecordReader::Step::Kind::kError);
    if (step.kind == RecordReader::Step::Kind::kNeedMore) break;
    EXPECT_EQ(reader.header().type, RecordType::kParams);
    EXPECT_EQ(reader.header().request_id, 9);
    records.back() += step.content;
    if (step.kind == RecordReader::Step::Kind::kRecordEnd) records.emplace_back();
  }
  EXPECT_TRUE(reader.between_records());
  records.pop_back();
  return records;
}

TEST(Params, StreamIsOneRecordUnlessItIsTooLong) {
  for (const std::size_t size : {100u, 64000u, 65000u}) {
    Fields fields;
    const std::string value(size, 'v');
    ASSERT_TRUE(fields.add_copy("X-Big", value));
    ASSERT_TRUE(fields.add_copy("X-Big-Too", value));
    std::string extra;
    append_pair(extra, "APP_ENV", "test");
    std::string out = "before";
    append_params_stream(out, 9, source_with(&fields), extra);
    const std::vector<std::string> records = records_of(std::string_view(out).substr(6));
    EXPECT_EQ(records.size(), size == 100 ? 2u : 3u);
    EXPECT_EQ(records.back(), "");
    std::string content;
    for (const std::string& record : records) {
      (void)pairs(record);  // no pair is cut
      content += record;
    }
    EXPECT_EQ(pairs(content).find("HTTP_X_BIG")->second, value);
    EXPECT_EQ(pairs(content).find("APP_ENV")->second, "test");
    std::string unrecorded;
    append_params(unrecorded, source_with(&fields));
    EXPECT_EQ(content, unrecorded + extra);
  }
}

}  // namespace
}  // namespace banyan::fastcgi
