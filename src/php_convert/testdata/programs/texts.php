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
