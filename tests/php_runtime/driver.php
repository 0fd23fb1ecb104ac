<?php
// Calls PHP's functions as told: a call a line on standard input, its outcome a line on standard output.
//
// A call is the function's name and its arguments between tabs; & before an argument passes it by reference. The outcome
// is the result or E with the exception's class and message, then each argument passed by reference, then what was
// printed, warnings included as "[level] message". Values: N, T, F, i12; d and the 16 hex digits of the float; s and the
// bytes; with %XX for what is not printable; a, keys and values in turn, e; o likewise for a stdClass.
ini_set('memory_limit', '512M');
set_error_handler(function (int $level, string $message) {
    echo "[$level] $message\n";
    return true;
});

function cb_cmp($a, $b) { return $a <=> $b; }
function cb_rcmp($a, $b) { return $b <=> $a; }
function cb_bool($a, $b) { return $a > $b; }
function cb_type($a) { return gettype($a); }
function cb_truth($a) { return (bool)$a; }
function cb_pair($a, $b) { return [$a, $b]; }
function cb_list(...$a) { return $a; }
function cb_throw(...$a) { throw new RuntimeException('thrown by a callback', 5); }
function cb_ref(&$a, $b) { $a = [$a, $b]; }
function cb_upper($a) { return strtoupper($a); }
function cb_handler($level, $message) { echo "handled $level $message\n"; return true; }
function cb_pass($level, $message) { return false; }
function cb_wrap($a) { return '<' . (is_array($a) ? $a[0] ?? '' : $a) . '>'; }

function escaped(string $s): string {
    static $codes = null; // without preg, whose last error is among what is compared
    if ($codes === null) {
        foreach ([...range(0, 31), 37, 59, ...range(127, 255)] as $c) $codes[chr($c)] = sprintf('%%%02X', $c);
    }
    return strtr($s, $codes);
}

function encode($v, int $depth = 0): string {
    if ($depth > 20) return '...';
    switch (true) {
        case $v === null: return 'N';
        case is_bool($v): return $v ? 'T' : 'F';
        case is_int($v): return "i$v;";
        case is_float($v): return is_nan($v) ? 'dNAN;' : 'd' . bin2hex(pack('E', $v)) . ';';
        case is_string($v): return 's' . escaped($v) . ';';
        case $v instanceof Closure: return 'C';
        case is_object($v) && get_class($v) !== 'stdClass': return 'O' . get_class($v) . ';';
        case is_object($v): return 'OstdClass;' . encode((array)$v, $depth + 1);
        case is_array($v):
            $text = 'a';
            foreach ($v as $k => $x) $text .= encode($k) . encode($x, $depth + 1);
            return $text . 'e';
    }
    return '?' . gettype($v) . ';';
}

function text(string $s, int &$at): string {
    $end = strpos($s, ';', $at);
    $text = substr($s, $at, $end - $at);
    $at = $end + 1;
    return $text;
}

function decode(string $s, int &$at) {
    switch ($s[$at++]) {
        case 'N': return null;
        case 'T': return true;
        case 'F': return false;
        case 'i': return (int)text($s, $at);
        case 'd': return unpack('E', hex2bin(text($s, $at)))[1];
        case 's': return rawurldecode(text($s, $at));
        case 'a': return decode_array($s, $at);
        case 'o': return (object)decode_array($s, $at);
    }
    throw new LogicException("bad encoding: $s");
}

function decode_array(string $s, int &$at): array {
    $a = [];
    while ($s[$at] !== 'e') {
        $k = decode($s, $at);
        $a[$k] = decode($s, $at);
    }
    $at++;
    return $a;
}

// Several calls in a line, with | between, share what the first have changed.
function outcome(string $line): string {
    ob_start();
    $level = ob_get_level();
    $outcomes = [];
    foreach (explode("\t|\t", $line) as $call) {
        $outcomes[] = one_outcome($call);
    }
    $printed = '';
    while (ob_get_level() >= $level) $printed = ob_get_clean() . $printed;
    return implode("\t|\t", $outcomes) . "\t" . encode($printed);
}

// "new:Class" makes the object that "->method" is called on afterwards.
function called(string $name, array $arguments) {
    static $object = null;
    if (str_starts_with($name, 'new:')) {
        $object = new (substr($name, 4))(...$arguments);
        return null;
    }
    return str_starts_with($name, '->') ? [$object, substr($name, 2)](...$arguments) : $name(...$arguments);
}

function one_outcome(string $call): string {
    $fields = explode("\t", $call);
    $name = array_shift($fields);
    $arguments = $refs = [];
    foreach ($fields as $i => $field) {
        $at = $field[0] === '&' ? 1 : 0;
        $arguments[$i] = decode($field, $at);
        if ($field[0] === '&') {
            $refs[] = &$arguments[$i];
        }
    }
    try {
        $result = encode(called($name, $arguments));
    } catch (Throwable $e) {
        $result = 'E' . get_class($e) . ': ' . escaped($e->getMessage()) . ';';
    }
    foreach ($refs as $ref) $result .= "\t" . encode($ref);
    return $result;
}

while (($line = fgets(STDIN)) !== false) {
    fwrite(STDOUT, outcome(rtrim($line, "\n")) . "\n");
}
