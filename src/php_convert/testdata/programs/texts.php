<?php
// Normalisation, graphemes, encodings and settings.
class Text
{
    public function __construct(private string $text)
    {
        normalizer_is_normalized($this->text) ?: $this->text = normalizer_normalize($this->text);
    }

    public function at(string $needle, bool $fold): ?int
    {
        $indexOf = $fold ? 'grapheme_stripos' : 'grapheme_strpos';
        $i = $indexOf($this->text, $needle);
        return false === $i ? null : $i;
    }

    public function slice(int $start, ?int $length = null): string
    {
        return (string) grapheme_substr($this->text, $start, $length ?? 2147483647);
    }
}

function show(mixed ...$values): void
{
    echo implode(' ', array_map(fn ($v) => is_string($v) ? bin2hex($v) : json_encode($v), $values)), "\n";
}

/** The name of an error of preg. */
function preg_error_name(int $error): string
{
    foreach (get_defined_constants(true)['pcre'] as $name => $value) {
        if ($error === $value && '_ERROR' === substr($name, -6)) {
            return $name;
        }
    }
    return 'none';
}

$text = new Text("e\u{301}le\u{300}ve \u{1F468}\u{200D}\u{1F469}");
show($text->at("le\u{300}", false), $text->at('LÈ', true), $text->at('x', false), $text->slice(0, 2), $text->slice(-1));
foreach ([Normalizer::NFC, Normalizer::FORM_D, Normalizer::NFKC, Normalizer::FORM_KD, Normalizer::NFKC_CF] as $form) {
    show(Normalizer::normalize("\u{FB01}\u{1E9B}\u{323}\u{AC01}", $form), Normalizer::isNormalized("\u{1E9B}\u{323}", $form));
}
show(normalizer_get_raw_decomposition("\u{1E9B}"), Normalizer::normalize("\xff"), grapheme_strlen("\xff"));
$next = null;
for ($at = 0; false !== $one = grapheme_extract("a\u{308}\r\nb", 1, GRAPHEME_EXTR_COUNT, $at, $next); $at = $next) {
    show($one, $next);
}
try {
    Normalizer::normalize('a', 5);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
show(@preg_match('/./u', "\xff"), preg_error_name(preg_last_error()), preg_error_name(99));
show(iconv('UTF-8', 'ISO-8859-1', 'é'), mb_convert_encoding("\x80", 'UTF-8', 'Windows-1252'), mb_detect_encoding('é', 'UTF-8', true));
show(mb_strripos('aÉbé', 'É'), setlocale(LC_NUMERIC, 0), ini_get('precision'), ini_get('mbstring.func_overload'));

// What filter_var() takes and what it makes of it.
$texts = ['12', ' 7 ', '+5', '-0', '007', '0x1F', '0o17', '1e3', '1,000.5', '.5', '', 'abc', '9223372036854775808', '-9223372036854775808',
    'yes', 'OFF', '2', 'TRUE '];
foreach (['int' => FILTER_VALIDATE_INT, 'float' => FILTER_VALIDATE_FLOAT, 'bool' => FILTER_VALIDATE_BOOL] as $name => $id) {
    echo $name;
    foreach ($texts as $text) {
        echo ' ', json_encode(filter_var($text, $id)), json_encode(filter_var($text, $id, FILTER_NULL_ON_FAILURE));
    }
    echo "\n";
}
var_dump(
    filter_var('0x1F', FILTER_VALIDATE_INT, FILTER_FLAG_ALLOW_HEX),
    filter_var('017', FILTER_VALIDATE_INT, ['flags' => FILTER_FLAG_ALLOW_OCTAL]),
    filter_var('15', FILTER_VALIDATE_INT, ['options' => ['min_range' => 1, 'max_range' => 10, 'default' => 3]]),
    filter_var('1.234,5', FILTER_VALIDATE_FLOAT, ['options' => ['decimal' => ','], 'flags' => FILTER_FLAG_ALLOW_THOUSAND]),
    filter_var(['1', 'x', ['2']], FILTER_VALIDATE_INT, FILTER_REQUIRE_ARRAY),
    filter_var([1], FILTER_VALIDATE_INT),
    filter_var('a1', FILTER_VALIDATE_REGEXP, ['options' => ['regexp' => '/^[a-z]\d$/']]),
    filter_var('a+1 b', FILTER_SANITIZE_NUMBER_INT),
    filter_var(12.5),
    filter_var(new stdClass, FILTER_VALIDATE_INT),
);
$addresses = ['user@example.com', 'a.b+c@sub.example.co', 'a@b', 'user@[192.168.0.1]', '"q s"@example.com', 'x@-bad.com',
    'a..b@example.com', 'ü@example.com', '127.0.0.1', '10.0.0.1', '256.1.1.1', '1.2.3', '01.2.3.4', '::1', '2001:db8::1',
    'fe80::1:2', '1:2:3:4:5:6:7:8', '1::2::3', '::ffff:1.2.3.4', 'http://example.com', 'https://u:p@host.org:80/p?q#f',
    'http://ex ample.com', 'mailto:a@b.c', 'http://[::1]/', '//host/path', 'ftp://-x', 'http://a_b.com', 'file:///tmp',
    '00:1A:2b:3c:4d:5e', '00-1A-2b-3c-4d-5g', '001A.2b3c.4d5e', 'example.com.', 'a..b', '-a.b'];
foreach ($addresses as $text) {
    echo $text;
    foreach ([FILTER_VALIDATE_IP, FILTER_VALIDATE_URL, FILTER_VALIDATE_MAC, FILTER_VALIDATE_DOMAIN] as $id) {
        echo ' ', filter_var($text, $id) === $text ? 'yes' : 'no';
    }
    echo ' ', json_encode(filter_var($text, FILTER_VALIDATE_IP, FILTER_FLAG_NO_PRIV_RANGE | FILTER_FLAG_NO_RES_RANGE));
    echo ' ', json_encode(filter_var($text, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6));
    echo ' ', json_encode(filter_var($text, FILTER_VALIDATE_DOMAIN, FILTER_FLAG_HOSTNAME)), "\n";
}
try {
    filter_var('a', FILTER_VALIDATE_REGEXP);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump(filter_var('a', 99));
