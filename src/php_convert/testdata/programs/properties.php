<?php

// Declared properties keep their place; clones share the references that something else holds by then.
class Plain
{
    public $a = 1;
    public $b = 2;
    protected $c = 3;
    public int $d = 4;
    public function drop(string ...$names): void
    {
        foreach ($names as $name) {
            unset($this->$name);
        }
    }
    public function give(string $name, $value): void
    {
        $this->$name = $value;
    }
    public function all(): array
    {
        return get_object_vars($this);
    }
}

class Child extends Plain
{
    public $e = 5;
}

$o = new Child;
unset($o->a);
$o->a = 'again';
$o->x = 1;
$o->y = 2;
unset($o->x);
$o->x = 3;
$o->drop('c', 'd');
$o->give('d', 40);
$o->give('c', 30);
var_dump($o, $o->all(), (array) $o);
foreach ($o as $name => $value) {
    echo "$name ";
}
echo "\n", json_encode($o), "\n";
unset($o->b);
echo json_encode($o), "\n";
foreach ($o as $name => $value) {
    echo "$name ";
}
$o->b = 7;
echo json_encode($o), "\n";
print_r($o);
var_export($o);
echo serialize($o), "\n";

class Holder
{
    public $one = 1;
    public $two = [1, 2];
    public $three;
}

$h = new Holder;
$r = &$h->one;
$k = clone $h;
$r = 'shared';
var_dump($k->one);
$k->one = 'from the clone';
var_dump($h->one, $r);
$l = new Holder;
$m = &$l->two[0];
$n = clone $l;
$m = 'in both';
echo json_encode([$l, $n]), "\n";
$p = new Holder;
$q = &$p->three;
unset($q);
$s = clone $p;
$s->three = 'own';
var_dump($p->three);
$v = clone $k;
$v->one = 'third';
echo json_encode([$h, $k, $v]), "\n";
function alone(Holder $of): Holder
{
    $local = &$of->three;
    $local = 'set';
    return $of;
}
$w = alone(new Holder);
$z = clone $w;
$z->three = 'changed';
echo json_encode([$w, $z]), "\n";
$dyn = new stdClass;
$val = 1;
$dyn->a = &$val;
$copy = clone $dyn;
$val = 2;
$copy->a = 3;
echo json_encode([$dyn, $copy, $val]), "\n";

// What __get() gives by value is not written to, but the objects in it are.
class Veiled
{
    private array $list = [];
    private ?Veiled $next = null;
    public $seen = 1;
    public function __construct(int $depth)
    {
        if ($depth > 0) {
            $this->list[] = $this->next = new Veiled($depth - 1);
        }
    }
    public function __get($name) { return $this->$name; }
}
$veiled = new Veiled(1);
$veiled->list[0]->seen = 2;
$veiled->next->seen += 3;
$veiled->next->seen .= '!';
echo $veiled->list[0]->seen, "\n";

// Without __isset() it is __get() that ??, ??= and what looks behind the property ask; isset() of it alone asks nobody.
class Answering
{
    private array $answers = ['known' => ['deep' => 1], 'none' => null];
    protected int $hidden = 2;
    public ?int $open = null;

    public function __get(string $name): mixed
    {
        echo "[$name]";
        return $this->answers[$name] ?? 'asked';
    }

    public function __set(string $name, mixed $value): void
    {
        echo "[set $name]";
    }

    public function own(): mixed
    {
        return $this->hidden ?? 'default';
    }
}
$answering = new Answering();
echo json_encode([$answering->known ?? 'default', $answering->other ?? 'default', $answering->hidden ?? 'default']);
echo json_encode([$answering->open ?? 'default', $answering->own(), isset($answering->known), empty($answering->known)]);
echo json_encode([isset($answering->known['deep']), isset($answering->known['no']), $answering->known['no'] ?? 'default']);
$answering->late ??= 'written';
$name = 'computed';
echo json_encode([$answering->$name ?? 'default', isset($answering->other->more)]), "\n";
