<?php

// Classes that extend PHP's containers, their constants, and orders of one's own.
class ByLength extends SplHeap
{
    protected function compare($a, $b): int
    {
        return strlen($a) - strlen($b);
    }
}

class Pairs extends SplMinHeap
{
    protected function compare($a, $b): int
    {
        return parent::compare($a[0], $b[0]);
    }
}

class Stable extends SplPriorityQueue
{
    private int $serial = PHP_INT_MAX;

    public function insert($value, $priority)
    {
        return parent::insert($value, [$priority, $this->serial--]);
    }
}

class Bad extends SplMaxHeap
{
    protected function compare($a, $b): int
    {
        throw new LogicException('no order');
    }
}

class Stack extends SplStack
{
    public function push($value): void
    {
        echo "push $value, ";
        parent::push($value);
    }
}

class Window extends SplQueue
{
    public function enqueue($value): void
    {
        if (count($this) >= 2) {
            $this->dequeue();
        }
        parent::enqueue($value);
    }
}

class Ints extends ArrayObject
{
    public function offsetSet($key, $value): void
    {
        if (!is_int($value)) {
            throw new InvalidArgumentException('only ints');
        }
        parent::offsetSet($key, $value);
    }
}

class Marked extends ArrayIterator
{
    public function current(): mixed
    {
        return '<' . parent::current() . '>';
    }
}

function complaint(callable $what): string
{
    try {
        return 'gives ' . json_encode($what());
    } catch (Exception $e) {
        return get_class($e) . ': ' . $e->getMessage();
    }
}

$heap = new ByLength();
foreach (['aaa', 'b', 'cc'] as $text) {
    $heap->insert($text);
}
$copy = clone $heap;
foreach ($heap as $left => $text) {
    echo "$left:$text ";
}
echo count($heap), count($copy), $copy->top(), "\n";
$pairs = new Pairs();
foreach ([[3, 'c'], [1, 'a'], [2, 'b']] as $pair) {
    $pairs->insert($pair);
}
echo $pairs->extract()[1], $pairs->extract()[1], "\n";
$queue = new Stable();
foreach (['low' => 1, 'high' => 9, 'low too' => 1, 'high too' => 9] as $value => $priority) {
    $queue->insert($value, $priority);
}
while ($queue->valid()) {
    echo $queue->extract(), ', ';
}
$queue->setExtractFlags(SplPriorityQueue::EXTR_BOTH);
$queue->insert('x', 2);
echo json_encode($queue->top()), $queue->getExtractFlags(), SplPriorityQueue::EXTR_DATA, $queue->compare(1, 2), "\n";
$bad = new Bad();
$bad->insert(1);
echo complaint(fn () => $bad->insert(2)), ' ', count($bad), json_encode($bad->isCorrupted()), ' ';
echo complaint(fn () => $bad->top()), json_encode($bad->recoverFromCorruption()), $bad->top(), "\n";

$list = new SplDoublyLinkedList();
$list->setIteratorMode(SplDoublyLinkedList::IT_MODE_LIFO | SplDoublyLinkedList::IT_MODE_KEEP);
$list[] = 1;
$list[] = 2;
$list->add(1, 'middle');
$list->add(3, 'end');
$list->add(0, 'first');
foreach ($list as $key => $value) {
    echo "$key:$value ";
}
echo complaint(fn () => $list->add(9, 'x')), "\n";
$list->setIteratorMode(SplDoublyLinkedList::IT_MODE_FIFO | SplDoublyLinkedList::IT_MODE_DELETE);
foreach ($list as $value) {
    echo $value, ' ';
}
echo count($list), "\n";
$stack = new Stack();
$stack->push(1);
$stack[] = 2;
$stack->add(0, 'z');
foreach ($stack as $key => $value) {
    echo "$key:$value ";
}
$window = new Window();
foreach ([1, 2, 3] as $value) {
    $window->enqueue($value);
}
echo implode(',', iterator_to_array($window)), "\n";

$one = new stdClass();
$two = new ArrayObject();
$all = new SplObjectStorage();
$all[$one] = 'one';
$all->attach($two, ['two']);
$some = new SplObjectStorage();
$some->attach($one);
$both = new SplObjectStorage();
echo $both->addAll($all), $both->removeAll($some), count($both), $all->removeAllExcept($some), $all[$one], ' ';
echo complaint(fn () => $all[$two]), "\n";

$ints = new Ints([1, 2]);
$ints[] = 3;
echo complaint(fn () => $ints['x'] = 'y'), ' ', json_encode($ints->getArrayCopy()), "\n";
foreach (new Marked(['a', 'b']) as $key => $value) {
    echo $key, $value, ' ';
}
echo ArrayObject::ARRAY_AS_PROPS, ArrayIterator::STD_PROP_LIST, "\n";

// What is seen of containers: their own properties, and what they hold.
class Shelf extends ArrayObject
{
    public string $name = 'shelf';
    protected int $width = 3;
}
class Line extends SplQueue
{
    public string $name = 'line';
}
class Pile extends SplMaxHeap
{
    public string $name = 'pile';
}
class Register extends SplObjectStorage
{
    public string $name = 'register';
}
$shelf = new Shelf(['b' => [1], 5 => 'n']);
$line = new Line();
$line[] = ['first'];
$pile = new Pile();
$pile->insert(1);
$pile->insert(2);
$urgent = new SplPriorityQueue();
$urgent->setExtractFlags(SplPriorityQueue::EXTR_BOTH);
$urgent->insert(['job'], [1]);
$register = new Register();
$register[$line] = ['info'];
print_r([$shelf, $line, $pile, $urgent, $register, new ArrayIterator([1])]);
echo json_encode([$shelf, $line, $pile, $register, new ArrayObject([1, 2]), new ArrayObject(), new ArrayIterator(['k' => 1])]);
echo json_encode($shelf, JSON_PRETTY_PRINT), json_encode(get_object_vars($shelf)), json_encode((array) $shelf);
echo json_encode((array) $line), count((array) $pile), json_encode((array) SplFixedArray::fromArray([1, [2]])), "\n";
$same = new Shelf(['b' => [1], 5 => 'n']);
$other = clone $same;
$other['b'] = [2];
$named = clone $same;
$named->name = 'other';
var_dump($shelf == $same, $shelf == $other, $shelf == $named, $register == clone $register, $all == clone $all, $all == $both);
$top = $urgent->top();
$top['data'][] = 'more';
$top['priority'][] = 2;
$current = $urgent->current();
$current['data'] = 'lost';
echo json_encode($urgent->extract()), "\n";
