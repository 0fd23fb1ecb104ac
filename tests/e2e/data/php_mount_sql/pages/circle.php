<?php
// What holds itself in circles goes with its request, and so do its connections, transactions and locks.
class Holder
{
    public $self;
    public $held;
    public $work;
    public function __construct(public string $name) { $this->self = $this; }
    public function steps() { yield $this; yield $this->held; }
}

function hold($name, $held)
{
    $holder = new Holder($name);
    $holder->held = $held;
    $holder->work = function () use ($holder) { return $holder->name; };
    return $holder;
}

$d = mysql_pdo();
$d->exec('CREATE TABLE IF NOT EXISTS circle (id INT PRIMARY KEY) ENGINE=InnoDB');
$d->exec('SET SESSION innodb_lock_wait_timeout = 1');
attempt(fn() => [$d->beginTransaction(), $d->exec('INSERT INTO circle VALUES (1)')]);
hold('mysql', $d);
$p = pgsql_pdo();
$p->exec("SET client_min_messages = warning; CREATE TABLE IF NOT EXISTS circle (id INT PRIMARY KEY); SET lock_timeout = 1000");
attempt(fn() => [$p->beginTransaction(), $p->exec('INSERT INTO circle VALUES (1)')]);
hold('pgsql', [$p, hold('within', $p)]);
$link = link_to_mysql();
$again = function ($n) use (&$again, $link) { return $n > 0 ? $again($n - 1) : $link->query('SELECT 7')->fetch_row()[0]; };
show($again(2));
$steps = hold('generator', $link)->steps();
$holder = $steps->current();
$holder->work = $steps;
unset($d, $p, $link, $again, $steps, $holder);
show('end');
