<?php
// Statics, constants and numbers of objects are of one request alone.
class Counter
{
    const START = [1, 'two'];
    public static $count = 0;
    public $list = self::START;
    public static function next() { return ++static::$count; }
}
enum Suit: string { case Hearts = 'h'; case Spades = 's'; }
function calls() { static $n = 0; return ++$n; }
define('DEFINED', $_GET['n'] ?? 'none');
for ($i = 0; $i < (int) ($_GET['n'] ?? 1); $i++) {
    Counter::next();
    calls();
    $held[] = new Counter();
    $held[$i]->list[] = $i;
}
show(Counter::next(), calls(), DEFINED, Counter::START, Suit::from('h')->name, spl_object_id(new stdClass), count($held));
show(md5(implode(',', array_map(fn($one) => json_encode($one), $held))));
