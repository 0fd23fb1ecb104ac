// The two formats, by examples and against PHP itself.
#include "php_session/php_session_data.h"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "static_files/oracle_server.h"

namespace banyan {
namespace {

constexpr PhpSessionFormat kPhp = PhpSessionFormat::kPhp;
constexpr PhpSessionFormat kWhole = PhpSessionFormat::kPhpSerialize;

std::string round_trip(std::string_view bytes, PhpSessionFormat format) {
  const Result<PhpSessionData> data = PhpSessionData::parse(bytes, format);
  if (!data.ok()) return "ERROR: " + data.error().message();
  const Result<std::string> written = data->write(format);
  return written.ok() ? *written : "ERROR: " + written.error().message();
}

TEST(PhpSessionData, WritesBackWhatItReads) {
  for (const char* bytes :
       {"", "user|i:7;", "a|N;b|b:1;c|d:0.10000000000000001;d|s:3:\"a|b\";", "x|a:2:{i:-1;s:0:\"\";s:1:\"k\";a:0:{}}",
        "o|O:1:\"A\":1:{s:5:\"\\0A\\0\";i:1;}", "c|C:11:\"ArrayObject\":3:{x:y}", "e|E:9:\"Suit:Club\";",
        "a|a:2:{i:0;i:5;i:1;R:2;}", "o|O:1:\"A\":1:{s:4:\"self\";r:1;}", "a|i:1;b|R:1;",
        "a|a:3:{i:0;O:1:\"A\":0:{}i:1;r:2;i:2;r:2;}b|a:2:{i:0;i:1;i:1;R:6;}"}) {
    EXPECT_EQ(round_trip(bytes, kPhp), bytes);
  }
  EXPECT_EQ(round_trip("a:2:{s:1:\"a\";i:1;i:5;R:2;}", kWhole), "a:2:{s:1:\"a\";i:1;i:5;R:2;}");
}

TEST(PhpSessionData, RefusesWhatPhpDoesNotWrite) {
  for (const char* bytes : {"user",
                            "user|",
                            "user|i:7",
                            "u|i:07;",
                            "u|i:+7;",
                            "u|b:2;",
                            "u|d:x;",
                            "u|d:1",
                            "u|s:5:\"ab\";",
                            "u|s:-1:\"\";",
                            "u|a:-1:{}",
                            "u|a:1:{}",
                            "u|a:1:{N;N;}",
                            "u|R:1;",
                            "u|R:0;",
                            "u|r:99;",
                            "u|x:1;",
                            "u|C:1:\"A\":99:{}",
                            "u|a:99999999999:{}",
                            "u|i:99999999999999999999;"}) {
    const Result<PhpSessionData> data = PhpSessionData::parse(bytes, kPhp);
    ASSERT_FALSE(data.ok()) << bytes;
    EXPECT_EQ(data.error().code(), ErrorCode::kDataLoss);
  }
  EXPECT_FALSE(PhpSessionData::parse("a:1:{s:1:\"a\";i:1;}x", kWhole).ok());
  std::string deep = "a|";
  for (int i = 0; i < 200; ++i) deep += "a:1:{i:0;";
  EXPECT_FALSE(PhpSessionData::parse(deep, kPhp).ok());
}

TEST(PhpSessionData, ChangesKeysAndKeepsReferences) {
  // b and c are one variable; a goes, which moves every number.
  PhpSessionData data = *PhpSessionData::parse("a|a:1:{i:0;i:1;}b|i:5;c|R:3;o|O:1:\"A\":0:{}p|r:4;", kPhp);
  ASSERT_NE(data.get("c"), nullptr);
  EXPECT_EQ(data.get("c")->integer, 5);
  data.erase("a");
  EXPECT_EQ(*data.write(kPhp), "b|i:5;c|R:1;o|O:1:\"A\":0:{}p|r:2;");
  data.set("c", PhpValue::number(6));
  EXPECT_EQ(data.get("b")->integer, 6);
  data.erase("b");
  data.erase("o");
  data.set("n", PhpValue::string("new"));
  EXPECT_EQ(*data.write(kPhp), "c|i:6;p|O:1:\"A\":0:{}n|s:3:\"new\";");
  EXPECT_EQ(*data.write(kWhole), "a:3:{s:1:\"c\";i:6;s:1:\"p\";O:1:\"A\":0:{}s:1:\"n\";s:3:\"new\";}");
  data.set("bad|key", PhpValue());
  EXPECT_FALSE(data.write(kPhp).ok());
  EXPECT_TRUE(data.write(kWhole).ok());
}

TEST(PhpValue, FindsKeysAsPhpDoes) {
  const PhpSessionData data = *PhpSessionData::parse("a|a:3:{i:5;i:1;s:2:\"05\";i:2;s:1:\"x\";i:3;}", kPhp);
  EXPECT_EQ(data.get("a")->find("5")->integer, 1);
  EXPECT_EQ(data.get("a")->find(5)->integer, 1);
  EXPECT_EQ(data.get("a")->find("05")->integer, 2);
  EXPECT_EQ(data.get("a")->find("y"), nullptr);
}

// ---- against PHP ----

constexpr char kGenerate[] = R"(<?php
// Writes sessions of random values, one a line in hexadecimal: php, php_serialize, and a float with its text.
class A { public $p = 1; protected $q = [1]; private $r = 'x'; public $other; }
enum Suit: string { case Club = 'c'; }
ob_start();
mt_srand((int)$argv[1]);
function float() { return unpack('d', pack('q', mt_rand() << 33 ^ mt_rand() << 11 ^ mt_rand()))[1]; }
function value($depth) {
  static $seen;
  switch (mt_rand(0, $depth > 4 ? 6 : 11)) {
    case 0: return null;
    case 1: return mt_rand(0, 1) == 1;
    case 2: return mt_rand(-5, 5) * (mt_rand(0, 1) ? 1 : PHP_INT_MAX >> 4);
    case 3: return float();
    case 4: return mt_rand(-100000, 100000) / 100;
    case 5: return random_text();
    case 6: return Suit::Club;
    case 7: $o = new A; $o->other = value($depth + 1); if (mt_rand(0, 1)) $o->other = $o; return $seen = $o;
    case 8: return $seen ?? 'nothing seen';
    case 9: return new ArrayObject([value($depth + 1)]);
    default:
      $a = [];
      for ($i = mt_rand(0, 5); $i > 0; --$i) $a[mt_rand(0, 1) ? mt_rand(-9, 9) : random_text()] = value($depth + 1);
      if (count($a) > 1 && mt_rand(0, 1)) { $k = array_keys($a); $a['ref'] = &$a[$k[0]]; $a['same'] = &$a[$k[1]]; }
      return $a;
  }
}
function random_text() { $t = ''; for ($i = mt_rand(0, 9); $i > 0; --$i) $t .= chr(mt_rand(0, 255)); return $t; }
for ($n = 0; $n < 400; ++$n) {
  $session = [];
  for ($i = mt_rand(0, 4); $i >= 0; --$i) $session['k' . $i] = value(0);
  if (mt_rand(0, 2) == 0) $session['alias'] = &$session['k0'];
  $line = [];
  foreach (['php', 'php_serialize'] as $handler) {
    ini_set('session.serialize_handler', $handler);
    session_start();
    $_SESSION = $session;
    $line[] = bin2hex(session_encode());
    session_abort();
  }
  $f = float();
  echo implode(' ', $line), ' ', bin2hex(pack('d', $f)), ' ', bin2hex(substr(serialize($f), 2, -1)), "\n";
}
)";

constexpr char kEchoBack[] = R"(<?php
// Reads sessions in format `php`, one a line in hexadecimal, and writes what PHP makes of them.
class A { public $p = 1; protected $q = [1]; private $r = 'x'; public $other; }
enum Suit: string { case Club = 'c'; }
ob_start();
ini_set('session.serialize_handler', 'php');
foreach (file($argv[1], FILE_IGNORE_NEW_LINES) as $line) {
  session_start();
  $_SESSION = [];
  echo session_decode(hex2bin($line)) ? bin2hex(session_encode()) : 'refused', "\n";
  session_abort();
}
)";

std::string from_hex(std::string_view hex) {
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(std::strtol(std::string(hex.substr(i, 2)).c_str(), nullptr, 16));
  }
  return out;
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += two;
  }
  return out;
}

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t end; (end = text.find(at, from)) != std::string::npos; from = end + 1) {
    parts.push_back(text.substr(from, end - from));
  }
  if (from < text.size()) parts.push_back(text.substr(from));
  return parts;
}

class PhpSessionDataWithPhp : public testing::Test {
 public:
  void SetUp() override {
    if (!oracle::find_program("php8.2").empty()) return;
    GTEST_SKIP() << "no session was compared with PHP: apt-get install php8.2-cli";
  }
  // The lines a script writes.
  std::vector<std::string> php(const char* script, const std::string& argument) {
    const std::string stem = folder_.path() + "/script";
    oracle::write_file(stem + ".php", script);
    const std::string command = "php8.2 -d session.save_path=" + folder_.path() +
                                " -d session.use_cookies=0 -d session.cache_limiter= -d serialize_precision=-1 " +
                                stem + ".php " + argument + " > " + stem + ".out 2> " + stem + ".err";
    EXPECT_EQ(std::system(command.c_str()), 0) << oracle::read_file(stem + ".err");
    return split(oracle::read_file(stem + ".out"), '\n');
  }

  oracle::TemporaryFolder folder_;
};

TEST_F(PhpSessionDataWithPhp, ReadsAndWritesWhatPhpDoes) {
  std::string written;
  std::vector<std::string> expected;
  for (const char* seed : {"1", "2", "3"}) {
    const std::vector<std::string> lines = php(kGenerate, seed);
    ASSERT_EQ(lines.size(), 400u);
    for (const std::string& line : lines) {
      const std::vector<std::string> parts = split(line, ' ');
      ASSERT_EQ(parts.size(), 4u) << line;
      EXPECT_EQ(to_hex(round_trip(from_hex(parts[0]), kPhp)), parts[0]) << from_hex(parts[0]);
      EXPECT_EQ(to_hex(round_trip(from_hex(parts[1]), kWhole)), parts[1]) << from_hex(parts[1]);
      const std::string bits = from_hex(parts[2]);
      double number = 0;
      bits.copy(reinterpret_cast<char*>(&number), sizeof number);
      EXPECT_EQ(php_float_text(number), from_hex(parts[3]));
      // Changed here, it must still be what PHP reads and would write.
      PhpSessionData data = *PhpSessionData::parse(from_hex(parts[0]), kPhp);
      data.erase("k0");
      data.set("number", PhpValue::decimal(number));
      data.set("k1", PhpValue::string("changed here"));
      expected.push_back(to_hex(*data.write(kPhp)));
      written += expected.back() + "\n";
    }
  }
  oracle::write_file(folder_.path() + "/sessions", written);
  const std::vector<std::string> read = php(kEchoBack, folder_.path() + "/sessions");
  ASSERT_EQ(read.size(), expected.size());
  for (std::size_t i = 0; i < read.size(); ++i) EXPECT_EQ(from_hex(read[i]), from_hex(expected[i]));
}

}  // namespace
}  // namespace banyan
