<?php
// foreach by reference while what it goes over moves, goes or becomes something else.
function numbered(array $page): array
{
    foreach ($page['rows'] as $i => &$row) {
        $page["row$i"] = $row;
        $page["length$i"] = strlen($row);
        $row = "$i: $row";
    }
    unset($row);
    return $page;
}

print_r(numbered(['rows' => ['one', 'three', 'seven']]));

class Basket
{
    public array $items = ['pear' => 1, 'plum' => 2];
    private static array $log = ['first'];

    public function count(): array
    {
        foreach ($this->items as $name => &$count) {
            if ($name === 'pear') {
                $this->items['fig'] = 5;
                $this->items['nut'] = 7;
            }
            $count *= 10;
        }
        foreach (self::$log as &$line) {
            if (count(self::$log) < 4) {
                self::$log[] = "after $line";
            }
            $line .= '.';
        }
        return [$this->items, self::$log];
    }
}

print_r((new Basket())->count());

$list = [1, 2, 3];
foreach ($list as &$n) {
    if ($n === 2) {
        unset($list);
    }
    echo $n, isset($list) ? ' ' : '? ';
}
unset($n);
$list = [1, 2, 3];
foreach ($list as &$n) {
    echo $n, ' ';
    if ($n === 2) {
        $list = ['other', 'list'];
    }
}
unset($n);
$list = [1, 2, 3];
foreach ($list as &$n) {
    echo $n, ' ';
    if ($n === 2) {
        $list = 2;
    }
}
unset($n);
foreach ($nowhere as &$n) {
    echo 'never';
}
foreach ($made['of']['nothing'] as &$n) {
    echo 'never';
}
var_dump($made);

$queue = ['a', 'b', 'c', 'd'];
foreach ($queue as $key => &$job) {
    if ($job === 'b') {
        array_shift($queue);
        array_unshift($queue, 'x', 'y');
    }
    echo $key, $job, ' ';
}
unset($job);
$ranks = ['c' => 3, 'a' => 1, 'b' => 2];
foreach ($ranks as $key => &$rank) {
    if ($key === 'a') {
        ksort($ranks);
    }
    echo $key, $rank, ' ';
}
unset($rank);
echo "\n";

// What a method returns by reference is written to.
class Registry
{
    private array $entries = ['one' => [1]];
    public function &entry(string $name): array
    {
        return $this->entries[$name];
    }
    public function copy(string $name): array
    {
        return $this->entries[$name];
    }
    public function all(): array
    {
        return $this->entries;
    }
}

$registry = new Registry();
$registry->entry('one')[] = 2;
$registry->entry('one')['deep']['er'] = 3;
$registry->entry('one')[0] += 10;
$registry->copy('one')[] = 'lost';
unset($registry->entry('one')[1]);
print_r($registry->all());

// What stands before the current element stays behind it when removed elements make room.
$jobs = array_combine(range('a', 'p'), range(1, 16));
foreach ($jobs as $name => &$job) {
    echo $name, $job, ' ';
    if ($job > 2) {
        unset($jobs[$name]);
        if ($job < 20) {
            $jobs["more$job"] = $job + 20;
        }
    }
}
unset($job);
echo implode(',', array_keys($jobs)), "\n";
$all = ['test'];
foreach ($all as &$item) {
    $all += [$item, 'more'];
}
var_dump($all);
