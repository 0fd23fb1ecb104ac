#include "ledger/mask.h"

#include <gtest/gtest.h>

namespace banyan {
namespace {

Mask mask_of(const std::vector<std::string>& places) {
  Result<Mask> mask = Mask::parse(places);
  EXPECT_TRUE(mask.ok()) << mask.error().text();
  return mask.ok() ? *std::move(mask) : Mask();
}

TEST(Mask, HidesCredentialsWithoutBeingTold) {
  const Mask mask;
  EXPECT_EQ(mask.header("Authorization", "Bearer secret"), "***");
  EXPECT_EQ(mask.header("COOKIE", "sid=1"), "***");
  EXPECT_EQ(mask.header("set-cookie", "sid=1"), "***");
  EXPECT_EQ(mask.header("accept", "*/*"), "*/*");
  EXPECT_EQ(mask.header("location", "/next?token=abc&x=1"), "/next?token=***&x=1");
}

TEST(Mask, HidesFieldsAndParametersByName) {
  const Mask mask = mask_of({"header:X-Session", "query:code"});
  EXPECT_EQ(mask.header("x-session", "1"), "***");
  EXPECT_EQ(mask.target("/a?code=1&b=2&code=3#x"), "/a?code=***&b=2&code=***#x");
  EXPECT_EQ(mask.target("/a?%63ode=1;password=2&c"), "/a?%63ode=***;password=***&c");
  EXPECT_EQ(mask.target("/a?&=&barcode=1"), "/a?&=&barcode=1");
  EXPECT_EQ(mask.target("/code=1"), "/code=1");
}

TEST(Mask, HidesParametersWhereverAnAddressHasThem) {
  const Mask mask = mask_of({"query:code"});
  EXPECT_EQ(mask.header("Location", "https://a.test/cb#access_token=s&state=1"),
            "https://a.test/cb#access_token=***&state=1");
  EXPECT_EQ(mask.target("/a?b=1#/c?id_token=s&d=2"), "/a?b=1#/c?id_token=***&d=2");
  EXPECT_EQ(mask.target("/a;jsessionid=s/b;v=1?c=2"), "/a;jsessionid=***/b;v=1?c=2");
  EXPECT_EQ(mask.target("/login?next=/reset?token=s&x=1"), "/login?next=/reset?token=***&x=1");
  EXPECT_EQ(mask.target("/login?next=%2Freset%3Ftoken%3Ds&x=1"), "/login?next=***&x=1");
  EXPECT_EQ(mask.target("/a;b/code=1?next=/c"), "/a;b/code=***?next=/c");
  for (const char* plain : {"/a;v=1/b?c=%2Fd%3Fe%3D1#f", "/a?q=token", "#", ";", "?", "/a=1/b"}) {
    EXPECT_EQ(mask.target(plain), plain);
  }
}

TEST(Mask, HidesFieldsThatGiveASecret) {
  const Mask mask;
  EXPECT_EQ(mask.header("X-Original-URI", "/a?token=s"), "***");
  EXPECT_EQ(mask.header("Refresh", "0; url=/a?session_id=s"), "***");
  EXPECT_EQ(mask.header("Vary", "X-Csrf-Token, Accept"), "X-Csrf-Token, Accept");
  EXPECT_EQ(mask.header("WWW-Authenticate", "Bearer error=\"invalid_token\""), "Bearer error=\"invalid_token\"");
  EXPECT_EQ(Mask::parse({}, Credentials::kKept)->header("Refresh", "0; url=/a?token=s"), "0; url=/a?token=s");
}

TEST(Mask, KeepsCredentialsWhereItIsToldTo) {
  const Result<Mask> mask = Mask::parse({"header:cookie"}, Credentials::kKept);
  ASSERT_TRUE(mask.ok());
  EXPECT_EQ(mask->header("authorization", "Bearer x"), "Bearer x");
  EXPECT_EQ(mask->header("cookie", "a=1"), "***");
  EXPECT_EQ(mask->target("/a?token=1"), "/a?token=1");
  EXPECT_FALSE(mask->body(R"({"password":"x","q":"token=1"})", 100).hidden);
  EXPECT_FALSE(mask->hides_place("$.password"));
}

TEST(Mask, HidesWhatHasTheNameOfASecretWhereverItStands) {
  const Mask mask;
  const MaskedBody body = mask.body(
      R"({"user":"a","password":"x","in":[{"API-Key":1.50,"n":2.50}],"newPassword":{"a":1},"t":"password"})", 200);
  EXPECT_EQ(body.json,
            R"({"user":"a","password":"***","in":[{"API-Key":"***","n":2.50}],"newPassword":"***","t":"password"})");
  EXPECT_TRUE(body.hidden);
  EXPECT_EQ(mask.header("X-Api-Key", "1"), "***");
  EXPECT_EQ(mask.header("x-auth-token", "1"), "***");
  EXPECT_EQ(mask.header("Proxy-Authorization", "1"), "***");
  EXPECT_EQ(mask.target("/a?Refresh-Token=1&x=2&user%5Bpassword%5D=3&PHPSESSID=4&pass=5"),
            "/a?Refresh-Token=***&x=2&user%5Bpassword%5D=***&PHPSESSID=***&pass=***");
  EXPECT_TRUE(mask.hides_place("$.user.Password"));
  EXPECT_TRUE(mask.hides_place("$['token'][3].value"));
  EXPECT_FALSE(mask.hides_place("$.user.name"));
}

TEST(Mask, KeepsWhatOnlyLooksLikeASecret) {
  for (const char* body : {R"({"tokens":1,"password_hint":"dog","has_password":true,"token":null})",
                           R"({"title":"Forgot your password?","compass":"N","note":"token:"})",
                           "<label>Password: <input type=\"password\" name=\"password\"></label>", "password\n",
                           "<password/>", "<a:token></a:token>", "name=\"token\"\r\nand more\r\n\r\n"}) {
    EXPECT_FALSE(Mask().body(body, 200).hidden) << body;
  }
}

TEST(Mask, FindsASecretThatTextGives) {
  for (const char* body :
       {R"({"password":"x")", R"({"query":"{ login(user: \"a\", password: \"x\") { id } }"})", "user=a&password=x",
        R"({"link":"https://a.test/reset?token=abc"})", R"({"raw":"{\"client_secret\":1}"})", "<password>x</password>",
        "<wsse:Password Type=\"Text\">x</wsse:Password>", "<token>\n  <![CDATA[x]]>\n</token>",
        "data[User][password]=x", "array('password' => 'x')", "pass: x",
        "--1\r\nContent-Disposition: form-data; name=\"user[password]\"\r\n\r\nx\r\n--1--",
        "--1\r\nContent-Disposition: form-data; name=\"password\"\r\nContent-Type: text/plain\r\n\r\nx\r\n--1--",
        "Content-Disposition: form-data; name=\"private_key\"; filename=\"id\"\r\nA: b\r\n\r\nx"}) {
    const MaskedBody kept = Mask().body(body, 200);
    EXPECT_TRUE(kept.hidden) << body;
    EXPECT_EQ(kept.json.find('x'), std::string::npos) << kept.json;
  }
}

TEST(Mask, HidesPlacesOfABodyAndWhatLiesBelow) {
  const Mask mask = mask_of({"$.email", "$..token", "$.cards[*].number", "$.inner"});
  EXPECT_EQ(mask.body(R"({"email":"a@b.c","id":1.50,"x":{"token":{"a":[1]}},"cards":[{"number":4,"n":5}],)"
                      R"("inner":{"email":1},"email":2})",
                      1'000)
                .json,
            R"({"email":"***","id":1.50,"x":{"token":"***"},"cards":[{"number":"***","n":5}],"inner":"***",)"
            R"("email":"***"})");
  EXPECT_EQ(mask_of({"$"}).body("[1]", 100).json, R"("***")");
}

TEST(Mask, ABodyThatCannotBeReadIsNotKeptWhereSomethingWasToBeHidden) {
  EXPECT_EQ(mask_of({"$.email"}).body(R"({"email":"a@b.c")", 100).json, R"("***")");
  EXPECT_EQ(Mask().body("<p>\"hi\"</p>", 100).json, R"("<p>\"hi\"</p>")");
  EXPECT_EQ(Mask().body("", 100).json, R"("")");
}

TEST(Mask, ALongBodyIsCutAfterItWasMasked) {
  const std::string body = R"({"email":"secret","x":")" + std::string(500, 'y') + "\"}";
  const std::string kept = mask_of({"$.email"}).body(body, 100).json;
  EXPECT_LE(kept.size(), 100u);
  EXPECT_EQ(kept.find("secret"), std::string::npos);
  EXPECT_NE(kept.find("***"), std::string::npos);
  EXPECT_LE(Mask().body(std::string(1'000, '\x01'), 64).json.size(), 64u);
}

TEST(Mask, RefusesWhatIsNoPlace) {
  for (const char* place : {"email", "header:", "query:", "$.", "$[", ""}) {
    const Result<Mask> mask = Mask::parse({place});
    ASSERT_FALSE(mask.ok()) << place;
    EXPECT_NE(mask.error().text().find(place), std::string::npos) << mask.error().text();
  }
}

}  // namespace
}  // namespace banyan
