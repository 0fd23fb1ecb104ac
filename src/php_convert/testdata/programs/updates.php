<?php

// What is read and written where there was nothing, and parameters with a default before those without.
function early(array $p = [1], $q)
{
    return $q;
}

function nullable(?int $p = null, int $old = null, $q)
{
    return [$p, $old, $q];
}

function counts(array $words): array
{
    foreach ($words as $word) {
        $by[$word[0]]['count']++;
        $by[$word[0]]['words'] .= $word;
    }
    return $by;
}

function steps(): void
{
    $u['z']++;
    $v['z'] += 1;
    $w['z']['y'] .= 'x';
    $x['z'] ??= 1;
    $y[]['z'] = 1;
    $n = null;
    $n['x']--;
    $s = 'text';
    try {
        $s[0]++;
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
    try {
        $s[0] .= 'a';
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
    echo json_encode([$u, $v, $w, $x, $y, $n]), "\n";
}

final class Held implements ArrayAccess
{
    private array $all = ['n' => 1];

    public function offsetExists(mixed $key): bool
    {
        return isset($this->all[$key]);
    }

    public function offsetGet(mixed $key): mixed
    {
        echo "get $key\n";
        return $this->all[$key] ?? null;
    }

    public function offsetSet(mixed $key, mixed $value): void
    {
        echo 'set ', json_encode($key), ' ', json_encode($value), "\n";
        $this->all[$key] = $value;
    }

    public function offsetUnset(mixed $key): void
    {
        unset($this->all[$key]);
    }
}

steps();
echo json_encode(counts(['ab', 'ac', 'b'])), "\n";
$held = new Held();
$held['n'] += 5;
$held['n']++;
$held['m'] ??= 2;
$held['m'] .= 'x';
--$held['m'];
$global['q']++;
$global['w']['e'] -= 2;
echo json_encode($global), "\n";
try {
    early();
} catch (ArgumentCountError $e) {
    echo preg_replace('/in .* on/', 'on', $e->getMessage()), "\n";
}
echo json_encode(nullable(null, null, 3)), "\n";

// What a target of ??= is made of is worked out once.
function told($what)
{
    echo "[$what]";
    return $what;
}
class Rows
{
    public $rows = ['all' => []];
    public $cache;
    public function itself()
    {
        echo 'itself ';
        return $this;
    }
    public function added($what)
    {
        for ($i = 0; $i < 20; $i++) {
            $this->rows["row$i"][] = $what;
        }
        return $what;
    }
    public function pushed(): array
    {
        array_push($this->rows['all'], $this->added(1), $this->added(2));
        array_unshift($this->rows['all'], $this->added(3));
        usort($this->rows['all'], fn($a, $b) => $this->added($b) <=> $a);
        return $this->rows['all'];
    }
    public function cached($key)
    {
        return $this->cache[strtolower(told($key))] ??= told("made $key");
    }
}
$once = [];
$at = 0;
$once[told('a')] ??= told('first');
$once[told('a')] ??= told('second');
$once[$at++]['deep'] ??= $at++;
$once["key$at"][told('b')] ??= null;
$rows = new Rows;
$rows->itself()->rows['new'] ??= told('new');
$rows->itself()->rows['new'] ??= told('newer');
$rows->itself()->rows[told('c')][told('d')] ??= told('e');
$rows->itself()->rows[told('c')][told('d')] ??= told('f');
$given = $rows->itself()->rows[told('g')] ??= told('h');
$rows->{told('cache')} ??= [];
echo $rows->cached('KEY'), $rows->cached('key'), "\n";
print_r([$once, $at, $rows->cache, $rows->pushed(), count($rows->rows['row3'])]);

// A variable that is a key is read when the value is there.
function keyed(): array
{
    $i = 5;
    $list = [];
    $list[$i++] = $i++;
    $list[$i] = $i--;
    $list[$i] = $i = 9;
    if (count($list) > 1) {
        $late = 20;
        $alias = &$late;
    }
    $list[$late] = $late++;
    $deep = ['x' => []];
    $deep['x'][$i] = $i++;
    $deep['x'][$i] = stepped($i);
    $given = $list[$i] = $i--;
    return [$list, $deep, $given, $i];
}

function stepped(int &$at): int
{
    return ++$at;
}

echo json_encode(keyed()), "\n";
$at = 1;
$marks = [];
$marks[$at] = $at++;
$marks[$at] = stepped($at);
echo json_encode($marks), "\n";
