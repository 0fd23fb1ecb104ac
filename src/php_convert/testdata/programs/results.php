<?php
// Results by reference of calls that end with an exception.
function thrower(string $where, array $found): string
{
    static $calls = 0;
    if (++$calls % 2 === 0) {
        throw new RuntimeException($where . ' ' . $found[0]);
    }
    return '<' . $found[0] . '>';
}

final class Speechless
{
    public function __toString(): string
    {
        throw new LogicException('no words');
    }
}

function typed(): void
{
    $count = 7;
    try {
        echo preg_replace_callback('/[a-z]/', fn (array $found) => thrower('one', $found), 'abc', -1, $count);
    } catch (RuntimeException $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    $count = 7;
    try {
        echo preg_replace_callback(['/[a-z]/', '/</'], fn (array $found) => thrower('two', $found), ['x', 'y', 'z'], -1, $count);
    } catch (RuntimeException $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    $count = 7;
    try {
        echo preg_replace_callback_array(['/[a-z]/' => fn (array $found) => thrower('three', $found)], 'abc', -1, $count);
    } catch (RuntimeException $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    $count = 7;
    try {
        echo str_replace(['a', new Speechless()], 'b', 'aaa', $count);
    } catch (LogicException $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    $count = 7;
    try {
        echo str_ireplace('a', 'b', ['Aa', new Speechless(), 'a'], $count);
    } catch (LogicException $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    $count = 7;
    try {
        echo preg_replace('/a/', 'b', ['aa', new Speechless()], -1, $count);
    } catch (LogicException $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    $count = 7;
    try {
        echo preg_filter('/a/', [new Speechless()], 'aa', -1, $count);
    } catch (Throwable $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
}
typed();

// Kept elsewhere than in a variable.
$kept = ['count' => 'old', 'found' => 'old'];
try {
    echo preg_replace_callback('/[a-z]/', fn (array $found) => thrower('four', $found), 'abc', -1, $kept['count']);
} catch (RuntimeException $e) {
    echo $e->getMessage(), "\n";
}
try {
    preg_match('/a/', 'a', $kept['found'], 1);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump($kept);
$object = new stdClass();
try {
    preg_match_all('/a/', 'a', $object->found, PREG_SET_ORDER | PREG_PATTERN_ORDER);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump((array) $object);
$found = 'old';
$shared = &$found;
try {
    preg_match('/a/', 'a', $found, 4);
} catch (ValueError $e) {
    echo $e->getMessage(), "\n";
}
var_dump($shared);
function flags(int $flags): void
{
    $found = ['x'];
    try {
        var_dump(preg_match('/(a)(b)?/', 'a', $found, $flags));
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($found);
    $found = ['x'];
    try {
        var_dump(preg_match_all('/(a)(b)?/', 'aa', $found, $flags));
    } catch (ValueError $e) {
        echo $e->getMessage(), "\n";
    }
    echo json_encode($found), "\n";
}
foreach ([0, 1, 2, 3, 8, 255, 256, 512, 768, 1024, 257, -1] as $flags) {
    echo "flags $flags\n";
    flags($flags);
}
set_error_handler(function (int $number, string $text): bool {
    throw new ErrorException($text, 0, $number);
});
$found = 'before';
$count = 'before';
foreach (['/(/', 'a', '', '/a/k'] as $pattern) {
    try {
        preg_match($pattern, 'a', $found);
    } catch (ErrorException $e) {
        echo $e->getMessage(), "\n";
    }
    try {
        preg_match_all($pattern, 'a', $found);
    } catch (ErrorException $e) {
        echo $e->getMessage(), "\n";
    }
    try {
        preg_replace($pattern, 'b', 'a', -1, $count);
    } catch (ErrorException $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($found, $count);
    $count = 'before';
    try {
        preg_replace_callback($pattern, 'strrev', 'a', -1, $count);
    } catch (Throwable $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    try {
        str_replace('a', ['b'], ['a', 'aa'], $count);
        str_replace('a', 'b', [['a'], 'aa'], $count);
    } catch (Throwable $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
    try {
        str_replace(['a'], [[]], 'aa', $count);
    } catch (Throwable $e) {
        echo $e->getMessage(), "\n";
    }
    var_dump($count);
}
