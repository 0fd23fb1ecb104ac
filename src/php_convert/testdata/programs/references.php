<?php
// References in arrays: which of them are still shared, and what finally does to exceptions.
$list = [1, 2, 3];
foreach ($list as &$item) {
    $item *= 2;
}
unset($item);
$copy = $list;
$copy[0] = 'changed';
var_dump($list, $copy);

function bump(int &$n): void
{
    ++$n;
}

$counts = ['a' => 1];
bump($counts['a']);
$other = $counts;
$other['a'] = 10;
var_dump($counts);
$shared = &$counts['a'];
var_dump($counts);

foreach ($list as &$last) {
    $last++;
}
var_dump($list);

function fails(): void
{
    try {
        throw new Exception('first');
    } finally {
        throw new Exception('second');
    }
}

try {
    fails();
} catch (Exception $e) {
    echo $e->getMessage(), ' after ', $e->getPrevious()->getMessage(), "\n";
}

abstract class Root
{
    abstract protected function name(): string;
}

class Left extends Root
{
    protected function name(): string
    {
        return 'left';
    }
}

class Right extends Root
{
    protected function name(): string
    {
        return 'right of ' . (new Left())->name();
    }

    public function show(): void
    {
        echo $this->name(), "\n";
    }
}

(new Right())->show();

// Superglobals are variables as others are.
function forget_entries(): array
{
    unset($_SESSION['list'], $_SESSION['deep']['one']);
    return $_SESSION;
}

function change(array &$all): void
{
    $all['changed'] = true;
    ksort($all);
}

$_SESSION = ['list' => 1, 'deep' => ['one' => 1, 'two' => 2], 'b' => 2];
print_r(forget_entries());
change($_SESSION);
$session = &$_SESSION;
$session['a'] = 'by reference';
foreach ($_SESSION as $key => &$entry) {
    if ($key === 'b') {
        $entry++;
    }
}
unset($entry, $_SESSION['deep']);
$_SESSION += ['more' => 1];
$_GET ??= ['none'];
print_r([$_SESSION, $_GET]);
