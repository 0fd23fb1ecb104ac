<?php
class Loaded
{
    public static $times = 0;
    public function says() { return 'loaded ' . ++self::$times; }
}
