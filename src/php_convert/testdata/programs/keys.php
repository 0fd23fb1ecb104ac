<?php
// When keys of places are worked out, and what PHP's compiler makes of operands and of some calls.

function attempt(callable $what): void {
    try {
        var_dump($what());
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage(), "\n";
    }
}

function said($value) {
    echo '(', json_encode($value), ')';
    return $value;
}

class Shelf {
    public $boards = [];
    public $below = null;

    public function opened() {
        echo '(opened)';
        return $this;
    }

    public function put($books) {
        foreach ($books as $i => $book) {
            $this->boards[said($book)][] = said($i);
            $this->boards[$book]['count'] = count($this->boards[$book] ?? []);
        }
        $this->opened()->boards[said('x')]['y'] = said('z');
        return $this->boards;
    }
}

// All keys come before the value, and the value before the place.
$all = [];
$all[said('a')][] = said(1);
$all[said('b')][said('c')] = said(2);
$all[said('b')][said('c')] .= said('!');
$all[said('b')][said('d')][said('e')] = $all[said('b')]['c'];
$all['n'][said('o')]['p'] = $none['q'] ?? said(3);
$all['n'][said('o')]['r'] = [$all['n']['o'], said(4)];
$all[][said('s')] = said(5);
echo json_encode($all), "\n";
$i = 0;
$all[$i++][] = $i;
$all[$i++][$i] = $i++;
$all[0][$i]['t'] = $i = 7;
$all['up']['k'] = 1;
$all['up'][said('k')]++;
attempt(fn() => $all['up'][said('k')]++ + ++$all['up'][said('k')]);
echo json_encode($all), "\n";
$kept = $all[said('v')][said('w')] = said('given');
$kept .= $all[said('v')][said('w')] .= said('more');
echo $kept, json_encode($all['v']), "\n";
echo json_encode((new Shelf())->put(['m', 'n', 'm'])), "\n";
attempt(function () use ($all) {
    $all[[]][said('key')] = said('value');
});
attempt(function () use ($all) {
    $all[$all['missing']][] = $all['none'];
    return count($all);
});
attempt(function () {
    $sums = [];
    foreach ([['x', 1], ['x', 2], ['y', 3]] as [$name, $value]) {
        $sums['of'][$name] ??= 0;
        $sums['of'][$name] += said($value);
        $sums['all'][strrev($name)][] = strlen(said($name));
    }
    return json_encode($sums);
});

// PHP turns round the operands of * and of the bit operators where the second is a variable, or what a call gives.
function turned($list, $text) {
    attempt(fn() => $list[0] * $text);
    attempt(fn() => $text * $list[0]);
    attempt(fn() => $list[0] & said($text));
    attempt(fn() => said($text) | $list[0]);
    attempt(fn() => said($list[0]) ^ $text);
    attempt(fn() => count($list) * said($list));
    attempt(fn() => abs(-1) * $list[0]);
    attempt(fn() => $missing * $list);
    attempt(fn() => $list[9] * $missing);
    attempt(fn() => ($text = 2) * $text);
    attempt(fn() => 1.5 | said($list[0]));
    attempt(fn() => $list[0] + $text);
}
turned([[1]], 'text');
turned([1.5], 2.5);
turned(['1 x'], null);

// Some calls are instructions, which name no argument.
attempt(fn() => array_key_exists([], $all));
attempt(fn() => array_key_exists(key: [], array: $all));
attempt(fn() => array_key_exists(...[[], $all]));
attempt(fn() => key_exists([], $all));
attempt(fn() => array_key_exists(new Shelf(), [1]));
attempt(fn() => array_key_exists(null, ['' => 1]) && !array_key_exists('x', $all));
attempt(fn() => array_key_exists([], 'x'));

// No argument is coerced, nor is what is appended to made a string, before what follows it is worked out.
function chopped(mixed $line): string {
    return chop($line['text'], $line['text'][0]);
}
function appended(mixed $begin, mixed $length): string {
    $begin .= ',' . ($begin + $length - 1);
    return $begin;
}
attempt(fn() => chopped(0));
attempt(fn() => chopped(['text' => 'abca']));
attempt(fn() => appended([], 2));
attempt(fn() => appended(3, 2));

// What can be no offset of a string is one that is not set, but not on the way to another.
function offsets(mixed $of, mixed $at): array {
    return [isset($of[$at]), isset($of[$at][0]), $of[$at][0] ?? 'none'];
}
attempt(fn() => offsets('abc', '1x'));
attempt(fn() => offsets('abc', 1.5));
attempt(fn() => offsets('abc', []));
attempt(fn() => isset('abc'[[]]));

// Names as texts give them.
attempt(fn() => [defined('\\PHP_INT_SIZE'), constant('\\PHP_INT_SIZE'), constant('\\NO_SUCH')]);
function called(mixed $what): mixed {
    return $what(1);
}
function made(string $class): object {
    return new $class();
}
attempt(fn() => called('\\'));
attempt(fn() => called('\\nothing'));
attempt(fn() => called("no\0thing"));
attempt(fn() => made('\\Nothing'));
attempt(fn() => (new stdClass())->{"\0"});
attempt(function () {
    $object = new stdClass();
    $object->{"\0a"} = 1;
});
attempt(fn() => implode('x', null));
