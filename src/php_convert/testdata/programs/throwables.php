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
