<?php
// PHP's iterators over iterators: which methods of the inner one they call, in which order, is part of what they do.
class Logged implements Iterator {
    private int $i = 0;
    public function __construct(private array $a, private string $n = 'L') {}
    private function say(string $what): void { echo $this->n, ':', $what, ' '; }
    public function rewind(): void { $this->say('rewind'); $this->i = 0; }
    public function valid(): bool { $this->say('valid'); return $this->i < count($this->a); }
    public function current(): mixed {
        $this->say('current');
        if (($this->a[$this->i] ?? null) === 'x') { throw new RuntimeException('current'); }
        return $this->a[$this->i] ?? null;
    }
    public function key(): mixed {
        $this->say('key');
        if (($this->a[$this->i] ?? null) === 'y') { throw new RuntimeException('key'); }
        return "k$this->i";
    }
    public function next(): void { $this->say('next'); $this->i++; }
}
function attempt(Closure $f): void {
    try {
        $f();
    } catch (Throwable $e) {
        echo get_class($e), ': ', $e->getMessage();
    }
    echo "\n";
}
function show(iterable $all): void {
    foreach ($all as $k => $v) { echo json_encode($k), '=>', json_encode($v), "\n"; }
}
function state(Iterator $it): void { echo json_encode([$it->valid(), $it->current(), $it->key()]), "\n"; }
function letters() { echo '[start]'; yield 'a' => 1; yield 'b' => 2; yield 'c' => 3; yield 'd' => 4; echo '[end]'; }
class Odd extends FilterIterator {
    public int $seen = 0;
    public function accept(): bool {
        $this->seen++;
        echo 'accept ', $this->key(), "\n";
        if ($this->current() === 9) { throw new LogicException('nine'); }
        return $this->current() % 2 === 1;
    }
}
class Least extends FilterIterator {
    public function __construct(Iterator $i, private int $min) { parent::__construct($i); }
    public function accept(): bool { return $this->getInnerIterator()->current() >= $this->min; }
}
class Quoted extends IteratorIterator {
    public function current(): mixed { return '<' . parent::current() . '>'; }
    public function rewind(): void { echo "my rewind\n"; parent::rewind(); }
}
class Tail extends LimitIterator {
    public function __construct(array $a) { parent::__construct(new ArrayIterator($a), 1, 9); }
}
class Collection implements IteratorAggregate {
    public function __construct(private Traversable $x) {}
    public function getIterator(): Traversable { echo "getIterator\n"; return $this->x; }
}
class Broken implements IteratorAggregate {
    public function getIterator(): Traversable { throw new DomainException('no'); }
}
class NoFilter extends FilterIterator {
    public function __construct() {}
    public function accept(): bool { return true; }
}
class NoOuter extends IteratorIterator { public function __construct() {} }
class NoAppend extends AppendIterator { public function __construct() {} }
class NoCaching extends CachingIterator { public function __construct() {} }
class NoLimit extends LimitIterator { public function __construct() {} }
abstract class Choosing extends FilterIterator {
    protected int $n = 0;
    abstract protected function choose($v);
    public function accept(): bool { $this->n++; return $this->choose($this->current()); }
    public function count(): int { return $this->n; }
}
class Lower extends Choosing { protected function choose($v) { return strtolower($v) === $v; } }
class Undecided extends FilterIterator { public function accept(): bool { return parent::accept(); } }

echo "IteratorIterator\n";
attempt(fn() => show(new IteratorIterator(new Collection(new Collection(new Logged([1, 2]))))));
attempt(function () {
    $i = new IteratorIterator(new Logged([1]));
    state($i);
    $i->next();
    state($i);
    $i->rewind();
    state($i);
});
foreach (['x', 'y'] as $bad) {
    attempt(function () use ($bad) {
        $i = new Quoted(new Logged([1, $bad, 3]));
        attempt(fn() => show($i));
        state($i);
        $i->next();
        state($i);
    });
}
attempt(fn() => print(json_encode(iterator_to_array(new Quoted(new Logged([1, 2]))))));
attempt(fn() => print(json_encode(iterator_to_array(new Quoted(new Logged([1, 2])), false))));
attempt(function () {
    $a = new ArrayIterator([1, 2, 3]);
    $i = new IteratorIterator($a);
    $i->rewind();
    $a->next();
    state($i);
    $i->next();
    state($i);
    var_dump($a->current(), $i->getInnerIterator() === $a);
});
attempt(function () {
    show(new IteratorIterator(new ArrayObject(['a' => 1])));
    $queue = new SplQueue;
    $queue[] = 1;
    $queue[] = 2;
    show(new IteratorIterator($queue));
    $heap = new SplMinHeap;
    $heap->insert(3);
    $heap->insert(1);
    show(new LimitIterator($heap, 0, 1));
    show(new IteratorIterator(new SplFixedArray(2)));
    $set = new SplObjectStorage;
    $set[new EmptyIterator] = 1;
    foreach (new IteratorIterator($set) as $k => $v) { echo $k, get_class($v), count($heap); }
});

echo "FilterIterator\n";
attempt(function () { $odd = new Odd(new Logged([1, 2, 3, 4])); show($odd); echo $odd->seen, iterator_count($odd); });
attempt(function () {
    $odd = new Odd(new Logged([2, 9, 3]));
    attempt(fn() => show($odd));
    state($odd);
    $odd->next();
    state($odd);
});
attempt(fn() => show(new Least(new Least(new ArrayIterator([5, 1, 7, 3]), 2), 4)));
attempt(function () { $lower = new Lower(new ArrayIterator(['a', 'B', 'c'])); show($lower); echo $lower->count(); });
attempt(fn() => show(new Undecided(new ArrayIterator([1]))));
attempt(function () {
    $c = new CallbackFilterIterator(new Logged([1, 2, 3]), function ($v, $k, $it) {
        echo get_class($it), " $k\n";
        return $v > 1 ? 'yes' : 0;
    });
    show($c);
    var_dump($c->accept());
    $c->rewind();
    var_dump($c->accept());
});
attempt(fn() => show(new CallbackFilterIterator(new ArrayIterator(['a', 1, null]), fn($v) => is_string($v))));

echo "LimitIterator\n";
attempt(function () {
    $i = new LimitIterator(new Logged([1, 2, 3, 4]), 1, 2);
    show($i);
    echo $i->getPosition(), ' ', $i->seek(1), ' ', $i->current(), "\n";
    attempt(fn() => $i->seek(0));
    state($i);
    attempt(fn() => $i->seek(3));
});
attempt(function () {
    $i = new LimitIterator(iterator: new ArrayIterator(range(1, 9)), limit: 3);
    echo implode(',', iterator_to_array($i)), ' ', $i->seek(2), $i->current(), $i->getPosition(), "\n";
    $i->rewind();
    state($i);
    $i->seek(1);
    $i->next();
    $i->next();
    state($i);
});
attempt(fn() => show(new LimitIterator(new ArrayIterator([1, 2, 3, 4]), 5)));
attempt(fn() => show(new LimitIterator(letters(), 1, 2)));
attempt(fn() => show(new Tail([1, 2, 3])));
attempt(fn() => print(iterator_apply($i = new LimitIterator(new Logged([1, 2, 3]), 1), fn() => true)));

echo "InfiniteIterator, NoRewindIterator, EmptyIterator\n";
attempt(function () {
    $n = 0;
    foreach (new InfiniteIterator(new Logged([1, 2])) as $k => $v) {
        echo "$k=>$v\n";
        if (++$n > 4) { break; }
    }
});
attempt(fn() => show(new LimitIterator(new InfiniteIterator(new ArrayIterator(['a', 'b', 'c'])), 2, 5)));
attempt(fn() => show(new InfiniteIterator(new EmptyIterator)));
attempt(function () {
    $g = letters();
    show(new LimitIterator(new NoRewindIterator($g), 0, 2));
    show(new NoRewindIterator($g));
});
attempt(function () {
    $i = new NoRewindIterator(new Logged([1, 2]));
    state($i);
    state($i);
    $i->next();
    $i->rewind();
    state($i);
});
attempt(fn() => (new EmptyIterator)->current());
attempt(fn() => (new EmptyIterator)->key());

echo "AppendIterator\n";
attempt(function () {
    $a = new AppendIterator;
    state($a);
    var_dump($a->getInnerIterator(), $a->getIteratorIndex());
    $a->next();
    foreach (['A' => [1, 2], 'B' => [], 'C' => [3]] as $name => $list) {
        $a->append(new Logged($list, $name));
        echo "\n";
    }
    foreach ($a as $k => $v) { echo $a->getIteratorIndex(), "$k=>$v\n"; }
    var_dump($a->getInnerIterator(), $a->getIteratorIndex(), count($a->getArrayIterator()));
    $a->append(new Logged([5], 'D'));
    state($a);
});
attempt(function () {
    $a = new AppendIterator;
    $a->append(new NoRewindIterator(letters()));
    $a->append(letters());
    show($a);
});
attempt(function () { $a = new AppendIterator; $a->append(letters()); $a->append(new ArrayIterator([7])); show($a); });

echo "MultipleIterator\n";
attempt(function () {
    $m = new MultipleIterator(MultipleIterator::MIT_KEYS_ASSOC | MultipleIterator::MIT_NEED_ANY);
    $m->attachIterator(new Logged([1, 2], 'A'), 'x');
    $m->attachIterator(new Logged([3], 'B'), '5');
    foreach ($m as $k => $v) { echo json_encode([$k, $v]), "\n"; }
    echo $m->countIterators(), $m->getFlags();
});
attempt(function () {
    $m = new MultipleIterator;
    $m->attachIterator($first = new Logged([1, 2], 'A'));
    $m->attachIterator(letters());
    foreach ($m as [$x, $y]) { echo "$x-$y\n"; }
    var_dump($m->containsIterator($first));
    $m->detachIterator($first);
    $other = clone $m;
    $other->attachIterator($first);
    var_dump($m->containsIterator($first), $m->countIterators(), $other->countIterators(), $m->valid());
    $m->setFlags(0);
    attempt(fn() => print(json_encode($m->current())));
});
foreach (['current', 'key'] as $method) {
    attempt(fn() => (new MultipleIterator)->$method());
    attempt(function () use ($method) {
        $m = new MultipleIterator(MultipleIterator::MIT_KEYS_ASSOC | MultipleIterator::MIT_NEED_ALL);
        $m->attachIterator($one = new ArrayIterator([1]));
        attempt(fn() => $m->$method());
        $one->next();
        $m->$method();
    });
}
attempt(function () {
    $m = new MultipleIterator;
    $m->attachIterator(new EmptyIterator, 'a');
    $m->attachIterator(new EmptyIterator, 1);
    attempt(fn() => $m->attachIterator(new EmptyIterator, []));
    $m->attachIterator(new EmptyIterator, 'a');
});

echo "CachingIterator\n";
attempt(function () {
    $c = new CachingIterator(new Logged([1, 2, 3]));
    foreach ($c as $k => $v) { echo "$k=>$v $c", $c->hasNext() ? ',' : '.', "\n"; }
    state($c);
    var_dump($c->hasNext(), (string)$c, $c->getFlags());
});
attempt(function () {
    $c = new CachingIterator(new ArrayIterator(['a' => 1, 'b' => null, 5 => [2]]), CachingIterator::FULL_CACHE);
    foreach ($c as $k => $v) { echo count($c), json_encode($c->getCache()), "\n"; }
    $c['z'] = 7;
    unset($c['a']);
    var_dump(isset($c['b']), isset($c['z']), isset($c['a']), empty($c['b']), $c['z'], $c['5'], $c[5], $c['none']);
    attempt(fn() => (string)$c);
    $c->rewind();
    echo json_encode($c->getCache()), "\n";
    $c->setFlags(CachingIterator::TOSTRING_USE_KEY);
    echo $c, "\n";
    attempt(fn() => $c['a']);
    attempt(fn() => count($c));
    $c->setFlags(CachingIterator::TOSTRING_USE_CURRENT | CachingIterator::FULL_CACHE);
    echo $c, json_encode($c->getCache()), $c->getFlags(), "\n";
    attempt(fn() => $c->setFlags(3));
});
attempt(fn() => new CachingIterator(new EmptyIterator, 5));
attempt(fn() => new CachingIterator([]));
attempt(fn() => (new CachingIterator(new EmptyIterator))->setFlags(0));
attempt(fn() => (new CachingIterator(new Logged([]), CachingIterator::TOSTRING_USE_INNER))->setFlags(1));
attempt(fn() => show(new CachingIterator(new ArrayIterator([new stdClass]))));
attempt(fn() => show(new CachingIterator(new ArrayIterator([new stdClass]), 0)));
attempt(fn() => (new CachingIterator(new EmptyIterator))->getCache());
attempt(fn() => (new NoCaching)->hasNext());
attempt(fn() => show(new CachingIterator(letters())));
attempt(function () {
    $c = new CachingIterator(new Logged([1, 'x', 3]));
    attempt(fn() => show($c));
    state($c);
});

echo "What is refused\n";
foreach ([fn() => (new NoFilter)->rewind(), fn() => (new NoOuter)->current(), fn() => show(new NoOuter),
          fn() => (new NoAppend)->append(new EmptyIterator), fn() => (new NoLimit)->getPosition(),
          fn() => clone new IteratorIterator(new EmptyIterator), fn() => new IteratorIterator([1]),
          fn() => new IteratorIterator(new stdClass), fn() => new IteratorIterator(new Broken),
          fn() => new LimitIterator([1]), fn() => new LimitIterator(new ArrayObject([1])),
          fn() => new LimitIterator(new EmptyIterator, -1), fn() => new LimitIterator(new EmptyIterator, 1, -2),
          fn() => new LimitIterator(new EmptyIterator, 'x'),
          fn() => new CallbackFilterIterator(new EmptyIterator, 'nope'),
          fn() => new FilterIterator(new EmptyIterator), fn() => (new AppendIterator)->append([]),
          fn() => (new MultipleIterator)->attachIterator([])] as $f) {
    attempt($f);
}
attempt(function () { $g = letters(); foreach ($g as $v) { echo $v; } new IteratorIterator($g); });
attempt(function () { $g = letters(); $g->next(); show(new IteratorIterator($g)); });
function both() { yield from new LimitIterator(new ArrayIterator([1, 2, 3]), 1); yield from new EmptyIterator; }
show(both());
var_dump(new LimitIterator(new EmptyIterator) instanceof OuterIterator, is_iterable(new EmptyIterator),
         is_countable(new AppendIterator), new MultipleIterator instanceof Traversable);
