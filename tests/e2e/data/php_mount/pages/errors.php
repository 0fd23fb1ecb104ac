<?php
class Odd extends Exception
{
    public static int $made = 0;
    public function __construct(string $m) { self::$made++; parent::__construct($m, 5); }
}
function fails() { throw new Odd('inside'); }

echo "before\n";
switch ($_GET['kind'] ?? '') {
    case 'warning':   echo $undefined, 1 <=> [], "\n"; break;
    case 'throw':     fails(); break;
    case 'late':      echo str_repeat('y', 5000); fails(); break;
    case 'status':    http_response_code(403); fails(); break;
    case 'handled':   set_exception_handler(function ($e) { echo 'handled ', $e->getMessage(), Odd::$made; }); fails(); break;
    case 'caught':    try { fails(); } catch (Odd $e) { show($e->getMessage(), $e->getCode(), Odd::$made); } break;
    case 'type':      strlen([]); break;
    case 'trigger':   trigger_error('mine', E_USER_WARNING); trigger_error('end', E_USER_ERROR); break;
    case 'handler':   set_error_handler(function ($n, $m) { echo "[$n $m]"; return true; }); echo $undefined; break;
    case 'missing':   show(@include __DIR__ . '/none.php'); break;
    case 'required':  require __DIR__ . '/none.php'; break;
    case 'log':       show(error_log('a line of the log')); break;
    case 'exit':      exit(3);
}
echo "after\n";
