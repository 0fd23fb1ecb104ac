<?php
// Patterns about as large as PCRE takes.
foreach ([
    '/(?:a|bc){1,%d}/' => [2979, 2980], '/(a.\d){0,%d}/' => [3440, 3460], '/(?:ab){%d}/' => [6552, 6553],
    '/^\s*+(?:\S++\s*+){1,%d}/u' => [3120, 3121, 5000], '/(?:(a)(?=b)){1,%d}/' => [2000, 2115],
    '/(?:\w){%d,}/' => [9361, 9362], '/(?:(?>a)+){3,%d}/' => [2900, 3122], '/(?:\p{L}a){1,%d}/' => [3641, 3642],
    '/x{3,%d}y{,3}.{65535}/s' => [65535],
] as $pattern => $counts) {
    foreach ($counts as $count) {
        var_dump(preg_match(sprintf($pattern, $count), 'abc abc'));
    }
}
var_dump(preg_match('/(' . str_repeat('.{65535}', 20000) . ')/us', 'racecar'));
var_dump(preg_match('/' . str_repeat('x', 32700) . '/', 'x'), preg_match('/' . str_repeat('x', 33000) . '/', 'x'));
foreach (['/(?:\S++\s*+){1,100000}/u', '/x{70000}/', '/x{123456,}/', '/x{65536}/', '/ab{2,655360}c/'] as $pattern) {
    var_dump(preg_match($pattern, 'x'));
}
// What stands for a grapheme or a line's end is counted, not written out.
foreach ([
    '/(\X{65535})/u', '/(\R{65535})/', '/\X{3,65535}y/u', '/(?:\X{2}){6552}/u', '/(?:\X{2}){6553}/u',
    '/(\X\R){65535}/u',
] as $pattern) {
    var_dump(preg_split($pattern, "5\n6", -1, PREG_SPLIT_DELIM_CAPTURE | PREG_SPLIT_NO_EMPTY));
}
var_dump(preg_match('/^\X{2}\R{1,2}$/u', "e\u{301}x\r\n\n"), preg_match('/^\R{3}$/', "\r\n\n"));
// A function named by a value makes the variable that it fills; what takes no reference finds it unset.
function found(string $match, string $pattern): mixed
{
    set_error_handler(static function ($level, $message) { throw new RuntimeException($message); });
    try {
        if ($match($pattern, 'abcb', $found) === false) {
            return preg_last_error_msg();
        }
    } catch (RuntimeException $e) {
        return (isset($found) ? 'set, ' : 'unset, ') . $e->getMessage();
    } finally {
        restore_error_handler();
    }
    return $found;
}
foreach (['/b(c)?/', '/(/', 'b', '', '/b', '/b/k', "\0b\0"] as $pattern) {
    echo json_encode([found('preg_match', $pattern), found('preg_match_all', $pattern)]), "\n";
}
echo found('max', ''), "\n";
$type = 'gettype';
var_dump($type($nowhere), isset($nowhere), (fn($of) => $of($type))('strlen'));
// A quantifier follows what can be repeated; what PCRE leaves out may stand between.
foreach ([
    '/^{3,}[ ]*$/', '/^*a/', '/$+/', '/\A+a/', '/\b+a/', '/\K+a/', '/(?i)+a/', '/a{2}{3}/', '/a**/', '/\z{2}/',
    '/({3,})/', '/a(*F)+/', '/a(*SKIP)+/', '/\Qb\E{2}*/', '/\Q\E+a/', '/(?=a)+a/', '/a(?#x)+/', '/a\E+/', '/a\Q\E+/',
    '/{,3}|a{2}{x/', '/a+ +a/x', '/a+ ?/x', '/a+(?#c)?/', '/a+\E+a/',
] as $pattern) {
    var_dump(preg_match($pattern, 'aaa', $found), $found);
}
