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
