<?php

// What PHP's own exceptions keep may be declared anew, referred to, and hold anything.
class Coded extends Exception
{
    protected $message = 'by default';
    protected $code = 5;
    private $previous = 'its own';
    public $string = 'too';
    public function change()
    {
        $this->code = 7;
        $this->code++;
        $this->previous .= '!';
        return [$this->code, $this->previous, $this->string];
    }
}
$e = new Coded;
var_dump($e->getMessage(), $e->getCode(), $e->change(), $e->getCode(), $e->getPrevious());

class Open extends LogicException
{
    public $message = 'open';
    public function __construct($message = null)
    {
        parent::__construct($message ?? 'none', 9);
        $this->message .= '.';
        $this->code = 'C' . $this->code;
    }
}
class Closer extends Open
{
    public function __construct() { $this->message = 'closer'; }
}
$e = new Open;
echo $e->getMessage(), $e->getCode(), $e->message, isset($e->message) ? 1 : 0, "\n";
$e->message = 'from outside';
echo $e->getMessage(), "\n";
$name = &$e->message;
$name = 'by reference';
echo $e->getMessage(), "\n";
try {
    throw new Closer;
} catch (Open $e) {
    echo get_class($e), $e->getMessage(), $e->getCode(), $e->getLine(), "\n";
}
try {
    echo $e->code;
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}

class Bound extends RuntimeException
{
    public function __construct(&$message, &$code)
    {
        $this->message = &$message;
        $this->code = &$code;
    }
    public function shout()
    {
        $this->message[0] = 'S';
        $this->message .= '!';
    }
    public function hold($message)
    {
        $this->message = $message;
        $this->code = [1, 2];
        $this->code[] = 3;
    }
}
$message = 'say';
$code = 'code';
$e = new Bound($message, $code);
$code .= '2';
var_dump($e->getMessage(), $e->getCode());
$e->shout();
var_dump($message);
$e->hold(12);
var_dump($e->getMessage(), $e->getCode(), $message);
try {
    $name = &$e->message;
} catch (Error $error) {
    echo $error->getMessage(), "\n";
}

// What is called is looked for before its arguments are worked out, and constants are before the first object.
class Unsettled
{
    const GOOD = 'good';
    const BAD = \Missing\Thing::X;

    public static function made($v)
    {
        return static::nowhere(noted($v));
    }
}
abstract class Outline
{
    public static function drawn($v)
    {
        return new static(noted($v));
    }
}
function noted($v)
{
    echo "noted $v\n";
    return $v;
}
function told(callable $f)
{
    try {
        echo $f(), "\n";
    } catch (Error $error) {
        echo $error->getMessage(), "\n";
    }
}
told(fn() => Unsettled::GOOD);
told(fn() => get_class(new Unsettled()));
told(fn() => Unsettled::made(1));
told(fn() => Outline::drawn(2));
told(fn() => nowhere(noted(3)));
told(fn() => nowhere(NOWHERE));
$list = [null];
told(fn() => $list[0]->nowhere($list[1]));
told(fn() => $list[0]->nowhere(noted(4)));
$name = '\Nowhere';
told(fn() => $name::nowhere(noted(5)));
$name = "Now\0here";
told(fn() => get_class(new $name(noted(6))));
