<?php
show(setcookie('plain', 'a b&c=d;é'));
show(setcookie('long', 'x', 2000000000, '/path', 'example.test', true, true));
show(setcookie('gone', ''));
show(setcookie('with', 'options', ['path' => '/', 'samesite' => 'Lax', 'httponly' => true]));
show(setrawcookie('raw', 'a%20b'));
attempt(fn() => setcookie('bad name', 'x'));
attempt(fn() => setcookie('', 'x'));
attempt(fn() => setrawcookie('raw', 'a b'));
