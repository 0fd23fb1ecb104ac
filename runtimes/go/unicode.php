<?php
// Writes what the runtimes of Go and C++ know of characters beyond their case: decompositions, combining classes,
// boundaries of graphemes, the folding of NFKC_Casefold and which characters PHP's search of graphemes takes to be the
// same. All of it is what PHP's own intl answers (ICU 72, Unicode 15), so that a converted program answers alike; the
// data are Unicode's, under its licence (https://www.unicode.org/license.txt).
//
//   php -n -d extension=intl runtimes/go/unicode.php go > runtimes/go/php/unicode_tables.go
//   php -n -d extension=intl runtimes/go/unicode.php cpp > src/php_runtime/unicode_text_tables.h
//
// A table is one string of numbers: base 32, the lowest digits first, each in a character of ALPHABET, of which those of
// the upper half say that another follows. Signed ones are zigzag. Code points are written as the gap since the last one.
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
ini_set('memory_limit', '1G');

function number(int $n): string {
    $out = '';
    for (; $n > 31; $n >>= 5) $out .= ALPHABET[32 + ($n & 31)];
    return $out . ALPHABET[$n];
}

function signed(int $n): string { return number($n < 0 ? -2 * $n - 1 : 2 * $n); }

/** The code points that are characters and no surrogates. */
function code_points(): iterable {
    for ($c = 0; $c < 0x110000; $c++) {
        if ($c === 0xd800) $c = 0xe000;
        if ($c === 0xf0000) return;  // private ones to the end
        yield $c;
    }
}

/** @return int[] */
function runes(string $text): array {
    return $text === '' ? [] : array_map('IntlChar::ord', preg_split('//u', $text, -1, PREG_SPLIT_NO_EMPTY));
}

/** Runs [first, last, value] of code points with the same value that is not null. */
function runs(callable $value): array {
    $found = [];
    foreach (code_points() as $c) {
        $v = $value($c);
        if ($v === null) continue;
        $last = count($found) - 1;
        if ($last >= 0 && $found[$last][1] === $c - 1 && $found[$last][2] === $v) $found[$last][1] = $c;
        else $found[] = [$c, $c, $v];
    }
    return $found;
}

/** gap, count, value of each run. */
function run_table(array $runs, bool $valued = true): string {
    [$out, $next] = ['', 0];
    foreach ($runs as [$first, $last, $value]) {
        $out .= number($first - $next) . number($last - $first) . ($valued ? signed($value) : '');
        $next = $last + 1;
    }
    return $out;
}

/** gap, 2 * length + mark, and the code points of each entry, as distances from those of the entry before. */
function text_table(array $texts): string {
    [$out, $next, $before] = ['', 0, []];
    foreach ($texts as $c => [$text, $mark]) {
        $out .= number($c - $next) . number(2 * count($text) + $mark);
        foreach ($text as $i => $r) {
            $out .= signed($r - ($before[$i] ?? 0));
            $before[$i] = $r;
        }
        $next = $c + 1;
    }
    return $out;
}

// ---- Normalisation ----

function is_hangul(int $c): bool { return $c >= 0xac00 && $c < 0xac00 + 11172; }

function decompositions(): array {
    $found = [];
    foreach (code_points() as $c) {
        if (is_hangul($c)) continue;
        $s = IntlChar::chr($c);
        $canonical = Normalizer::getRawDecomposition($s);
        $raw = $canonical ?? Normalizer::getRawDecomposition($s, Normalizer::NFKC);
        if ($raw !== null) $found[$c] = [runes($raw), $canonical === null ? 1 : 0];
    }
    return $found;
}

/** What NFKC_Casefold makes of a character, where that is not what it makes of its decomposition. */
function foldings(): array {
    $found = [];
    foreach (code_points() as $c) {
        $s = IntlChar::chr($c);
        $folded = Normalizer::normalize($s, Normalizer::NFKC_CF);
        if ($folded !== '' && $folded !== Normalizer::normalize($s, Normalizer::NFKC)) {
            $found[$c] = Normalizer::normalize($folded, Normalizer::NFD);
        }
    }
    $kept = [];
    foreach ($found as $c => $folded) {
        $parts = '';
        foreach (runes(Normalizer::normalize(IntlChar::chr($c), Normalizer::NFKD)) as $r) {
            $parts .= $r === $c ? '?' : $found[$r] ?? IntlChar::chr($r);
        }
        if (Normalizer::normalize($parts, Normalizer::NFD) !== $folded) $kept[$c] = [runes($folded), 0];
    }
    return $kept;
}

function folded(string $s): string {
    return Normalizer::normalize(Normalizer::normalize($s, Normalizer::NFKC_CF), Normalizer::NFKD);
}

// ---- Graphemes ----

function break_property(int $c): ?int {
    if (is_hangul($c)) return null;
    $property = IntlChar::getIntPropertyValue($c, IntlChar::PROPERTY_GRAPHEME_CLUSTER_BREAK);
    if ($property === 0) return IntlChar::hasBinaryProperty($c, 64) ? 31 : null;  // Extended_Pictographic
    return $property;
}

// ---- Search, by the root collation ----

class Keys {
    private array $keys = [];
    private string $none;

    public function __construct(private Collator $collator) { $this->none = $collator->getSortKey(''); }

    public function of(string $s): ?string {
        $key = $this->keys[$s] ??= $this->collator->getSortKey($s);
        return $key === $this->none ? null : $key;
    }
}

function keys(int $strength): Keys {
    $collator = new Collator('root');
    $collator->setStrength($strength);
    return new Keys($collator);
}

/** Whether a character has a weight of its own that no other shares: unified ideographs, syllables, private ones. */
function is_alone(int $c): bool {
    return is_hangul($c) || IntlChar::charType($c) === 0 || IntlChar::hasBinaryProperty($c, 17)
        || IntlChar::charType($c) === IntlChar::CHAR_CATEGORY_PRIVATE_USE_CHAR
        || $c >= 0x17000 && $c < 0x18d00;  // Tangut
}

function is_ignored(Keys $keys, int $c): bool { return !is_alone($c) && $keys->of(IntlChar::chr($c)) === null; }

/** The distance to the first character that the search takes to be the same, among those of $stands. */
function same(Keys $keys, callable $stands): array {
    $first = [];
    return runs(function ($c) use ($keys, $stands, &$first) {
        if (is_alone($c) || !$stands($c) || ($key = $keys->of(IntlChar::chr($c))) === null) return null;
        $distance = ($first[$key] ??= $c) - $c;
        return $distance === 0 ? null : $distance;
    });
}

$tertiary = keys(Collator::TERTIARY);
$secondary = keys(Collator::SECONDARY);
$atomic = fn($c) => Normalizer::isNormalized(IntlChar::chr($c), Normalizer::NFD);
$is_unfolded = fn($c) => !is_alone($c) && $atomic($c) && folded(IntlChar::chr($c)) !== IntlChar::chr($c)
    && $secondary->of(folded(IntlChar::chr($c))) !== $secondary->of(IntlChar::chr($c));
$stays = fn($c) => $atomic($c) && ($is_unfolded($c) || folded(IntlChar::chr($c)) === IntlChar::chr($c));

$tables = [
    'decompositions' => text_table(decompositions()),
    'combining' => run_table(runs(fn($c) => IntlChar::getCombiningClass($c) ?: null)),
    'uncomposed' => run_table(runs(fn($c) => is_hangul($c) ? null
        : (IntlChar::hasBinaryProperty($c, IntlChar::PROPERTY_FULL_COMPOSITION_EXCLUSION) ? 0 : null)), false),
    'foldings' => text_table(foldings()),
    'foldedAway' => run_table(runs(fn($c) => Normalizer::normalize(IntlChar::chr($c), Normalizer::NFKC_CF) === '' ? 0 : null), false),
    'breaks' => run_table(runs('break_property')),
    'ignored' => run_table(runs(fn($c) => is_ignored($tertiary, $c) && is_ignored($secondary, $c) ? 0 : null), false),
    'same' => run_table(same($tertiary, $atomic)),
    'sameFolded' => run_table(same($secondary, $stays)),
    'unfolded' => run_table(runs(fn($c) => $is_unfolded($c) ? 0 : null), false),
];
fwrite(STDERR, implode(' ', array_map(fn($n, $t) => "$n " . strlen($t), array_keys($tables), $tables)) . "\n");

const ABOUT = [
    'decompositions' => 'Code point, 2 * length + (1: compatibility only), its decomposition by one step.',
    'combining' => 'Runs with their combining class.',
    'uncomposed' => 'Runs of those whose decomposition is not composed again.',
    'foldings' => 'Code point, 2 * length, what NFKC_Casefold makes of it (NFD).',
    'foldedAway' => 'Runs of those that NFKC_Casefold drops.',
    'breaks' => 'Runs with their Grapheme_Cluster_Break in ICU\'s numbers, 31 for Extended_Pictographic; without syllables.',
    'ignored' => 'Runs of those that a search passes over.',
    'same' => 'Runs with the distance to the character that a search takes to be the same.',
    'sameFolded' => 'The same, without regard to case.',
    'unfolded' => 'Runs of those that differ from what they fold to even so.',
];
$go = ($argv[1] ?? 'go') === 'go';
echo "// Code generated by runtimes/go/unicode.php from PHP's intl (Unicode 15); DO NOT EDIT.\n";
echo "//\n// The data are Unicode's: Copyright (c) 1991-2022 Unicode, Inc., https://www.unicode.org/license.txt.\n";
echo $go ? "\npackage php\n" : "// clang-format off\n#pragma once\n\n#include <string_view>\n\nnamespace banyan::php_runtime {\n";
foreach ($tables as $name => $table) {
    $named = ($go ? 'unicode' : 'kUnicode') . ucfirst($name);
    echo "\n// " . ABOUT[$name] . "\n";
    echo $go ? "const $named = \"\" +\n" : "inline constexpr std::string_view $named =\n";
    $lines = array_map(fn($line) => ($go ? "\t" : '    ') . "\"$line\"", str_split($table, $go ? 116 : 112));
    echo implode($go ? " +\n" : "\n", $lines), $go ? "\n" : ";\n";
}
echo $go ? '' : "\n}  // namespace banyan::php_runtime\n";
