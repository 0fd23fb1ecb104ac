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

// Methods that give references: what is kept of them is a copy, what is passed on is the reference.
class Shelf
{
    public $books = [1];
    public static $all = [1];
    private $named = [];
    public function &books() { return $this->books; }
    public static function &all() { return self::$all; }
    public function &named($name) { return $this->named[$name]; }
    public function plain() { return $this->books; }
    private function more(&$list) { $list[] = 'more'; }
    public function run()
    {
        $own = $this->books();
        $own[] = 'own';
        $shared = self::all();
        $shared[] = 'own';
        addBook($this->books(), 5);
        $this->more($this->books());
        $this->more(self::all());
        fillPlace($this->named('x'));
        addBook($this->plain(), 'lost');
        return $this->named;
    }
}
function addBook(&$list, $book) { $list[] = $book; }
function fillPlace(&$place) { $place = 'filled'; }
function keepBooks($shelf) { return $shelf->books(); }
$shelf = new Shelf;
$kept = [$shelf->books(), Shelf::all(), keepBooks($shelf), call_user_func([$shelf, 'books'])];
foreach ($kept as &$one) {
    $one[] = 'kept';
}
unset($one);
$name = 'books';
$copy = $shelf->$name();
$copy[] = 'copy';
$either = $shelf ? $shelf->books() : [];
$either[] = 'either';
print_r($shelf->run());
addBook($shelf->books(), 'z');
addBook(Shelf::all(), 'y');
$give = function &() use ($shelf) { return $shelf->books; };
$taken = $give();
$taken[] = 'taken';
addBook($give(), 'given');
echo implode(',', $shelf->books), '|', implode(',', Shelf::$all), "\n";
function &globalBooks() { global $stock; return $stock; }
$stock = [];
addBook(globalBooks(), 1);
$copy = globalBooks();
addBook($copy, 2);
echo count($stock), count($copy), "\n";

// foreach by reference over what a function gives by reference, and over what it does not.
function sameList($list) { return $list; }
function &listItself(&$list) { return $list; }
$letters = ['a', 'b'];
foreach (sameList($letters) as &$letter) {
    $letter .= '!';
}
foreach (listItself($letters) as &$letter) {
    $letter .= '?';
}
foreach ($shelf->books() as $i => &$book) {
    $book = "$i$book";
}
foreach ($shelf->plain() as &$book) {
    $book = 'lost';
}
unset($letter, $book);
echo implode(',', $letters), implode(',', $shelf->books), "\n";

// What __get() gives cannot be bound to something else.
class Seen
{
    private $own = 1;
    public $known = 2;
    public function &__get($name) { echo "get $name\n"; return $this->own; }
}
$seen = new Seen;
$value = 'value';
$seen->known = &$value;
foreach (['missing', 'own'] as $name) {
    try {
        $seen->$name = &$value;
    } catch (Error $e) {
        echo $e->getMessage(), "\n";
    }
}
$value = 'changed';
echo $seen->known, "\n";

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
foreach ($list as &$n) { echo $n, ' '; $list = $n === 2 ? 2 : $list; }
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
echo implode(' ', $all), "\n";
