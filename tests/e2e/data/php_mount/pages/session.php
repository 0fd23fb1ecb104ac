<?php
show(session_status(), session_name(), session_id() === '');
session_start();
show(session_status(), strlen(session_id()) > 20, $_SESSION);
$_SESSION['visits'] = ($_SESSION['visits'] ?? 0) + 1;
$_SESSION['list']["k\"|;}"] = [1.5, null, true, 'é'];
$_SESSION['object'] = (object) ['a' => 1];
switch ($_GET['do'] ?? '') {
    case 'close':   session_write_close(); $_SESSION['lost'] = 1; break;
    case 'abort':   session_abort(); break;
    case 'destroy': show(session_destroy(), session_status()); break;
    case 'unset':   unset($_SESSION['list']); break;
    case 'new':     $old = session_id(); show(session_regenerate_id(true), session_id() !== $old); break;
}
show(session_status(), session_start());
