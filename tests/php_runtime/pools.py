"""What the calls are made of: values by type, by the name of a parameter, and whole argument lists where only some
combinations reach the interesting places."""

import random
import unicodedata

ANY = object()  # in SHAPES: whatever fits the parameter

MAX = 9223372036854775807
INTS = [0, 1, -1, 2, 3, 5, 7, 10, -3, 16, 64, 100, 255, 256, -128, 1000, 65535, 2**31 - 1, -2**31, 2**32, MAX,
    -MAX - 1]
SMALL = [0, 1, 2, 3, 4, 5, 8, 10, -1, -2, -3, -5]
COUNTS = [0, 1, 2, 3, 5, 10, 20]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 0.1, 1 / 3, 3.14159, 1e3, 1e10, 1e15, 1e16, 1e22, 1e-5, 1e-10,
    123456.789,
          1.005, 1.955, 5.055, 5.045, 811.85, 5e-324, 1e-310, 13.454904, 1000.0, 1e100,
          9.2233720368547758e18, float("inf"), float("-inf"), float("nan"), 0.285,
              1.45,
          -1.55, 1234567.891, 4503599627370497.5, 2.2250738585072014e-308, 1.7976931348623157e308]
WORDS = ["", "0", "1", "a", "abc", "Hello World", "hello world", "foo,bar,,baz", "The quick brown fox", "ABC",
    "aBc dEf",
         "  padded\t\n", "a\x00b", "1.5", "-7", "1e3", " 12", "12 ", "12abc", "0x1A", "banana", "ananas", "ab", "b",
             "aa",
         "line1\nline2\r\nline3", "it's \"quoted\" \\ back", "<b>bold & 'x'</b>", "üñï", "日本語テキスト", "éa",
         b"\xff\xfe", "%41+%20x", "user@example.com", "img12.png", "img10.png", "img2.png", "IMG1.png", "a-b_c d",
             "hello-world_foo",
         "null", "true", "9223372036854775808", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x=1&y[]=2&y[]=3", "2024-02-29",
             "00012", "1 2 3",
         "Lorem ipsum dolor sit amet, consectetur adipiscing elit", "-", "--a--", "/path/to/file.txt", ".5", "5.",
             "zZ9"]
SEPARATORS = [",", " ", "", "-", "ab", "a", "\n", "||", "l", "o"]
CALLBACKS1 = ["cb_type", "cb_truth", "cb_wrap", "strtoupper", "cb_list", "cb_throw", "no_such_function", "intval"]
CALLBACKS2 = ["cb_cmp", "cb_rcmp", "cb_bool", "strcasecmp", "cb_throw", "no_such_function"]
KEYS = [0, 1, 2, 5, -1, 10, "a", "b", "c", "key", "A", "x y", "", "01", "1.5"]
ARRAYS = [[], [1, 2, 3], [3, 1, 2], ["b", "a", "c"], {"a": 1, "b": 2, "c": 3}, {"b": 1, "a": 2}, [1, "1", 1.0, True],
    {3: "x", 1: "y"},
          ["10", "9", "2", "1"], [10, "9a", "x", 1.5, None], [[1, 2], [3, 4]], {"x": {"y": {"z": 1}}}, ["a", "A", "b",
              "B"],
          [1, 1, 2, 2, 3], {"k": None, 0: False}, ["img12", "img10", "IMG2", "img1"], [None, False, 0, "", "0", []],
              [1.5, 2.5, -0.5],
          [{"id": 3, "n": "c"}, {"id": 1, "n": "a"}, {"id": 2}], {"-5": 1, 7: 2}, ["x", "y", "z", "w", "v", "u"], [5,
              3, 9, 1, 7, 2, 8],
          ["apple", "Banana", "cherry"], {"1": "one", "2": "two", "01": "x"}, [MAX, 1], [0.1, 0.2, 0.3], ["5 apples",
              "3"]]

BY_TYPE = {
    "int": INTS + SMALL,
    "float": FLOATS + [1, 2, "1.5"],
    "string": WORDS,
    "bool": [True, False, True, False, 1, 0, "", "x"],
    "false": [False],
    "null": [None],
    "callable": CALLBACKS1 + CALLBACKS2,
}
BY_NAME = {
    "offset": SMALL + [20], "length": SMALL + [20, 100], "limit": SMALL, "times": COUNTS, "separator": SEPARATORS,
    "needle": SEPARATORS + WORDS[:12] + ["World", "quick", "本", "an"],
    "flags": [0, 1, 2, 3, 4, 8, 16], "decimals": SMALL + [15], "precision": SMALL + [15], "separators": [" ", "-",
        "_ ", "", "a..c"],
    "characters": [" ", "abc", "a..z", "A..Z0..9", "\n", "", "z..a", "..a", "a..", "lo", "'\"\\", " \t\n"],
    "pad_type": [0, 1, 2, 1, 2, 3], "pad_string": [" ", "0", "ab", "-=", "", "xyz"], "str_pad.length": SMALL + [20,
        30, 64],
    "chunk_split.length": COUNTS + [76], "str_split.length": COUNTS, "strnatcmp.string1": ["img12", "img2", "a01",
        "a1", "1.5", "", " 1"],
    "strnatcmp.string2": ["img12", "img2", "a01", "a1", "1.5", "", "1"], "wordwrap.width": [0, 1, 5, 10, 20, 75, -1],
    "break": ["\n", "<br>", "", " ", "ab"], "mode": [0, 1, 2, 3, 4, 5, -1], "str_word_count.format": [0, 1, 2, 3],
    "separators_": [], "percent": [None, 0], "count": [None, 7],
}
STRICT = {"str_repeat.times", "str_pad.length", "number_format.decimals"}
SHAPES = {}

SMALL_INTS = [0, 1, 2, 3, 5, 8, 12, 50]
BY_NAME.update({
    "range.start": [0, 1, 5, 10, -3, "a", "z", "A", 1.5, "1", "3.5", "", "abc"], "range.end": [0, 1, 5, 10, -3, "e",
        "k", "Z", 4.5, "9", ""],
    "range.step": [1, 2, 3, -1, 0, 0.5, 1.0, -2, 100, 0.1], "array_fill.start_index": [0, 5, -3, 1, 100],
        "array_fill.count": COUNTS + [-1],
    "array_pad.length": [0, 1, 3, 5, 10, -5, -10, 2000000], "array_chunk.length": COUNTS, "array_rand.num": COUNTS,
    "array_column.column_key": ["id", "n", 0, 1, None, "zz"], "array_column.index_key": ["id", "n", 0, None],
    "array_column.array": [[{"id": 3, "n": "c"}, {"id": 1, "n": "a"}, {"id": 2}], [[1, 2], [3, 4], [5]], [], [1, "a",
        None]],
    "count.mode": [0, 1, 2], "sizeof.mode": [0, 1, 5], "array_change_key_case.case": [0, 1, 2],
    "array_filter.mode": [0, 1, 2, 3], "seed": [0, 1, 42, -5, 2**31], "mt_srand.mode": [0, 1], "srand.mode": [0],
    "min": SMALL, "max": [0, 1, 5, 100, 2**31, MAX], "random_bytes.length": [0, 1, 5, 16],
    "intval.base": [10, 10, 16, 8, 2, 0, 36, 37], "base_convert.from_base": [2, 8, 10, 16, 36, 1, 37],
    "base_convert.to_base": [2, 8, 10, 16, 36, 1], "base_convert.num": ["ff", "101", "777", "zz", "12345", "0x1F", "",
        "9.5", "18446744073709551616"],
    "binary_string": ["101", "0b11", "2", "", "1111111111111111111111111111111111111111111111111111111111111111"],
    "hex_string": ["ff", "0xFF", "g", "", "ffffffffffffffff", "7fffffffffffffff"], "octal_string": ["17", "0o17", "8",
        "", "777777777777777777777777"],
    "intdiv.num2": [0, 1, -1, 2, 7], "round.precision": [0, 1, 2, 3, -1, -2, 5, 15, -20, 20, 400, -400],
        "round.mode": [1, 1, 2, 3, 4],
    "decimals": [0, 1, 2, 3, -1, 10], "decimal_separator": [".", ",", "", None, "::"], "thousands_separator": [",",
        ".", "", " ", None, "'"],
    "settype.type": ["int", "integer", "float", "string", "bool", "array", "null", "double", "boolean", "object", "x"],
    "usort.callback": CALLBACKS2, "uasort.callback": CALLBACKS2, "uksort.callback": CALLBACKS2,
        "array_reduce.callback": ["cb_pair", "cb_list", "cb_throw", "max"], "array_map.callback": ["cb_pair"],
    "array_walk.callback": ["cb_pair", "cb_ref", "cb_list", "cb_throw", "nope"],
        "array_walk_recursive.callback": ["cb_pair", "cb_ref", "cb_list"],
    "array_map.callback": CALLBACKS1 + CALLBACKS2 + [None, "cb_pair"], "array_filter.callback": ["cb_truth",
        "cb_list", "cb_type", None, "is_int", "cb_pair", "nope"],
    "array_unique.flags": [0, 1, 2, 2, 2, 5], "levenshtein.insertion_cost": [0, 1, 2, 5],
        "levenshtein.deletion_cost": [0, 1, 2], "levenshtein.replacement_cost": [0, 1, 3],
    "array_splice.replacement": [[], [1], ["x", "y"], "z", None, 5],
})
for _name in ("sort", "rsort", "asort", "arsort", "ksort", "krsort"):
    BY_NAME[f"{_name}.flags"] = [0, 0, 0, 1, 2, 6, 10, 14, 5]
BY_NAME["count_chars.mode"] = [0, 1, 2, 3, 4, 5, -1]
STRICT |= {"range.start", "range.end", "range.step", "array_fill.count", "array_pad.length", "random_bytes.length"}
SHAPES.update({name: [(ARRAYS[i], ARRAYS[j], callback) for i in range(0, 24, 3) for j in range(1, 24,
    4) for callback in ("strcmp", "cb_cmp")]
               for name in ("array_udiff", "array_diff_ukey", "array_diff_uassoc", "array_udiff_assoc",
                   "array_uintersect", "array_intersect_ukey")})

_PLAIN = [a for a in ARRAYS if not any(isinstance(v, (list, dict, type(None), bool,
    float)) for v in (a.values() if isinstance(a, dict) else a))]
SHAPES.update({name: [(_PLAIN[i], _PLAIN[j], "strcasecmp") for i in range(len(_PLAIN)) for j in range(0, len(_PLAIN),
    2)]
               for name in ("array_udiff", "array_diff_ukey", "array_diff_uassoc", "array_udiff_assoc",
                   "array_uintersect", "array_intersect_ukey")})
ONLY_SHAPES = {"array_udiff", "array_diff_ukey", "array_diff_uassoc", "array_udiff_assoc", "array_uintersect",
    "array_intersect_ukey"}

FLAT = [a for a in ARRAYS if not any(isinstance(v, (list, dict)) for v in (a.values() if isinstance(a, dict) else a))]
for _name in ("array_intersect", "array_intersect_assoc", "array_diff", "array_diff_assoc"):
    BY_NAME[_name + ".array"] = BY_NAME[_name + ".arrays"] = FLAT
    STRICT |= {_name + ".array", _name + ".arrays"}

OVERLOADED = {"rand", "mt_rand"}  # count their arguments by another rule once there is one

OBJECTS_DEPRECATED = {"current", "pos", "key", "next", "prev", "reset", "end"}
for _name in OBJECTS_DEPRECATED:
    BY_NAME[_name + ".array"] = ARRAYS
    STRICT.add(_name + ".array")
STRICT.add("array_reduce.callback")
LISTS = [a for a in ARRAYS if isinstance(a, list) and a]
BY_NAME["array_rand.array"] = LISTS + [{"a": 1, "b": 2, "c": 3}]
STRICT.add("array_rand.array")

# Functions whose effect shows in calls that follow: whole sequences, each of the calls with its arguments.
_SAY, _SAY_MORE = ("printf", "one "), ("printf", "two ")
SEQUENCES = [
    [("ob_start",), _SAY, ("ob_get_contents",), ("ob_get_length",), ("ob_get_level",), ("ob_get_clean",), _SAY_MORE],
    [("ob_start",), _SAY, ("ob_start",), _SAY_MORE, ("ob_end_clean",), ("ob_get_flush",), ("ob_get_level",)],
    [("ob_start", "cb_upper"), _SAY, ("ob_clean",), _SAY_MORE, ("ob_flush",), _SAY, ("ob_end_flush",)],
    [("ob_start", "cb_upper"), _SAY, ("ob_get_contents",), ("ob_end_clean",), _SAY_MORE],
    [("ob_start", "cb_upper"), _SAY, ("ob_get_flush",)], [("ob_start", "cb_type"), _SAY, ("ob_end_flush",),
        ("flush",)],
    [("set_error_handler", "cb_handler"), ("trigger_error", "a", 512), ("restore_error_handler",), ("trigger_error",
        "b", 1024)],
    [("set_error_handler", "cb_handler", 1024), ("set_error_handler", None), ("restore_error_handler",),
     ("trigger_error", "b", 1024), ("restore_error_handler",)],
    [("set_error_handler", "cb_handler", 512), ("set_error_handler", "cb_pair"), ("restore_error_handler",),
        ("restore_error_handler",)],
    [("error_reporting",), ("error_reporting", 0), ("error_reporting",), ("error_reporting", 32767)],
    [("error_clear_last",), ("error_get_last",)],
    [("set_exception_handler", "cb_type"), ("set_exception_handler", "cb_wrap"), ("restore_exception_handler",),
        ("restore_exception_handler",)],
    [("set_exception_handler", None), ("restore_exception_handler",)], [("usleep", 1), ("sleep", 0)], [("usleep", -1),
        ("sleep", -1)],
    [("strtok", "a b c", " "), ("strtok", " "), ("strtok", " "), ("strtok", " ")], [("json_decode", "[1"),
        ("json_last_error",), ("json_last_error_msg",)],
    [("json_decode", "[1]"), ("json_last_error",)], [("preg_match", "/(/", "a"), ("preg_last_error_msg",),
        ("preg_match", "/a/", "a"), ("preg_last_error",)],
    [("mt_srand", 5), ("mt_rand",), ("mt_rand", 1, 6), ("rand", 1, 6), ("str_shuffle", "abcdef"), ("array_rand", [1,
        2, 3, 4], 2)],
    [("date_default_timezone_set", "Europe/Berlin"), ("date", "c T e I", 1700000000), ("mktime", 1, 2, 3, 7, 4, 2020),
        ("date_default_timezone_set", "UTC")],
    [("date_default_timezone_set", "America/New_York"), ("date", "c T e I", 1690000000),
        ("date_default_timezone_get",), ("date_default_timezone_set", "UTC")],
    [("date_default_timezone_set", "Europe/Berlin"), ("strtotime", "2024-03-31 02:30", 0),
        ("strtotime", "tomorrow 9am", 1711750000), ("strtotime", "2024-10-27 02:30:00", 0),
        ("strtotime", "+1 month", 1709164800), ("strtotime", "2024-07-01T12:00:00-05:00", 0),
        ("localtime", 1720000000, True), ("date_default_timezone_set", "UTC")],
    [("date_default_timezone_set", "America/New_York"), ("strtotime", "2024-03-10 02:30", 0),
        ("strtotime", "next friday", 1710000000), ("strtotime", "2024-11-03 01:30", 0), ("localtime", 1700000000),
        ("date_default_timezone_set", "UTC")],
    [("define", "MY_SEQ", [1, 2]), ("defined", "MY_SEQ"), ("constant", "MY_SEQ"), ("define", "MY_SEQ", 3)],
]
# Called in sequences only; what is never called says why.
NOT_CALLED = {name for sequence in SEQUENCES for name, *_ in sequence if name.startswith(("ob_", "set_", "restore_",
    "error_"))}
NOT_CALLED |= {"usleep", "sleep", "flush"}
NEVER_CALLED = {"register_shutdown_function": "runs at the end of the process",
    "spl_object_id": "numbers are given again in PHP",
                "spl_object_hash": "numbers are given again in PHP"}

JSONS = ['{"a":1,"b":[1,2.5,null,true],"c":{"d":"x"}}', "[]", "{}", "[1,2", '"str"', "null", "1e2", "-0", "01", "nan",
    '"\\u00e9"', '{"a":}',
         "12345678901234567890", '[[[1]]]', '"\\ud83d\\ude00"', '"\\ud83d"', " 1 ", '{"":1}', '{"0":1,"1":2}', "tRue",
             '"a\tb"', "[1,]", "]",
         '{"a":1}}', b'"\xff"', '"\\/\\b"', "[1}", '{"a" 1}', "1.0", "-", '"', '{"a":1,"a":2}', "1.5e-3"]
# Without references (R:2;), at which converted code stops and says so.
SERIALIZED = ['a:2:{i:0;i:1;s:1:"b";d:0.5;}', "i:5;", "b:1;", "N;", 's:3:"abc";', 's:4:"abc";', "a:1:{i:0;", "", "x",
    'O:8:"stdClass":1:{s:1:"a";i:1;}',
              "d:INF;", "i:x;", "b:2;", 'a:1:{i:0;a:1:{s:1:"k";N;}}', "a:-1:{}", "d:0.1;"]
FORMATS = ["%s", "%d", "%05d", "%5.1f", "%-10s|", "%'*10s", "%+d", "%x", "%X", "%o", "%b", "%c", "%e", "%E", "%g",
    "%G", "%u", "%%", "%2$s %1$s",
           "%s %s", "%10.4f", "%.3e", "%05.1f", "%s", "%.2f", "%d%%", "%", "%q", "%1$s %1$s", "%0$s",
               "%5s", "%-5d|", "%05s", "%.0f",
           "%.15g", "%h", "%ld", "text", "", "%'010d", "%-05d", "% d", "%.1s", "%F", "%10s|%-10s", "%03d:%02d"]
HTML = ["<a href='x'>T & \"q\"</a>", "&amp; &lt; &#039; &quot;", "&bogus; &#x41; &", "plain", "", "é<", b"\xff<",
    "&apos;"]
BY_NAME.update({
    "sprintf.format": FORMATS, "printf.format": FORMATS, "vsprintf.format": FORMATS, "vprintf.format": FORMATS,
    "json_decode.json": JSONS, "json_decode.depth": [512, 512, 1, 2, 3, 0], "json_decode.flags": [0, 0, 1, 2, 3],
    "json_encode.flags": [0, 0, 64, 128, 256, 192, 448, 1, 2, 4, 8, 15, 16, 32, 512, 1024, 1048576, 2097152, 128 | 16],
    "json_encode.depth": [512, 512, 1, 2, 0], "unserialize.data": SERIALIZED, "unserialize.options": [[]],
    "algo": ["xxh32", "xxh64", "xxh3", "XXH128", "xxh128",
        "md5", "sha1", "sha256", "sha512", "crc32b", "crc32", "adler32", "SHA384", "nope", "fnv1a32", "sha224",
        "crc32c", "fnv164"],
    "hash.options": [[]], "htmlspecialchars.string": HTML, "htmlspecialchars_decode.string": HTML,
    "htmlspecialchars.flags": [11, 3, 2, 0, 51, 48], "htmlspecialchars_decode.flags": [11, 3, 2, 0, 48],
        "htmlspecialchars.encoding": [None, "UTF-8"], "htmlentities.string": HTML + WORDS,
            "html_entity_decode.string": HTML + ["&eacute;&euro;&nbsp;", "&#8364;&#x20AC;&#0;&#55296;",
            "&notanentity; &amp"], "htmlentities.flags": [11, 3, 0], "html_entity_decode.flags": [11, 3, 0, 51],
            "htmlentities.encoding": [None], "html_entity_decode.encoding": [None],
    "base64_decode.string": ["SGVsbG8=", "SGVsbG8", "SGVs bG8=", "S", "!!", "====", "QQ==", "QUI=", "QQ=", "",
        "QQ==QQ==", "a-b_"],
    "dirname.levels": [1, 2, 3, 0], "pathinfo.flags": [15, 1, 2, 4, 8], "numeric_prefix": ["", "p_"],
        "encoding_type": [1, 2],
    "arg_separator": [None, "&amp;", ";"], "path": ["/a/b/c.txt", "c.tar.gz", "/", "", "a/", "/a", "a/b/", "//x//y",
        ".", "..", "/a/.hidden"],
    "suffix": ["", ".txt", "c.txt"], "urldecode.string": ["%41+%20x", "a%2", "%zz", "+", "%C3%A9"],
    "trigger_error.error_level": [256, 512, 1024, 16384, 5], "user_error.error_level": [512, 1024, 5],
    "error_level": [512, 1024, 5], "call_user_func.callback": ["cb_list", "strlen", "cb_throw", "nope", "max"],
    "call_user_func_array.callback": ["strlen", "cb_pair", "nope", "str_pad"],
    "call_user_func_array.args": [[1, 2], ["abc"], {"string": "ab", "length": 5}, [], ["x", "y"]],
    "function_exists.function": ["strlen", "nope", "cb_cmp", "STRLEN", "\\strlen"], "class_exists.class": ["stdClass",
        "Exception", "Nope", "stdclass", "Countable"],
    "interface_exists.interface": ["Countable", "stdClass", "nope"],
        "get_parent_class.object_or_class": ["RuntimeException", "Exception", "Nope"],
    "method_exists.object_or_class": ["Exception", "stdClass"], "method_exists.method": ["getMessage", "nope",
        "GETCODE"],
    "constant.name": ["PHP_EOL", "M_PI", "E_ALL", "NOPE", "SORT_STRING"], "defined.constant_name": ["PHP_EOL",
        "NOPE"], "define.constant_name": ["MY_A", "MY_B"],
    "getenv.name": ["NOT_SET_ANYWHERE", "PATH", ""],
    "phpversion.extension": [None], "define.case_insensitive": [False], "is_callable.value": ["strlen", "nope",
        "cb_cmp", ["a", "b"], 5],
    "iterator_count.iterator": ARRAYS, "ctype_.text": WORDS, "trigger_error.message": ["hello", "a b"],
})
STRICT |= {"unserialize.options", "hash.options", "getenv.name", "phpversion.extension", "define.case_insensitive",
    "iterator_count.iterator", "sprintf.format", "printf.format",
           "vsprintf.format", "vprintf.format", "trigger_error.error_level", "user_error.error_level",
               "htmlspecialchars.encoding", "htmlentities.encoding", "html_entity_decode.encoding"}
OVERLOADED |= {"sprintf", "printf", "utf8_encode", "utf8_decode"}

PATTERNS = ["/a/", "/aa(*SKIP)(*F)|a/", "/a+(*PRUNE)b|n/", "/(?!a(*PRUNE)n)./", "/[bo](*SKIP)x|a/", "/(*FAIL)|b/",
     "/(a)(b)?/", "/\\d+/", "/[a-z]+/i", "/(?<word>\\w+)\\s(?P<num>\\d)?/", "/^\\s*|\\s*$/m",
    "/(.)\\1/", "/a*/", "/a*?b/",
            "/(?=b)/", "/(?<!a)n/", "/x|y|/", "/[^,]+/", "#/(\\w+)#", "{[aeiou]}", "/\\bfox\\b/", "/(a|an|ana)+$/",
                "/\\p{L}+/u", "/./u",
            "/[[:alpha:]]+/", "/(?i)HELLO(?-i) w/", "/\\R/", "/^.*$/m", "/o(?!,)/", "/(?>a+)b/", "/a++b/", "/a{2,3}/",
                "/(\\w)(\\w)/", "/\\W+/",
            "/(?:foo|bar),?/", "/,/", "/[\\s,]+/", "//", "/$/", "/^/", "/(/", "/)/", "/[a/", "abc", "/a", "", "/a/k",
                "/*a/", "/a{2,1}/", "/(?<n>a)(?<n>b)/",
            "/(\\((?:[^()]|(?1))*\\))/", "/(?(?=a)ab|n)/", "/(a)?(?(1)n|b)/", "/\\Aban/", "/ana\\z/",
                "/\\x41|\\x{42}/", "/[\\d\\-.]+/", "/\\S+/x", "/ a b # c\n/x",
            "/(?|(a)|(b))/", "/.+?e/s", "/a.c/s", "/(?<=\\w)[A-Z]/", "/\\h+/", "/é/u", "/É/iu", "/[é-ü]/u",
                "/\\G\\w/", "/foo\\Kbar/", "/w+/A", "/e$/D",
            "/(?#c)a/", "/a|b/U", "/a+/U", "/(\\d+)-(\\d+)-(\\d+)/", "~[^\\w]~", "/(.*)(\\d+)(.*)/", "/()/",
                "/(a*)*/", "/(a*)+/", "/(?:a?)*?b/", "/\\w+@\\w+\\.com/", "/a/e", "/a/ek", "/a/eu",
                "/(a)(?<m>n)(a)/n", *(b"/" + one + b"/u" for one in (
                    b"\xfe", b"\xc3", b"\xe2\x82", b"\xc3a", b"\xe2\x82a", b"\xf0\x90\x80a", b"\xed\xa0\x80",
                    b"\xf4\x90\x80\x80",
                    b"\xc0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\x80", b"a\xff", b"\xf8\x88\x80\x80\x80",
                    b"\xf8",
                    b"\xfc\x84\x80\x80\x80\x80", b"\xf5\x80\x80\x80", b"\xf8\x80\x80\x80\x80"))]
SUBJECTS = WORDS + ["aaab", "abcabc", "(a(b)c)", "foobar foo", "Hello hello HELLO w", "2024-02-29 1999-12-31",
    "nana banana", "ab\nab\r\ncd", "ÉTÉ été", "a,b;c d",
                    "word 5 other 7", "xyz", "aabbcc", "fooBarBaz"]
REPLACEMENTS = ["", "x", "[$0]", "<\\1>", "${1}0", "$2$1", "\\\\1", "$", "\\0\\0", "$11", "${1", "[$1|$2]"]
_PATTERN_LISTS = PATTERNS + [["/a/", "/b/"], ["/(\\w)/", "/x/"], ["/a/", "/("], []]
BY_NAME.update({
    **{f"{name}.pattern": PATTERNS for name in ("preg_match", "preg_match_all", "preg_split", "preg_grep")},
    **{f"{name}.subject": SUBJECTS for name in ("preg_match", "preg_match_all", "preg_split")},
    **{f"{name}.pattern": _PATTERN_LISTS for name in ("preg_replace", "preg_filter", "preg_replace_callback")},
    **{f"{name}.subject": SUBJECTS + [["banana", "x", "k2"], {"a": "aa", "b": "bb"}] for name in
       ("preg_replace", "preg_filter", "preg_replace_callback", "preg_replace_callback_array")},
    **{f"{name}.replacement": REPLACEMENTS + [["1", "2"], ["$1"]] for name in ("preg_replace", "preg_filter")},
    **{f"{name}.limit": [-1, -1, 1, 2, 0] for name in ("preg_replace", "preg_filter", "preg_replace_callback",
        "preg_split", "preg_replace_callback_array")},
    "preg_match.flags": [0, 0, 256, 512, 768], "preg_match_all.flags": [0, 1, 2, 256, 257, 258, 513, 514, 770, 3],
        "preg_split.flags": [0, 0, 1, 2, 3, 4, 5, 7],
    "preg_match.offset": [0, 0, 1, 3, -2, 100], "preg_match_all.offset": [0, 0, 1, 3, -2, 100], "preg_grep.flags": [0,
        1],
    "preg_replace_callback.callback": ["cb_wrap", "cb_wrap", "nope", "cb_type"],
        "preg_replace_callback.flags": [0, 256, 512],
    "preg_replace_callback_array.pattern": [{"/a/": "cb_wrap", "/b/": "cb_type"}, {"/(/": "cb_wrap"}, {"/n/": "nope"},
        {}], "preg_replace_callback_array.flags": [0, 256],
    "preg_grep.array": FLAT, "preg_quote.delimiter": [None, "/", "#", ""],
})
STRICT |= {"preg_replace_callback_array.pattern", "preg_replace_callback.callback", "preg_match.flags",
    "preg_match_all.flags", "preg_split.flags", "preg_grep.flags",
    "preg_replace_callback.flags", "preg_replace_callback_array.flags"}

STRICT |= {"get_parent_class.object_or_class", "htmlentities.flags", "html_entity_decode.flags",
    "preg_filter.pattern", "preg_replace.pattern",
           "define.constant_name"}
ENCODINGS = [None, "UTF-8", "utf-8", "nope"]
MB = ["", "abc", "éa", "日本語テキスト", "üñï", "ÀÉ straße", "aéb", "İi", "ﬁn", "Hello wörld", "ÉTÉ", "ab cd", "e\u0301x",
    "😀😁", b"\xff\xfe", b"a\xc3"]
MB_WHOLE = MB[:-1]  # of a text whose last character is cut off, mb_strpos() of PHP 8.2 reads what lies behind it
DATE_FORMATS = ["Y-m-d H:i:s", "D, d M Y", "N jS z W t L o y", "a A B g G h H i s", "e I O P p T Z c r U",
    "\\Y\\\\m u v", "", "l F n", "jS"]
TIMES = [0, 86399, 951782400, 1000000000, 1709164800, -1, -86400 * 365, 4102444800, 1234567890, 2**31]
URLS = ["http://user:pw@host.example:8080/p/a/t/h?query=1&a[]=2#frag", "//host/path", "/path?q", "http://", "host:80",
    "http:///x", "mailto:a@b.c",
        "http://host:99999", "", "?q", "#f", "path/only", "http://[::1]:80/x", "http://host?x", "ftp://u@h/", "a:b",
            "http://h/?a=b?c#d#e", "x://::6.5"]
TAGGED = ["<p>Hello <b>World</b></p>", "a < b > c", "<!-- c -->x", "<a href='>'>y</a>", "<br/>t", "plain", "<p",
    "1<2", "<b><i>x</i></b>"]
BY_NAME.update({"utf8_encode.string": MB, "utf8_decode.string": MB, "mb_stripos.offset": [0, 1, -1]})
STRICT |= {"utf8_encode.string", "utf8_decode.string", "mb_stripos.offset"}
BY_NAME.update({name: ENCODINGS for name in ("encoding", "mb_convert_encoding.from_encoding")})
BY_NAME.update({f"{name}.string": MB for name in ("mb_strlen", "mb_substr", "mb_str_split", "mb_strtoupper",
    "mb_strtolower", "mb_convert_case",
                "mb_strwidth", "mb_strimwidth", "mb_convert_encoding", "mb_ord", "utf8_encode", "utf8_decode")})
BY_NAME.update({f"{name}.haystack": MB_WHOLE + WORDS for name in ("mb_strpos", "mb_stripos", "mb_strrpos",
    "mb_substr_count", "mb_strstr")})
BY_NAME.update({f"{name}.needle": ["é", "a", "語", "", "b", "L", "ö", "zz", "o w"] for name in ("mb_strpos",
    "mb_stripos", "mb_strrpos", "mb_substr_count", "mb_strstr")})
BY_NAME.update({f"{name}.format": DATE_FORMATS for name in ("date", "gmdate")})
BY_NAME.update({
    "mb_convert_encoding.to_encoding": ["UTF-8", "ISO-8859-1", "ASCII"], "mb_str_split.length": [1, 2, 3, 0],
        "mb_convert_case.mode": [0, 1, 2, 4, 5, 6, 9],
    "mb_strimwidth.width": [0, 1, 3, 5, 10], "mb_strimwidth.trim_marker": ["", "...", "…"],
        "mb_internal_encoding.encoding": [None, "UTF-8"],
    "mb_check_encoding.value": MB, "timestamp": TIMES, "strtok.token": [" ", ",", " ,", "/"],
        "parse_str.string": ["a=1&b=2", "a[]=1&a[]=2", "a[b][c]=x", "a b=1", "a.b=c",
    "=x", "a", "a=%20+", "[x]=1", "a[=1", "a[b=1", "", "a=1&a=2", "a[x]=1&a=2&a[y]=3", "k[ z ]=1"], "url": URLS,
        "component": [-1, 0, 1, 2, 3, 4, 5, 6, 7, 9],
    "strip_tags.string": TAGGED, "strip_tags.allowed_tags": [None, "<b>", "<p><i>", ["b"], ""], "checkdate.month": [0,
        1, 2, 12, 13], "checkdate.day": [0, 1, 28, 29, 30, 31, 32],
    "checkdate.year": [0, 1, 1900, 2000, 2023, 2024, 32768], "timezoneId": ["UTC", "Europe/Berlin",
        "America/New_York", "Asia/Tokyo", "Nope/Zone"],
    "idate.format": ["d", "Y", "y", "z", "B", "x", "", "W", "L", "H"], "hour": [0, 1, 12, 25, -1], "minute": [0, 30,
        61, -5], "second": [0, 59, 3600], "month": [1, 2, 12, 13, 0],
    "day": [1, 29, 31, 0], "year": [1970, 2000, 2024, 99, 5, 1900], "codepoint": [65, 233, 0x1F600, -1, 0xD800,
        0x110000, 300],
})
STRICT |= {"mb_internal_encoding.encoding", "gmmktime.hour", "date.timestamp", "gmdate.timestamp",
    "getdate.timestamp", "idate.timestamp",
           "mb_strimwidth.width", "strip_tags.string", "parse_url.url", "strtok.token"}
ALWAYS = {"date", "gmdate", "getdate", "idate", "mktime", "gmmktime"}  # with all arguments: those left out are of now

BY_NAME["mb_convert_encoding.from_encoding"] = [None, "UTF-8", "ISO-8859-1"]
STRICT |= {"mb_convert_encoding.from_encoding", "mb_convert_encoding.to_encoding", "mktime.minute", "mktime.second",
    "mktime.month",
           "mktime.day", "mktime.year", "gmmktime.minute", "gmmktime.second", "gmmktime.month", "gmmktime.day",
               "gmmktime.year"}

SCALARS = INTS + FLOATS + WORDS + [True, False, None]
for _name in ("printf.values", "vprintf.values"):
    BY_NAME[_name] = SCALARS if _name == "printf.values" else FLAT
    STRICT.add(_name)
STRICT |= {"rand.min", "rand.max", "mt_rand.min", "mt_rand.max"}
PACK_FORMATS = ["C*", "n", "N2", "a5", "A5", "Z5", "H*", "h4", "c2", "v", "V", "J", "q", "d", "E", "a*", "x2C", "Z*",
    "s", "y", "G"]
VERSIONS = ["1.0", "1.0.0", "5.2", "8.2.36", "1.0-dev", "1.0alpha1", "1.0b2", "1.0RC1", "1.0pl1", "", "1",
    "1.0.0-beta", "2.0rc2", "1..2", "x", "-5", "'", "=", "\n", ".5", "1.", "+1", "#1", "1.#", "1.0\x00.2", "1~2",
    "a.b."]
BY_NAME.update({
    "extension_loaded.extension": ["Core", "standard", "JSON", "spl", "xdiff", "nothing", "", "pcre"],
    "pack.format": PACK_FORMATS, "unpack.format": ["C*", "nfirst/nsecond", "N", "a3x/a*y", "A5s", "Z5", "H*h", "h3",
        "c2b", "V", "q", "d", "E", "C1a/C2b", "x2/Cz", "y"],
    "unpack.string": ["abcdefghijklmnop", "", "a\x00b ", "12345678", "\x01\x02\x03\x04"], "unpack.offset": [0, 1, 5,
        -1, 100],
    "str_getcsv.string": ["a,b,c", '"a,b",c', '"a ""q"" b",c', "", ",", "a,", ' "x" ,y',
        '"unclosed,x', "a\\\\,b", 'x"y"z,w', '"a"b,c', "a;b;c"],
    "str_getcsv.separator": [",", ";", "ab"], "str_getcsv.enclosure": ['"', "'"], "str_getcsv.escape": ["\\", ""],
    "version1": VERSIONS, "version2": VERSIONS, "version_compare.operator": [None, "<", ">=", "eq", "ne", "xx", "lt",
        "<>"],
    "ip": ["1.2.3.4", "255.255.255.255", "0.0.0.0", "1.2.3", "1.2.3.256", "01.2.3.4", "", "a.b.c.d", 0, 1, 4294967295,
        -1],
    "filename": ["/etc/passwd", "/nope", "/etc", "", "a"], "pow.num": INTS + FLOATS + ["2", "3.5"],
        "pow.exponent": SMALL + [62, 63, 64, 0.5, -0.5],
})
STRICT |= {"pow.num", "pow.exponent", "sleep.seconds", "str_getcsv.separator", "ip2long.ip", "long2ip.ip",
    "unpack.format", "pack.format"}
BY_NAME["ip2long.ip"], BY_NAME["long2ip.ip"] = BY_NAME["ip"][:8], BY_NAME["ip"][8:]
_SETS = ("array_udiff_uassoc", "array_intersect_uassoc", "array_uintersect_assoc", "array_uintersect_uassoc")
SHAPES.update({name: [(first, second,
    "strcasecmp") + (("strcasecmp",) if name.count("u") == 3 or name.endswith("f_uassoc") else ())
                      for first in _PLAIN for second in _PLAIN[::2]] for name in _SETS})
ONLY_SHAPES |= set(_SETS)

BY_NAME["pack.values"] = SCALARS
STRICT |= {"pack.values", "call_user_func_array.callback", "call_user_func_array.args", "version_compare.version1",
    "version_compare.version2"}
OVERLOADED |= set(_SETS)

# Objects: the arguments of constructors, and what puts something into one.
CONSTRUCTORS = {"SplFixedArray": [[0], [3], [5], [-1]], "ArrayObject": [[a] for a in FLAT],
    "ArrayIterator": [[a] for a in FLAT],
                "Exception": [[], ["m"], ["m", 3], [5, "x"], [[]]], "LogicException": [["m", 3]], "TypeError": [[""]]}
FILLING = {"push", "unshift", "enqueue", "insert", "append", "offsetSet", "attach", "setSize"}
BY_NAME.update({"->index": [0, 1, 2, 5, -1], "->mode": [0, 1, 2, 3], "->size": [0, 2, 4], "->flags": [1, 2, 3, 0],
    "->offset": [0, 1, 2, 9], "->priority": [1, 5, 3, 9, 0],
                "->value": [1, 5, 3, 2, 9, 7, "b", "a"], "->callback": ["cb_cmp", "strcmp"], "->info": [1, None, "x"],
                    "->key": [0, 1, "a", None, "k"],
                "->array": FLAT, "SplFixedArray.index": [0, 1, 2, 9, -1], "SplMinHeap.value": [1, 5, 3, 2, 9, 7],
                    "SplMaxHeap.value": [1, 5, 3, 2, 9, 7],
                "->storage": FLAT})

# Texts of characters that join, break, fold or decompose, and pieces of them.
_RUNES = ("abAB eE\u00e9\u00c9\u00df\u0301\u0308\u0323\u0327\u0345\u00e5\u212b\u1e9b\ufb01\u0130\u0131\u017f"
          "\u00b2\u2460\u0661\u0391\u03b1\u03c2\u03c3\u1f80\u0439"
          "\u0438\u0306\u1100\u1161\u11a8\uac00\uac01\ud55c\u0e33\u0e40\u0915\u094d\u0937\u200d\u200c\u00ad"
          "\ufe0f\u0001\r\n"
          "\U0001f600\U0001f468\U0001f469\U0001f3fd\U0001f1e9\U0001f1ea\u304b\u3099\u65e5\U0002f800\uff76\uff9e"
          "\u0600\u0e01\u0958\u2126\u1e0b\u0344")


def _texts(count, seed):
    chance = random.Random(seed)
    return ["".join(chance.choices(_RUNES, k=chance.choice([1, 2, 3, 5, 8, 12]))) for _ in range(count)]


def _searches(count, seed):
    chance, found = random.Random(seed), []
    for text in _texts(count, seed):
        at = chance.randrange(len(text))
        needle = text[at:at + chance.choice([1, 1, 2, 3])]
        needle = chance.choice([needle, needle, unicodedata.normalize("NFD", needle), needle.swapcase(),
                                unicodedata.normalize("NFKC", needle), chance.choice(_RUNES), ""])
        found.append((text, needle, *chance.choice([(), (), (0,), (1,), (2,), (-1,), (-2,), (9,)])))
    return found


UNICODE = MB + _texts(400, 5) + ["plain", "a\r\nb", b"a\x80", b"ab\xff", b"\xc3\xa9\xffab"]
FORMS = [4, 8, 16, 32, 48]
BY_NAME.update({
    **{f"{name}.string": UNICODE for name in ("normalizer_normalize", "normalizer_is_normalized", "grapheme_strlen",
                                              "grapheme_substr")},
    "normalizer_get_raw_decomposition.string": list(_RUNES) + ["", "ab", b"\xff"],
    "normalizer_normalize.form": [*FORMS, 5], "normalizer_is_normalized.form": [*FORMS, 64],
    "normalizer_get_raw_decomposition.form": FORMS[:4],
    "grapheme_substr.offset": [0, 1, 2, -1, -2, 5, -9, 2**40], "grapheme_substr.length": [None, 0, 1, 2, -1, -3, 9,
                                                                                         2**40],
    "grapheme_extract.haystack": UNICODE, "grapheme_extract.size": [0, 1, 2, 3, 5, 9, -1, 2**40],
    "grapheme_extract.type": [0, 1, 2, 0, 1, 2, 3], "grapheme_extract.offset": [0, 0, 1, 2, 3, -1, -4, 50],
    **{f"grapheme_{name}.{of}": UNICODE if of == "haystack" else UNICODE + list(_RUNES)
       for name in ("strpos", "stripos", "strrpos", "strripos", "strstr", "stristr") for of in ("haystack", "needle")},
    **{f"grapheme_{name}.offset": [0, 0, 1, 2, -1, 9] for name in ("strpos", "stripos", "strrpos", "strripos")},
    "mb_strripos.haystack": MB_WHOLE, "mb_strripos.needle": MB_WHOLE, "mb_strripos.offset": [0, 1, -1],
    "mb_detect_encoding.string": MB, "mb_detect_encoding.encodings": [None, "UTF-8", "ASCII", "ISO-8859-1", "cp1252",
        ["ASCII", "UTF-8"], "UTF-8, ASCII", "nope", "", [], '"q"', "a\0b"],
    "mb_detect_encoding.strict": [True],
    "iconv.from_encoding": ["UTF-8", "utf8", "ISO-8859-1", "cp1252", "latin1", "ASCII", "nope", "a b", " utf-8 ",
        "x" * 64],
    "iconv.to_encoding": ["UTF-8", "ASCII", "ISO-8859-1", "Windows-1252", "ASCII//IGNORE", "nope", "1", "[1,2]",
        "UTF-8//"],
    "iconv.string": MB + ["\u20ac", b"a\xe2\x82", b"a\xe2b", b"\x80\x81", b"\xed\xa0\x80", b"\xe9", "\u00ff\u0100"],
    "ini_get.option": ["precision", "default_charset", "mbstring.func_overload", "serialize_precision", ""],
    "setlocale.category": [1, 2, 4], "setlocale.locales": ["C", "0", 0, "POSIX"], "setlocale.rest": ["C"],
})
ALWAYS |= {"mb_detect_encoding"}
SHAPES.update({f"grapheme_{name}": _searches(400, seed) for seed, name in enumerate(("strpos", "stripos", "strrpos",
                                                                                    "strripos"))})
SHAPES.update({f"grapheme_{name}": [(*one[:2], *part) for one in _searches(300, seed) for part in ((), (True,))]
               for seed, name in enumerate(("strstr", "stristr"), 9)})
STRICT |= {"iconv.from_encoding", "iconv.to_encoding", "ini_get.option", "setlocale.category", "setlocale.locales",
    "setlocale.rest",
           "mb_detect_encoding.encodings", "mb_detect_encoding.strict", "mb_strripos.offset",
           "normalizer_get_raw_decomposition.form"}

_ADDRESSES = ["user@example.com", "a.b+c@sub.example.co", "a@b", "user@[192.168.0.1]", "x@-bad.com", "a..b@c.de",
    "u@[IPv6:::1]", "127.0.0.1", "10.0.0.1", "169.254.1.1", "100.64.0.1", "256.1.1.1", "01.2.3.4", "::1", "::",
    "2001:db8::1", "fe80::1:2", "fc00::1", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1::2::3", "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4", "12345::", ":1:2", "1:", "http://example.com", "https://u:p@host.org:80/p?q#f",
    "http://[::1]/", "mailto:a@b.c", "news:x", "file:///tmp", "//host/path", "http://a_b.com", "http://u%4:p@h",
    "http://h?q", "00:1A:2b:3c:4d:5e", "00-1A-2b-3c-4d-5g", "001A.2b3c.4d5e", "example.com.", "-a.b", "a-.b", "a" * 64]
_NUMBERS = ["12", " 7 ", "+5", "-0", "+-5", "007", "0x1F", "0X", "0o17", "017", "1e3", "1e", "1,000.5", "1'000",
    "1.234,5", ".5", "5.", ".", "", "abc", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "1e999", "1e-999",
    "yes", "OFF", "on", "2", "TRUE ", "a+1-b", None, 12, 1.5, True, False, ["1", ["x"]], []]
BY_NAME.update({
    "filter_var.value": _ADDRESSES + _NUMBERS,
    "filter_var.filter": [257, 258, 259, 272, 273, 275, 276, 277, 257, 259, 275, 516, 517, 518, 519, 523, 260, 99],
    "filter_var.options": [0, 0, 1, 2, 3, 256, 8192, 0x40000, 0x80000, 0x100000, 0x200000, 0x300000, 0x400000, 0x800000,
        0xc00000, 0x10000000, 0x1000000, 0x4000000, 0x8000000, {"flags": 0x8000000, "options": {"default": "d"}},
        {"options": {"min_range": 1, "max_range": 10, "default": 3}}, {"options": {"regexp": "/^[a-z0-9]+$/"}},
        {"options": {"decimal": ","}, "flags": 8192}, {"options": {"decimal": "ab", "separator": "ab"}},
        {"options": {"thousand": ""}}, {"options": {"separator": "-"}, "flags": 0x1000000}, {"filter": 257}, {}],
})
STRICT |= {"filter_var.filter", "filter_var.options"}

# Addresses at each bound of the filter of e-mail.
_LONG = ".".join(["b" * 63] * 3)
EMAILS = ["user@example.com", "User.Name+tag@Example.CO", "a@b", "a@b.c", "a@b.1", "a@b.c1", "a@1.c", "a@b.c.",
    "a@.b.c",
    "a@b..c", "a@-b.c", "a@b-.c", "a@b--c.d", "a@xn--p1ai.xn--p1ai", "a@b_c.d", "a@b.c-d", "a@b.-c", "a@b.c\n",
    " a@b.c",
    "a@b.c@d.e", "@b.c", "a@", "a", "", ".a@b.c", "a.@b.c", "a..b@c.d", "!#$%&'*+-/=?^_`{|}~@b.c", "a(b@c.d", "a b@c.d",
    "a,b@c.d", "ü@b.c", "a@ü.c", '""@b.c', '"a b"@c.d', '"a@b"@c.d', '"a\\ b"@c.d', '"a\\"b"@c.d', '"a"b"@c.d',
    '"a\\', '"a\x01\x0b\x7f"@b.c', '"a\x00"@b.c', '"\\\x00\\\n"@b.c', '"a\n"@b.c', '"ü"@b.c', '"\\ü"@b.c',
    '"a".b."c"@d.e', 'a"b"@c.d', '"a"b@c.d', "a" * 64 + "@b.c", "a" * 65 + "@b.c", '"' + "a" * 62 + '"@b.c',
    '"' + "a" * 64 + '"@b.c', '"' + "a" * 65 + '"@b.c', '"' + "\\a" * 64 + '"@b.c', '"' + "\\a" * 65 + '"@b.c',
    '"' + "a" * 40 + "@" + "b" * 30 + '"@c.d', '"' + "a" * 66 + '@"@b.c', '"".' + "a" * 70 + "@b.c",
    '"\\\x7f' + "a" * 70 + '"@b.c', "a@" + "b" * 63 + ".c", "a@" + "b" * 64 + ".c", "a@b." + "c" * 64,
    "a@" + _LONG + "." + "c" * 60, "a@" + _LONG + "." + "c" * 61, '"".' + "a" * 60 + "@" + _LONG + "." + "c" * 62,
    '"".' + "a" * 61 + "@" + _LONG + "." + "c" * 63, '"".' + "a" * 62 + "@" + _LONG + "." + "c" * 63,
    "a@" + "b." * 126 + "c", "a@" + "b." * 127 + "c", '"a"."b"."c".d@e.f']
EMAILS += [f"a@[{host}]" for host in ("1.2.3.4", "256.1.1.1", "01.2.3.4", "-0.2.3.4", "1.2.3", "", "IPv6:::",
    "ipv6:::1",
    "IPv6:1::", "::1", "IPv6:1.2.3.4", "IPv6:1:2:3:4:5:6:7:8", "IPv6:1:2:3:4:5:6:7", "IPv6:1:2:3:4:5:6:7:8:9",
    "IPv6:1:2:3::4:5:6", "IPv6:1:2:3::4:5:6:7", "IPv6:::1:2:3:4:5:6", "IPv6:1:2:3:4:5:6::", "IPv6:1:2:3:4:5:6:7::",
    "IPv6:abcd:EF01::", "IPv6:abcde::", "IPv6:g::", "IPv6:1::2::3", "IPv6:1:::2", "IPv6::1:2",
    "IPv6:1:2:3:4:5:6:1.2.3.4",
    "IPv6:1:2:3:4:5:1.2.3.4", "IPv6:::1.2.3.4", "IPv6:1::2:1.2.3.4", "IPv6:1:2::3:4:1.2.3.4", "IPv6:1:2::3:4:5:1.2.3.4",
    "IPv6:1:2:3:4::1.2.3.4", "IPv6:1:2:3:4:5::1.2.3.4", "IPv6:1:::1.2.3.4", "IPv6::1.2.3.4", "IPv6:::-1.2.3.4")]
EMAILS += ["a@[1.2.3.4", "a@1.2.3.4", "a@[1.2.3.4]x", "a@b.[1.2.3.4]", "a@[", "a@[]"]
SEQUENCES += [[("filter_var", text, 274)] for text in EMAILS]
SEQUENCES += [[("filter_var", "a@b.c", 274, 0x100000), ("filter_var", "a", 274, 0x100000), ("filter_var", "a", 274,
    {"options": {"default": "d"}}), ("filter_var", "-0.1.2.3", 275), ("filter_var", "-5.1.2.3", 275)]]

# Files, in the folder that the drivers were started in: what a sequence makes it takes away again.
_TEXT = "one\ntwo\r\n\n\rthree\n\r"
_NUL = "a\x00b"
_ABSENT = "absent/a"
_MADE = [("file_put_contents", "a", _TEXT), ("mkdir", "d")]
_GONE = [("unlink", "a"), ("rmdir", "d")]
FILE_CALLS = [
    [("file_put_contents", path, "x") for path in ("", _NUL, "d", _ABSENT, "a/b")],
    [("file_put_contents", "a", data, flags) for flags in (0, 2, 8, 10)
        for data in (["a", 1, 2.5, None, True, [1]], "x", "", 12, 1.5, None, False)] + [("file_get_contents", "a")],
    [("file_get_contents", path) for path in ("a", "", _NUL, "absent", _ABSENT, "a/b", "a/", "./a", "x" * 300)],
    [("file_get_contents", "a", False, None, offset, length) for offset in (0, 2, 100, -3, -100)
        for length in (None, 0, 2, 100, -1)],
    [("file_get_contents", "a", False, "x"), ("file", "a", 0, 1), ("mkdir", "e", 511, False, []), ("unlink", "a", 1.5)],
    [("file", "a", flags) for flags in (0, 2, 4, 6, 8, 16, 22, 24, 32, -1)],
    [("file", path) for path in ("", _NUL, "absent", "a/b")],
    [("file_put_contents", "a", "\r\n\n\r\r\nz\r"), ("file", "a"), ("file", "a", 2), ("file", "a", 6)],
    [(name, path) for name in ("filesize", "is_file", "is_dir", "file_exists", "is_readable", "is_writable",
        "is_writeable") for path in ("a", "", _NUL, "absent", "a/", "./a", "d/../a", "http://x", "x" * 300)
        if name != "filesize" or "/x" not in path],
    [(name, path) for name in ("is_file", "is_dir", "file_exists", "is_readable", "is_writable")
        for path in ("d", "d/", ".", "..", "/")],
    [("filemtime", path) for path in ("absent", "", _NUL)],
    [("filesize", "a"), ("file_put_contents", "a", "x"), ("filesize", "a"), ("clearstatcache",), ("filesize", "a")],
    [("filesize", "a"), ("file_put_contents", "a", "x"), ("mkdir", "d/e"), ("is_file", "absent"), ("unlink", "absent"),
        ("file_exists", "d"), ("copy", "a", "b"), ("filesize", "a"), ("rmdir", "d/e"), ("filesize", "a"),
        ("is_dir", "d"), ("unlink", "b"), ("is_file", "b")],
    [("filesize", "a"), ("rename", "a", "b"), ("is_file", "a"), ("filesize", "b"), ("copy", "b", "a"),
        ("file_put_contents", "b", "x"), ("copy", "a", "b"), ("filesize", "b"), ("unlink", "b")],
    [("unlink", path) for path in ("absent", "", _NUL, "d", "d/", "a/b")],
    [("rmdir", path) for path in ("absent", "", _NUL, "a", "a/", ".", "..")],
    [("mkdir", "d/e/f"), ("mkdir", "d/e/f", 0o755, True), ("rmdir", "d"), ("mkdir", "d/e/f", 0o700, True), ("is_dir",
        "d/e/f"), ("rmdir", "d/e/f"), ("rmdir", "d/e")],
    [("mkdir", path, 0o777, recursive) for path in ("", _NUL, "d", "d/", ".", "/", "a/b", "a/b/..", "absent/../d")
        for recursive in (False, True)],
    [("mkdir", "d/x/../y/z/", 0o777, True), ("scandir", "d"), ("rmdir", "d/y/z"), ("rmdir", "d/y")],
    [("rename", *paths) for paths in (("absent", "b"), ("a", _ABSENT), ("a", "d"), ("d", "a"), ("", "b"), ("a", ""),
        (_NUL, "b"), ("a", _NUL), ("a", "a"), ("d", "d/e/f"))],
    [("copy", *paths) for paths in (("absent", "b"), ("a", _ABSENT), ("a", "d"), ("d", "b"), ("", "b"), ("a", ""),
        (_NUL, "b"), ("a", _NUL), ("a", "a"), ("a", "./a"))],
    [("scandir", path) for path in (".", "d", "absent", "", _NUL, "a")] + [("scandir", ".", order)
        for order in (0, 1, 3, -1)],
    [("realpath", path) for path in ("absent", "/", "//", "/..", _NUL, "a/", "a/.", "a/..", "absent/..")],
    [("sys_get_temp_dir",), ("clearstatcache", True, "a")],
]
SEQUENCES += [_MADE + calls + _GONE for calls in FILE_CALLS]
NOT_CALLED |= {name for calls in FILE_CALLS for name, *_ in calls} - {"is_file", "is_dir", "file_exists"}
NEVER_CALLED["getcwd"] = "is another folder for each driver"
NEVER_CALLED.update(dict.fromkeys((
    "fopen fclose feof fread fwrite fputs fgets fgetc fflush ftell fseek rewind ftruncate fstat flock "
    "fpassthru readfile stream_get_contents stream_get_line stream_copy_to_stream stream_get_meta_data tmpfile "
    "fputcsv fgetcsv fprintf vfprintf opendir readdir rewinddir closedir get_resource_id").split(),
    "has a stream for its argument: src/php_convert/testdata/programs/streams.php calls it"))

_DATES = ["2024-02-29", "2024-2-3", "2024/02/30", "1/31/2024", "31-01-2024", "1.2.2024", "15 January 2024",
    "3rd Mar 2024", "15-Feb-2024", "Sept 5, 2024", "january 2025", "May", "2024-06", "Mon, 15 Jan 2024",
    "0000-00-00", "9999-12-31"]
_CLOCKS = ["10:30", "9:05:07", "23:59:59.25", "24:00", "12am", "12:30 pm", "3:07:09PM", "10:30:00 UTC",
    "00:00:00+02:00", "08:15 -0330"]
_RELATIVE = ["now", "today", "midnight", "noon", "tomorrow", "yesterday", "+1 day", "-2 weeks", "3 months ago",
    "1 year 2 months ago", "+36 hours", "-90 minutes", "45 secs", "+2 fortnights", "next month", "last year",
    "previous day", "this week", "next week", "last week", "monday", "next monday", "last friday", "this Sun",
    "+2 tuesday", "monday next week", "sunday this week", "first day of next month", "last day of february 2024",
    "last day of", "first day of january", "first monday of january 2025", "last sat of July 2008",
    "third fri of next month", "+3 weekdays", "7 weekdays ago", "-0 weekday", "next weekday", "12 weekdays",
    "second tuesday of", "sixth month"]
_NO_DATES = ["", "2024-13-01", "2024-12-32", "31/12/2024", "12/32/2024", "invalid", "Garbage in", "yonder"]
STRTOTIME = _DATES + _CLOCKS + _RELATIVE + _NO_DATES + ["@0", "@-86400", "@1700000000", " 2024-01-01\n",
    "2024-01-15T10:30:00Z", "2024-01-15T10:30:00.123+05:30"]
_DATES.remove("May")  # and a number would be a day of it
_SOME = [one for one in _RELATIVE if one != "noon" and "weekday" not in one and "january" not in one]
STRTOTIME += [f"{one} {two}" for first, second in ((_DATES, _CLOCKS[:7]), (_SOME, _CLOCKS[:7]),
    (_DATES, ["+1 day", "-2 months", "first day of", "last day of", "monday", "next week", "noon", "12 weekdays"]))
    for i, one in enumerate(first) for two in second[i % 3::3]]
SHAPES["strtotime"] = [(text, TIMES[i % len(TIMES)]) for i, text in enumerate(STRTOTIME)]
ONLY_SHAPES |= {"strtotime"}
STRICT |= {"localtime.timestamp"}
ALWAYS |= {"localtime", "strtotime"}
BY_NAME["hash.data"] = ["", "abc", "a\x00b"] + ["".join(map(chr, (33 + i * i % 89 for i in range(n))))
    for n in [*range(1, 36), 63, 64, 65, 96, 97, 127, 128, 129, 144, 159, 160,
        200, 239, 240, 241, 300, 1024, 1025, 1088, 3000]]
BY_NAME["extension_loaded.extension"] = ["mbstring", "Core", "nope", "SPL", "json", "", "date", "spl standard"]
